import { setTimeout as delay } from 'node:timers/promises';
import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';

/** How long a request may wait in all where no caller has set a deadline: a window of the quota, and its own time. */
const defaultPatienceMs = 90_000;

/** How long a call may take and who may end it. */
export interface Deadline {
  readonly urgency: 'interactive' | 'background';
  readonly signal?: AbortSignal;
  /** What is left; not below zero. */
  leftMs(): number;
}

/** The deadline of the call that is being served. */
export function currentDeadline(): Deadline {
  const {
    signal,
    deadlineMs = performance.now() + defaultPatienceMs,
    urgency = 'interactive',
  } = currentContext() ?? {};
  return {
    urgency,
    ...(signal === undefined ? {} : { signal }),
    leftMs: () => Math.max(0, deadlineMs - performance.now()),
  };
}

/** Waits. Throws the reason of the signal when that is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** `RATE_LIMITED`: Google, or our own keeping to its quota, would take longer than the caller waits. */
export function rateLimited(message: string, retryAtMs: number): AppError {
  const retryAt = new Date(retryAtMs).toISOString();
  return new AppError('RATE_LIMITED', message, { retryAt, hint: `Try again at ${retryAt}, or ask for less at once.` });
}

/** Waits for what others share, no longer than one caller does: it goes on for them when this caller gives up. */
export function within<T>(work: Promise<T>, deadline: Deadline, late: () => AppError): Promise<T> {
  const { signal } = deadline;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => settle(() => reject(abortReason(signal)));
    const timer = setTimeout(() => settle(() => reject(late())), deadline.leftMs());
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      finish();
    };
    work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
    );
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** What an aborted signal says, as an error. */
export function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('The caller has gone.', { cause: reason });
}
