import { AppError } from '../../core/errors.ts';
import { currentContext } from '../../core/context.ts';

/** Lets equal requests that are under way at the same time share one. */
export type SingleFlight = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Failures that are the same for everybody who asks; others may be due to one caller's patience alone. */
const sharedFailures: ReadonlySet<string> = new Set(['NOT_FOUND', 'INVALID_INPUT', 'FORBIDDEN', 'REAUTH_REQUIRED']);

/**
 * A `SingleFlight` of its own. Requests of one key must be of one type. Who joins a request gives up with its own signal,
 * and asks for itself when the request failed for a reason that may be the other's own, such as its deadline.
 */
export function createSingleFlight(): SingleFlight {
  const underWay = new Map<string, Promise<unknown>>();

  async function lead<T>(key: string, work: () => Promise<T>): Promise<T> {
    const flight = work();
    underWay.set(key, flight);
    try {
      return await flight;
    } finally {
      underWay.delete(key);
    }
  }

  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const flight = underWay.get(key);
    if (flight === undefined) return lead(key, work);
    const signal = currentContext()?.signal;
    try {
      // Requests of one key are of one type: that is the caller's part.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return (await untilAborted(flight, signal)) as T;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof AppError && sharedFailures.has(error.code)) throw error;
      return work();
    }
  };
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
