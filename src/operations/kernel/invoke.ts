import { currentContext, runInContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { servedReads } from '../../core/served-reads.ts';
import { TaskTime } from '../../core/task-time.ts';
import { metrics, secondsBounds } from '../../core/telemetry/metrics.ts';
import { originLine } from './answer-origin.ts';
import { currentActor, makeCall } from './make-call.ts';
import { openAllowed, refuseForeign } from './open-allowed.ts';
import type { Answer, Operation } from './operation.ts';
import { requireGrant } from './require-grant.ts';
import type { Caller, Services } from './services.ts';

/** How long a caller waits for an answer: clients of both servers give up after a minute, agents earlier. */
const patienceMs = 30_000;

/**
 * Processor time for reading messages that one call gets, with the starts of the parser process: ordinary mail takes a few
 * milliseconds each.
 */
const readingWithinMs = 1200;

const callDurations = metrics.histogram(
  'gmail_llm_call_duration_seconds',
  'Calls of operations, by outcome.',
  secondsBounds,
  ['operation', 'code'],
);

/** Counts and logs a call that is over. `startedMs` is by `performance.now()`. */
export function recordCall(logger: Logger, operation: string, code: string, startedMs: number): void {
  const seconds = (performance.now() - startedMs) / 1000;
  callDurations.observe({ operation, code }, seconds);
  logger.info('call', { operation, code, ms: Math.round(seconds * 1e5) / 100 });
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
    requireGrant(operation.name, operation.grant, caller);
    const prepared = operation.prepare(input);
    caller.signal.throwIfAborted();
    const reads = servedReads();
    const context = {
      ...(currentContext() ?? { requestId: '', transport: 'cli' as const }),
      signal: caller.signal,
      deadlineMs: startedMs + patienceMs,
      reads,
      readingTime: new TaskTime(readingWithinMs),
      isChange: !operation.isReadOnly,
    };
    const answer = await runInContext(context, () => run(services, operation, prepared, caller));
    // What a change has read to be made is nobody's question.
    const originOf = () => (operation.readsMailbox ? reads.summary() : undefined);
    const origin = originOf();
    return {
      ...answer,
      ...(origin === undefined ? {} : { origin }),
      // A text may ask the mailbox for more: within the same patience.
      async text(makeNonce) {
        const text = await runInContext(context, () => answer.text(makeNonce));
        const whole = originOf();
        return whole === undefined ? text : `${text}\n${originLine(whole, services.live.now())}`;
      },
    };
  } catch (error) {
    code = error instanceof AppError ? error.code : 'INTERNAL';
    if (code === 'INTERNAL' && !caller.signal.aborted) {
      services.logger.error('operation failed', { operation: operation.name, error });
    }
    throw error;
  } finally {
    recordCall(services.logger, operation.name, code, startedMs);
  }
}

async function run(
  services: Services,
  operation: Operation,
  prepared: ReturnType<Operation['prepare']>,
  caller: Caller,
): Promise<Answer> {
  const { account, isDryRun } = prepared;
  const nowMs = services.now();
  if (prepared.kind === 'home') {
    if (account !== undefined) refuseForeign(account, caller);
    return prepared.run({ services, caller, actor: currentActor(), account, nowMs });
  }
  const mailbox = await openAllowed(services.accounts, account, caller);
  const { signal, grants, confirm } = caller;
  const parts = { mailbox, safety: services.safety, zone: services, operation, grants, isDryRun, confirm };
  return prepared.run(makeCall({ signal, nowMs }, parts));
}
