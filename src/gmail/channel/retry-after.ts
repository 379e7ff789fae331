import { retryAfterMs, serverTimeMs } from '../../core/egress/retry-after.ts';

/** Google's longest real wait was about this; a longer one comes of a clock that is wrong. */
const longestWaitMs = 15 * 60_000;

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
  const waitMs = retryAfterMs(headers, nowMs) ?? messageWait(message, serverTimeMs(headers, nowMs));
  return waitMs === undefined ? undefined : Math.min(longestWaitMs, Math.max(0, waitMs));
}
