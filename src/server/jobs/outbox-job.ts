import type { Accounts } from '../../accounts/accounts.ts';
import { AppError } from '../../core/errors.ts';
import type { Job } from '../../core/jobs/job.ts';
import { logOf } from '../../core/telemetry/log.ts';
import type { Safety } from '../../safety/open-safety.ts';

/** How often it is looked whether something is due: a message that waits leaves that much late at most. */
const outboxEveryMs = 2000;

const log = logOf('safety');

/**
 * Lets waiting messages leave when it is time, and finds out what became of sends whose outcome is open. Nothing is opened
 * before something was sent from this home. An entry that fails is logged, and tried again after a pause of its own.
 */
export function outboxJob(services: { readonly accounts: Pick<Accounts, 'open'>; readonly safety: Safety }): Job {
  const { accounts, safety } = services;
  return {
    name: 'outbox',
    summary: 'Sends messages whose time has come and finds out what became of sends that were interrupted.',
    everyMs: outboxEveryMs,
    retryMs: { first: 2000, most: 60_000 },
    isNeeded: async () => safety.hasOutbox() && (await safety.outbox().hasWork()),
    async run({ signal }) {
      const entries = await safety.outbox().work({
        open: (account) => accounts.open(account),
        signal,
        onError: ({ id, account, state }, error) =>
          log[error instanceof AppError ? 'warn' : 'error']('outbox entry failed', { id, account, state, error }),
      });
      return { facts: { entries } };
    },
  };
}
