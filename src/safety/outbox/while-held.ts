import { AppError } from '../../core/errors.ts';
import { holdMs, type HeldEntry, type OutboxStore } from '../../store/outbox/outbox-store.ts';
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
    // Then the hold ends, which the work finds out.
    store.keep(held.hold).catch(() => undefined);
  }, keepMs).unref();
  try {
    const result = await work();
    await letGo(store, held, now);
    return result;
  } catch (error) {
    await letGo(store, held, now, error);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Ends the work on an entry; what cannot be written here is made up for by whoever finds the entry next. */
async function letGo(store: OutboxStore, held: HeldEntry, now: () => number, error?: unknown): Promise<void> {
  const { hold } = held;
  try {
    // Nothing can have left, and nobody else has written that down.
    const isOpen =
      error !== undefined && (await store.isHeld(hold)) && (await store.get(hold.id))?.state === 'drafting';
    if (isOpen) {
      await postponeOrFail(store, held, error instanceof AppError ? failureOf(error) : interrupted, now);
    }
    await store.release(hold);
  } catch {
    // The store is broken: what the work came to is what the caller has to hear.
  }
}
