import type { Actor } from '../../core/actor.ts';

/** A change on its way: written before it is made, so that none can go unrecorded. */
export interface IntendedChange {
  readonly account: string;
  readonly actor: Actor;
  /** Name of the operation that makes it. */
  readonly operation: string;
  /** What is changed, in the mailbox's words: `modifyMessages`. */
  readonly method: string;
  /** What was asked for, without mail's bytes. */
  readonly target: unknown;
  /** How it was before. */
  readonly from: unknown;
}

/** How a change ended; `unknown` when it may or may not have been made. */
export type ChangeEnd =
  /** `inverse` is text that says how it is taken back, where it can be. */
  | { readonly kind: 'done'; readonly to: unknown; readonly inverse?: string }
  | { readonly kind: 'failed' | 'unknown'; readonly code: string; readonly message: string };

/** One line of the log. A change has two: its beginning and its end, which names the beginning. */
export interface AuditEntry {
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  readonly account: string;
  readonly event: 'begun' | 'done' | 'failed' | 'unknown';
  /** Sequence of the beginning, on an end. */
  readonly of?: number;
  readonly transport: Actor['transport'];
  readonly tokenName?: string;
  readonly requestId: string;
  readonly operation: string;
  /** Method, target, from and to of the change, or code and message of its failure. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** SHA-256 (hex) of the entry before and this one. */
  readonly hash: string;
}

/** Which entries to read; the newest first. */
interface AuditFilter {
  readonly limit: number;
  readonly account?: string;
  readonly tokenName?: string;
  readonly operation?: string;
  readonly sinceMs?: number;
  /** Only entries before this one. */
  readonly beforeSequence?: number;
  /** Only what this request changed. */
  readonly requestId?: string;
  /** Only what happened to this entry of the outbox. */
  readonly outboxId?: string;
}

/** A change that can be taken back. */
export interface UndoableChange {
  readonly sequence: number;
  readonly at: string;
  readonly operation: string;
  /** As it was given with the end. */
  readonly inverse: string;
}

/** What is written about changes, and which attempts to send have no end. */
export interface AuditWriter {
  /** Writes down that a change is about to be made and returns its sequence. */
  begin(change: IntendedChange): Promise<number>;
  end(sequence: number, end: ChangeEnd): Promise<void>;
  /** Sequences of attempts to send an entry of the outbox that have begun and have no end, the oldest first. */
  listOpenSends(outboxId: string): Promise<readonly number[]>;
}

/**
 * Who changed what, in a log that can only grow; every entry is chained to the one before. Every method throws
 * `UNAVAILABLE` when the store cannot be reached or written: then nothing may be changed.
 */
export interface AuditLog extends AuditWriter {
  list(filter: AuditFilter): Promise<readonly AuditEntry[]>;
  /** The sequence of the first entry that does not follow from the ones before it, or undefined. */
  findBreak(): Promise<number | undefined>;
  /**
   * The change of this sequence, or the newest, that was made and not yet taken back. With a token only its own
   * changes. What `undo` did is found by its sequence only: undoing twice takes back two changes, not one twice.
   */
  findUndoable(by: {
    readonly account: string;
    readonly tokenName: string | undefined;
    readonly sequence?: number;
  }): Promise<UndoableChange | undefined>;
  /**
   * The newest change that was made, or may have been, and was not taken back, whether it can be or not; as in
   * {@link findUndoable}, of one token, and none that `undo` made.
   */
  newestChange(by: {
    readonly account: string;
    readonly tokenName: string | undefined;
  }): Promise<{ readonly sequence: number; readonly operation: string } | undefined>;
  /** Claims a change for being taken back; false when somebody else has done so. */
  markUndone(sequence: number): Promise<boolean>;
  /** Gives up a claim: the change was not taken back, and can be. */
  markNotUndone(sequence: number): Promise<void>;
  close(): void;
}
