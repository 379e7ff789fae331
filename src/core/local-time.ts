/** A time in the system's zone, to the minute: `2026-11-22 18:05`. */
export function localTime(timeMs: number): string {
  // Swedish writes dates as ISO 8601 does.
  return new Date(timeMs).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
}
