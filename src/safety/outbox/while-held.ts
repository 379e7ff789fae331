import { AppError } from '../../core/errors.ts';
import { holdMs } from './outbox-reader.ts';
import type { HeldEntry, OutboxStore } from './outbox-store.ts';
import { postponeOrFail } from './postpone-or-fail.ts';
import { failureOf } from './send-outcome.ts';

/** Several in the time after which a hold is taken for lost. */
const keepMs = holdMs / 5;
const interrupted = { code: 'UNAVAILABLE', message: 'It was interrupted before anything left.' } as const;

/** Does work on an entry that other processes keep away from meanwhile. What the work throws is thrown. */
export async function whileHeld<T>(
  store: OutboxStore,
  held: HeldEntry,
  now: () => number,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => {
    try {
      store.keep(held.hold);
    } catch {
      // Then the hold ends, which the work finds out.
    }
  }, keepMs).unref();
  try {
    const result = await work();
    letGo(store, held, now);
    return result;
  } catch (error) {
    letGo(store, held, now, error);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Ends the work on an entry; what cannot be written here is made up for by whoever finds the entry next. */
function letGo(store: OutboxStore, held: HeldEntry, now: () => number, error?: unknown): void {
  const { hold } = held;
  try {
    // Nothing can have left, and nobody else has written that down.
    if (error !== undefined && store.isHeld(hold) && store.get(hold.id)?.state === 'drafting') {
      postponeOrFail(store, held, error instanceof AppError ? failureOf(error) : interrupted, now);
    }
    store.release(hold);
  } catch {
    // The store is broken: what the work came to is what the caller has to hear.
  }
}
