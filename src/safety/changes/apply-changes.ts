import { isDeepStrictEqual } from 'node:util';
import type { Grant } from '../../core/grants.ts';
import { AppError } from '../../core/errors.ts';
import { isJsonObject, textIn } from '../../core/json-object.ts';
import type { MailboxReader, MailboxWriter } from '../../mail/mailbox.ts';
import type { Settings } from '../../mail/settings.ts';
import type { AuditLog } from '../../store/audit/audit-log.ts';
import { checkOutflow } from '../policy/check-outflow.ts';
import type { PolicyReader } from '../policy/read-policy.ts';
import type { Actor } from '../../core/actor.ts';
import { announceChange, callCause, type OpenFeed } from './announce-change.ts';
import {
  type Change,
  type ChangeArguments,
  type ChangeKind,
  type ChangeMethod,
  type ChangeResults,
  type Inverse,
} from './change-kind.ts';
import { changeTable, type ChangeBefores } from './change-table.ts';
import type { Applied, DryRun } from './dry-run.ts';
import { endOfFailed } from './end-of-failed.ts';
import { stepFrom, toStored, withCreated } from './stored-inverse.ts';
import { rememberReads, type RememberingReader } from './remember-reads.ts';

/** Makes a change of the mailbox: the only way in which an operation can. */
export interface Apply {
  <Name extends keyof Settings>(
    method: 'updateSetting',
    name: Name,
    value: Settings[Name],
  ): Promise<Applied<Settings[Name], Settings[Name]>>;
  <M extends Exclude<ChangeMethod, 'updateSetting'>>(
    method: M,
    ...args: ChangeArguments[M]
  ): Promise<Applied<ChangeResults[M], ChangeBefores[M]>>;
}

/** What changes are made with. */
export interface ChangeParts {
  readonly mailbox: MailboxWriter;
  readonly account: string;
  readonly actor: Actor;
  /** Name of the operation that makes them. */
  readonly operation: string;
  readonly grants: ReadonlySet<Grant>;
  /** Whether changes are only shown. */
  readonly isDryRun: boolean;
  readonly policy: PolicyReader;
  /** Opened at the first change. */
  readonly audit: () => AuditLog;
  readonly isDraftInWork: (draftId: string) => Promise<boolean>;
  readonly feed: OpenFeed;
}

/** A mailbox as one call has it: what it reads is read once, and every change keeps to the policy and the log. */
export interface Changes {
  readonly reader: MailboxReader;
  readonly apply: Apply;
  /** What taking a change back needs. */
  readonly grantsFor: (inverse: Inverse) => readonly Grant[];
  /**
   * Takes a change back, and returns what is so again in a sentence. Throws `CONFLICT` where something has been changed
   * since, and what the mailbox throws.
   */
  readonly applyInverse: (inverse: Inverse) => Promise<string | DryRun>;
}

const kinds: { readonly [M in ChangeMethod]: ChangeKind<M, ChangeBefores[M]> } = changeTable;

/** As the log's JSON has it, in which a field without a value is no field. */
function asStored(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

/** The changes of one call, which reads with `reader`. */
export function createChanges(parts: ChangeParts, reader: RememberingReader = rememberReads(parts.mailbox)): Changes {
  const { mailbox, account, actor, operation, grants, isDryRun, policy, isDraftInWork, feed } = parts;
  const methods: { readonly [M in ChangeMethod]: (...args: ChangeArguments[M]) => Promise<ChangeResults[M]> } = mailbox;
  const state = { reader, isDraftInWork };

  async function run<M extends ChangeMethod>(
    method: M,
    args: ChangeArguments[M],
  ): Promise<Applied<ChangeResults[M], ChangeBefores[M]>> {
    const plan = await kinds[method].plan(state, args);
    const { before, target, from } = plan;
    for (const outflow of plan.outflow) await checkOutflow(outflow, { reader, account, policy, grants });
    if (isDryRun) {
      await plan.check();
      return { kind: 'dryRun', change: { method, target, from } };
    }
    const log = parts.audit();
    const sequence = await log.begin({ account, actor, operation, method, target, from });
    const announced = await announceChange(feed, account, callCause(actor, operation));
    // Whatever fails, the feed hears that the change is over: it holds the account's events back until then.
    let made: ReturnType<typeof plan.made> & { readonly result: ChangeResults[M] };
    try {
      const result = await methods[method](...args).finally(() => reader.forget());
      made = { result, ...plan.made(result) };
    } catch (error) {
      try {
        await log.end(sequence, endOfFailed(error));
      } finally {
        await announced.abandon();
      }
      throw error;
    }
    const { result, to, inverse, events } = made;
    const end = { kind: 'done', to, ...(inverse === undefined ? {} : { inverse: toStored(inverse) }) } as const;
    try {
      await log.end(sequence, end);
    } finally {
      await announced.publish(events);
    }
    return { kind: 'done', result, before };
  }

  function runChange<M extends ChangeMethod>(change: Change<M>): Promise<Applied<unknown, unknown>> {
    return run<M>(change.method, change.args);
  }

  async function requireAsLeft<M extends ChangeMethod>(change: Change<M>, expected: unknown): Promise<void> {
    const plan = await kinds[change.method].plan(state, change.args);
    if (isDeepStrictEqual(asStored(plan.state), asStored(expected))) return;
    throw new AppError('CONFLICT', 'It has been changed again since; nothing was taken back.', {
      got: JSON.stringify(plan.target),
      hint: 'Look at it as it is now, and change it by hand if it is still wrong.',
    });
  }

  /** Makes one step; where something that it names is gone, in the other way that it has. */
  async function runStep(step: Inverse['steps'][number]): Promise<Applied<unknown, unknown>> {
    try {
      return await runChange(step);
    } catch (error) {
      const isGone = error instanceof AppError && error.code === 'NOT_FOUND';
      if (!isGone || step.otherwise === undefined) throw error;
      return await runChange(stepFrom(step.method, step.otherwise));
    }
  }

  return {
    reader,
    apply: (method: ChangeMethod, ...args: ChangeArguments[ChangeMethod]) => run(method, args),
    grantsFor: ({ steps }) => [...new Set(steps.map(({ method }) => kinds[method].grant))],
    async applyInverse({ steps, text }) {
      for (const step of steps) if ('expected' in step) await requireAsLeft(step, step.expected);
      let created: string | undefined;
      for (const step of steps) {
        const applied = await runStep(created === undefined ? step : withCreated(step, created));
        if (applied.kind === 'dryRun') return applied;
        const isCreated = step.method.startsWith('create') && isJsonObject(applied.result);
        if (isCreated) created = textIn(applied.result, 'id');
      }
      return created === undefined ? text : `${text} Its id is now ${created}.`;
    },
  };
}
