/** Google's days begin at midnight in California ("Daily quotas reset at midnight Pacific Time", cloud.google.com/docs/quotas). */
const timeZone = 'America/Los_Angeles';
const hourMs = 3_600_000;

/** When the next of Google's days begins, milliseconds since 1970. */
export function nextQuotaDay(nowMs: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, dateStyle: 'short' });
  const today = format.format(nowMs);
  // Hour by hour, as days have 23 to 25 of them; Pacific time is whole hours away from UTC.
  let atMs = Math.floor(nowMs / hourMs) * hourMs;
  while (format.format(atMs) === today) atMs += hourMs;
  return atMs;
}
