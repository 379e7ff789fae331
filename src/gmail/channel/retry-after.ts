/** Google's longest real wait was about this; a longer one comes of a clock that is wrong. */
const longestWaitMs = 15 * 60_000;

/** The header `Retry-After` (RFC 9110, 10.2.3): whole seconds, or a date. */
function headerWait(value: string | undefined, serverMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : dateMs - serverMs;
}

/** The time in Gmail's "User-rate limit exceeded.  Retry after 2026-09-16T03:57:19.386Z". */
function messageWait(message: string, serverMs: number): number | undefined {
  const dateMs = Date.parse(/retry after (\d{4}-\d\d-\d\dT[\d:.]+Z)/i.exec(message)?.[1] ?? '');
  return Number.isNaN(dateMs) ? undefined : dateMs - serverMs;
}

/**
 * How long Google asks to wait, in milliseconds from now, at most 15 minutes; undefined where it does not say. Dates are
 * taken by Google's own clock where the answer tells it.
 */
export function requestedWait(
  headers: Readonly<Record<string, string | undefined>>,
  message: string,
  nowMs: number,
): number | undefined {
  const dateMs = Date.parse(headers.date ?? '');
  const serverMs = Number.isNaN(dateMs) ? nowMs : dateMs;
  const waitMs = headerWait(headers['retry-after'], serverMs) ?? messageWait(message, serverMs);
  return waitMs === undefined ? undefined : Math.min(longestWaitMs, Math.max(0, waitMs));
}
