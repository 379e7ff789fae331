import type { ErrorCode } from '../../core/errors.ts';
import type { SendProgress } from '../../store/outbox/outbox-entry.ts';
import type { HeldEntry, OutboxStore } from '../../store/outbox/outbox-store.ts';

type Failure = NonNullable<SendProgress['failure']>;

/** What passes by itself, or by the owner's doing. */
const passing: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'REAUTH_REQUIRED']);
/** How long a message that was promised to leave is tried again. */
const promisedMs = 24 * 60 * 60 * 1000;
const shortestPauseMs = 30_000;

/** Whether a refusal will pass, so that the same draft is worth keeping for another try. */
export function isPassing(code: ErrorCode): boolean {
  return passing.has(code);
}

/**
 * Ends an attempt that certainly sent nothing. Where the caller was told that the message leaves by itself there is
 * nobody to ask again: then it is tried later, for a day, with pauses that grow with its age.
 */
export async function postponeOrFail(
  store: OutboxStore,
  { hold, entry }: HeldEntry,
  failure: Failure,
  now: () => number,
  more: SendProgress = {},
): Promise<void> {
  const ageMs = Math.max(0, now() - entry.createdMs);
  if (entry.progress.isPromised !== true || !isPassing(failure.code) || ageMs > promisedMs) {
    await store.advance(hold, 'fail', { ...more, failure });
    return;
  }
  const { retryAt } = failure;
  const laterMs = now() + Math.max(shortestPauseMs, ageMs / 4);
  const sendsAtMs = Math.max(laterMs, retryAt === undefined ? 0 : Date.parse(retryAt));
  await store.advance(hold, 'postpone', { ...more, failure, sendsAtMs });
}
