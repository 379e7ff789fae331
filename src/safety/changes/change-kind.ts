import type { Grant } from '../../core/grants.ts';
import type { MailboxReader, MailboxWriter } from '../../mail/mailbox.ts';
import type { NewEvent } from '../../store/feed/event.ts';
import type { Outflow } from '../policy/check-outflow.ts';

/** A method that changes a mailbox: what its writer has beyond its reader. */
export type ChangeMethod = Exclude<keyof MailboxWriter, keyof MailboxReader>;
export type ChangeArguments = { readonly [M in ChangeMethod]: Parameters<MailboxWriter[M]> };
export type ChangeResults = { readonly [M in ChangeMethod]: Awaited<ReturnType<MailboxWriter[M]>> };

/** One change as a value: a method of the mailbox and what it is called with. */
export type Change<M extends ChangeMethod = ChangeMethod> = {
  readonly [Each in M]: { readonly method: Each; readonly args: ChangeArguments[Each] };
}[M];

/** A change that takes another one back. */
type InverseStep = Change & {
  /** State that the change left behind; where it is another now, nothing may be taken back. */
  readonly expected?: unknown;
  /** Arguments to try instead where something that `args` name is gone. */
  readonly otherwise?: readonly unknown[];
};

/** What takes a change back: changes of the same kinds, applied one after the other. */
export interface Inverse {
  readonly steps: readonly InverseStep[];
  /** What is so again, in a sentence. */
  readonly text: string;
}

/** Stands in the arguments of a later step for the id of what the step before it created. */
export const createdId = '{created}';

/** What happened to a mailbox, for its feed. */
export type ChangeEvent = Omit<NewEvent, 'account' | 'cause'>;

/** What a row looks at before its change. */
export interface ChangeState {
  /** Reads once what is asked for twice. */
  readonly reader: MailboxReader;
  /** Whether the outbox is sending a draft, or has to find out whether it did. */
  readonly isDraftInWork: (draftId: string) => Promise<boolean>;
}

interface MadeChange<M extends ChangeMethod, Before> {
  readonly args: ChangeArguments[M];
  readonly before: Before;
  readonly result: ChangeResults[M];
}

/** Everything that is to be known of a method that changes a mailbox. */
interface ChangeRow<M extends ChangeMethod, Before> {
  /** What making it needs, and taking it back. */
  readonly grant: Grant;
  /** Reads what the change replaces; {@link readsNothing} where nothing is. Throws where it may not be made. */
  readonly before: (state: ChangeState, ...args: ChangeArguments[M]) => Promise<Before>;
  /** How mail could leave the account by it. */
  readonly outflow: 'none' | ((...args: ChangeArguments[M]) => readonly Outflow[]);
  /** What the mailbox would refuse and reading can tell, with the same codes; only a dry run asks. */
  readonly check?: (reader: MailboxReader, ...args: ChangeArguments[M]) => Promise<void> | void;
  /** What was asked for, as the audit log shows it: without mail's bytes. */
  readonly target: (...args: ChangeArguments[M]) => unknown;
  /** The state before as the audit log shows it; by default what was read. */
  readonly from?: (before: Before) => unknown;
  /** What an inverse compares with its `expected`. */
  readonly state?: (before: Before) => unknown;
  /** The result as the audit log shows it; by default what the method returned. */
  readonly to?: (result: ChangeResults[M]) => unknown;
  readonly inverse: 'none' | ((made: MadeChange<M, Before>) => Inverse | undefined);
  /** What those are told who follow the mailbox; also what its history will report. */
  readonly events: (made: MadeChange<M, Before>) => readonly ChangeEvent[];
}

/** A change that is about to be made: what was read for it, and what it means. */
interface PlannedChange<M extends ChangeMethod, Before> {
  readonly before: Before;
  readonly state: unknown;
  readonly target: unknown;
  readonly from: unknown;
  readonly outflow: readonly Outflow[];
  check(): Promise<void>;
  made(result: ChangeResults[M]): {
    readonly to: unknown;
    readonly inverse: Inverse | undefined;
    readonly events: readonly ChangeEvent[];
  };
}

/** A row as what applies changes sees it. */
export interface ChangeKind<M extends ChangeMethod, Before = unknown> {
  readonly grant: Grant;
  plan(state: ChangeState, args: ChangeArguments[M]): Promise<PlannedChange<M, Before>>;
}

/** The `before` of a change that replaces nothing. */
export const readsNothing = (): Promise<undefined> => Promise.resolve(undefined);

/** Defines the row of a method. */
export function defineChange<M extends ChangeMethod, Before>(_: M, row: ChangeRow<M, Before>): ChangeKind<M, Before> {
  return {
    grant: row.grant,
    async plan(state, args) {
      const before = await row.before(state, ...args);
      return {
        before,
        state: row.state?.(before),
        target: row.target(...args),
        from: (row.from === undefined ? before : row.from(before)) ?? null,
        outflow: row.outflow === 'none' ? [] : row.outflow(...args),
        check: async () => row.check?.(state.reader, ...args),
        made(result) {
          const made = { args, before, result };
          return {
            to: (row.to === undefined ? result : row.to(result)) ?? null,
            inverse: row.inverse === 'none' ? undefined : row.inverse(made),
            events: row.events(made),
          };
        },
      };
    },
  };
}
