import { setTimeout as delay } from 'node:timers/promises';
import type { Accounts } from '../accounts/accounts.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Safety } from '../safety/open-safety.ts';

/** How often it is looked whether something is due: a message that waits leaves that much late at most. */
const outboxIntervalMs = 2000;

/** The background work of the outbox in a process. */
export interface OutboxWorker {
  /** Begins nothing more and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Lets waiting messages leave when it is time, and finds out what became of sends whose outcome is open. Several
 * processes of a home may do so: each entry is worked on by one. Nothing is opened before something was sent from this
 * home. Errors are logged, and end nothing.
 */
export function startOutboxWorker(options: {
  readonly services: {
    readonly accounts: Pick<Accounts, 'open'>;
    readonly safety: Safety;
    readonly logger: Logger;
  };
  readonly intervalMs?: number;
}): OutboxWorker {
  const { services, intervalMs = outboxIntervalMs } = options;
  const { accounts, safety, logger } = services;
  const stopping = new AbortController();
  async function work(): Promise<void> {
    if (!safety.hasOutbox()) return;
    await safety.outbox().work({
      open: (account) => accounts.open(account),
      signal: stopping.signal,
      onError: ({ id, account, state }, error) =>
        logger[error instanceof AppError ? 'warn' : 'error']('outbox entry failed', { id, account, state, error }),
    });
  }

  async function run(): Promise<void> {
    for (;;) {
      await delay(intervalMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      if (stopping.signal.aborted) return;
      try {
        await work();
      } catch (error) {
        logger.error('outbox work failed', { error });
      }
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort(new AppError('UNAVAILABLE', 'The server is stopping.'));
      await running;
    },
  };
}
