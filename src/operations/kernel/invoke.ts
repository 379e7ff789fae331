import { currentContext, runInContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Accounts } from '../../accounts/accounts.ts';
import type { HomeFeed } from '../../store/feed/home-feed.ts';
import type { HomeJobStore } from '../../store/jobs/home-job-store.ts';
import type { Safety } from '../../safety/open-safety.ts';
import type { Rights } from '../../safety/tokens/check-token.ts';
import type { Confirm } from '../sending/confirm-send.ts';
import { makeCall } from './make-call.ts';
import { openAllowed } from './open-allowed.ts';
import type { Answer, Operation } from './operation.ts';

/** How long a caller waits for an answer: clients of both servers give up after a minute, agents earlier. */
const patienceMs = 30_000;

/** Who calls: what they may do, and whether they are still there. */
export interface Caller extends Rights {
  readonly signal: AbortSignal;
  /** Asks a person about a send that policy parks; without it, `gmail-llm outbox` does. */
  readonly confirm?: Confirm;
}

/** What one call came to, for counting. */
export interface Outcome {
  readonly operation: string;
  /** `OK` or the code of the error. */
  readonly code: string;
  readonly seconds: number;
}

/** What every call needs, the same for all calls of a process. */
export interface Services {
  readonly accounts: Accounts;
  readonly safety: Safety;
  /** Where changes are published. */
  readonly feed: HomeFeed;
  /** What is done by itself, by one process of the home at a time. */
  readonly jobs: HomeJobStore;
  readonly logger: Logger;
  /** IANA name of the zone in which days begin. */
  readonly timeZone: string;
  readonly now: () => number;
  readonly observe: (outcome: Outcome) => void;
}

/**
 * The one way into an operation, whichever server the call came through: grant, input, account, run, log.
 *
 * Throws `FORBIDDEN` when the caller's grants do not cover the operation, `INVALID_INPUT` when its input is at fault,
 * and whatever the operation throws. Nothing of the input or the answer is logged: it is somebody's mail.
 */
export async function invoke(
  services: Services,
  operation: Operation,
  input: unknown,
  caller: Caller,
): Promise<Answer> {
  const startedMs = performance.now();
  let code = 'OK';
  try {
    if (!caller.grants.has(operation.grant)) {
      throw new AppError('FORBIDDEN', `${operation.name} needs the grant "${operation.grant}".`, {
        expected: operation.grant,
        got: [...caller.grants].join(', ') || 'no grants',
        hint: 'A token and GMAIL_GRANTS must both have it: see `gmail-llm token` and the variable GMAIL_GRANTS.',
      });
    }
    const prepared = operation.prepare(input);
    caller.signal.throwIfAborted();
    const context = {
      ...(currentContext() ?? { requestId: '', transport: 'cli' as const }),
      signal: caller.signal,
      deadlineMs: startedMs + patienceMs,
    };
    const answer = await runInContext(context, async () => {
      const mailbox = await openAllowed(services.accounts, prepared.account, caller);
      const { safety } = services;
      const { signal, grants, confirm } = caller;
      const { isDryRun } = prepared;
      const parts = { mailbox, safety, zone: services, operation, grants, isDryRun, confirm };
      return prepared.run(makeCall({ signal, nowMs: services.now() }, parts));
    });
    // A text may ask the mailbox for more: within the same patience.
    return { ...answer, text: (makeNonce) => runInContext(context, () => answer.text(makeNonce)) };
  } catch (error) {
    code = error instanceof AppError ? error.code : 'INTERNAL';
    if (code === 'INTERNAL' && !caller.signal.aborted) {
      services.logger.error('operation failed', { operation: operation.name, error });
    }
    throw error;
  } finally {
    const seconds = (performance.now() - startedMs) / 1000;
    services.observe({ operation: operation.name, code, seconds });
    services.logger.info('call', { operation: operation.name, code, ms: Math.round(seconds * 1e5) / 100 });
  }
}
