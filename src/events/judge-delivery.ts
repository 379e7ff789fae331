import type { Random } from '../core/back-off.ts';
import type { HttpFailure } from '../core/egress/http-failure.ts';
import { describeFailure } from '../core/egress/http-failure.ts';
import type { HttpResponse } from '../core/egress/http-client.ts';
import { retryAfterMs } from '../core/egress/retry-after.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Pauses after the first failures; hourly then. */
const pausesMs = [5000, minuteMs, 5 * minuteMs, 30 * minuteMs];
/** Attempts of one delivery. */
export const mostAttempts = 10;
/** A webhook of which every attempt has failed for so long is turned off. */
export const failingMs = 3 * 24 * hourMs;
/** A receiver that asks for more time than this has a clock that is wrong, or means to be turned off. */
const longestWaitMs = 24 * hourMs;
/** Pauses are up to this part longer, so that what failed together does not come back together. */
const jitterShare = 0.1;

/** What one attempt means for its delivery and its webhook. */
export type DeliveryVerdict =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'again'; readonly waitMs: number; readonly failure: string; readonly status?: number }
  /** No attempt is left. */
  | { readonly kind: 'failed'; readonly failure: string; readonly status?: number }
  /** The receiver says that it is gone for good: the webhook is turned off. */
  | { readonly kind: 'gone'; readonly failure: string; readonly status: number };

/** The pause after so many failures. */
export function pauseMs(failures: number, random: Random): number {
  return (pausesMs[failures - 1] ?? hourMs) * (1 + random() * jitterShare);
}

/** What to do after an attempt; `attempts` counts it. */
export function judgeDelivery(
  result: HttpResponse | HttpFailure,
  attempts: number,
  { random, nowMs }: { readonly random: Random; readonly nowMs: number },
): DeliveryVerdict {
  if (!('status' in result)) return failed(describeFailure(result), attempts, pauseMs(attempts, random));
  const { status, headers } = result;
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  // RFC 9110, 15.5.11; Standard Webhooks asks senders to stop then.
  if (status === 410) return { kind: 'gone', status, failure: 'the receiver answered HTTP 410: it is gone' };
  const wanted = Math.min(retryAfterMs(headers, nowMs) ?? 0, longestWaitMs);
  const waitMs = Math.max(pauseMs(attempts, random), wanted);
  return { ...failed(`the receiver answered HTTP ${status}`, attempts, waitMs), status };
}

function failed(failure: string, attempts: number, waitMs: number) {
  return attempts >= mostAttempts
    ? ({ kind: 'failed', failure } as const)
    : ({ kind: 'again', failure, waitMs } as const);
}
