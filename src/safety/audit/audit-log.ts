import { integerOf, textOf } from '../../store/columns.ts';
import { openDatabase, type DatabaseFormat } from '../../store/sqlite/open-database.ts';
import type { Actor } from '../sending.ts';
import { append, entryOf, fieldsOf, findBreak, type EntryFields } from './audit-chain.ts';
import type { Inverse } from '../changes/change-kind.ts';
import { readInverse, toStored } from '../changes/stored-inverse.ts';

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
  | { readonly kind: 'done'; readonly to: unknown; readonly inverse?: Inverse }
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
}

/** A change that can be taken back. */
export interface UndoableChange {
  readonly sequence: number;
  readonly at: string;
  readonly operation: string;
  readonly inverse: Inverse;
}

/** Who changed what, in a file that can only grow; every entry is chained to the one before. */
export interface AuditLog {
  /** Writes down that a change is about to be made and answers its sequence. */
  begin(change: IntendedChange): number;
  end(sequence: number, end: ChangeEnd): void;
  list(filter: AuditFilter): readonly AuditEntry[];
  /** Sequences of attempts to send an entry of the outbox that have begun and have no end, the oldest first. */
  listOpenSends(outboxId: string): readonly number[];
  /** The sequence of the first entry that does not follow from the ones before it, or undefined. */
  findBreak(): number | undefined;
  /**
   * The change of this sequence, or the newest, that was made and not yet taken back. With a token only its own
   * changes. What `undo` did is found by its sequence only: undoing twice takes back two changes, not one twice.
   */
  findUndoable(by: {
    readonly account: string;
    readonly tokenName: string | undefined;
    readonly sequence?: number;
  }): UndoableChange | undefined;
  /**
   * The newest change that was made, or may have been, and was not taken back, whether it can be or not; as in
   * {@link findUndoable}, of one token, and none that `undo` made.
   */
  newestChange(by: {
    readonly account: string;
    readonly tokenName: string | undefined;
  }): { readonly sequence: number; readonly operation: string } | undefined;
  /** Claims a change for being taken back; false when somebody else has done so. */
  markUndone(sequence: number): boolean;
  /** Gives up a claim: the change was not taken back, and can be. */
  markNotUndone(sequence: number): void;
  close(): void;
}

/** How long a change can be taken back. */
const undoableMs = 30 * 24 * 60 * 60 * 1000;

const auditFormat: DatabaseFormat = {
  applicationId: 0x676d_6c61,
  migrations: [
    `CREATE TABLE entry (
       sequence INTEGER PRIMARY KEY AUTOINCREMENT,
       at_ms INTEGER NOT NULL,
       account TEXT NOT NULL,
       event TEXT NOT NULL CHECK (event IN ('begun', 'done', 'failed', 'unknown')),
       of INTEGER,
       door TEXT NOT NULL,
       token_name TEXT NOT NULL,
       request_id TEXT NOT NULL,
       operation TEXT NOT NULL,
       facts TEXT NOT NULL,
       hash TEXT NOT NULL
     );
     CREATE INDEX entry_by_beginning ON entry (of) WHERE of IS NOT NULL;
     CREATE INDEX entry_by_send ON entry (facts ->> '$.target.outboxId')
       WHERE event = 'begun' AND facts ->> '$.target.outboxId' IS NOT NULL;
     CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
     CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
     CREATE TABLE undo (
       sequence INTEGER PRIMARY KEY,
       account TEXT NOT NULL,
       token_name TEXT NOT NULL,
       at_ms INTEGER NOT NULL,
       inverse TEXT NOT NULL,
       is_undone INTEGER NOT NULL DEFAULT 0
     );`,
  ],
  synchronous: 'FULL',
  cacheKibibytes: 512,
};

/** Opens the log in `file`, making it where there is none. Throws `UNAVAILABLE`: then nothing may be changed. */
export function openAuditLog(file: string, now: () => number): AuditLog {
  const database = openDatabase(file, auditFormat);

  function beginning(sequence: number): EntryFields {
    const row = database.get('SELECT * FROM entry WHERE sequence = ?', sequence);
    if (row === undefined) throw new Error(`the audit log has no entry ${sequence}`);
    return fieldsOf(row);
  }

  return {
    begin({ account, actor, operation, method, target, from }) {
      const { transport, requestId, tokenName = '' } = actor;
      const facts = JSON.stringify({ method, target, from });
      const fields = {
        atMs: now(),
        account,
        event: 'begun',
        of: null,
        transport,
        tokenName,
        requestId,
        operation,
        facts,
      } as const;
      return database.write(() => append(database, fields));
    },
    end(sequence, end) {
      const { account, transport, tokenName, requestId, operation } = beginning(sequence);
      const { kind: event, ...rest } = end;
      const { inverse: undo, ...facts } = 'inverse' in rest ? rest : { ...rest, inverse: undefined };
      const actor = { account, transport, tokenName, requestId, operation };
      const atMs = now();
      database.write(() => {
        append(database, { ...actor, atMs, event, of: sequence, facts: JSON.stringify(facts) });
        database.run('DELETE FROM undo WHERE at_ms < ?', atMs - undoableMs);
        if (undo === undefined) return;
        const values = [sequence, account, tokenName, atMs, toStored(undo)] as const;
        database.run(
          'INSERT INTO undo (sequence, account, token_name, at_ms, inverse) VALUES (?, ?, ?, ?, ?)',
          ...values,
        );
      });
    },
    listOpenSends: (outboxId) =>
      database
        .all(
          `SELECT sequence FROM entry begun WHERE event = 'begun' AND facts ->> '$.target.outboxId' = ?
             AND facts ->> '$.method' = 'sendDraft' AND NOT EXISTS (SELECT 1 FROM entry ended WHERE ended.of = begun.sequence)
           ORDER BY sequence`,
          outboxId,
        )
        .map((row) => integerOf(row, 'sequence')),
    list({ limit, account, tokenName, operation, sinceMs = 0, beforeSequence }) {
      return database
        .all(
          `SELECT * FROM entry WHERE at_ms >= ?1 AND (?2 IS NULL OR account = ?2) AND (?3 IS NULL OR token_name = ?3)
           AND (?4 IS NULL OR operation = ?4) AND (?5 IS NULL OR sequence < ?5) ORDER BY sequence DESC LIMIT ?6`,
          sinceMs,
          account ?? null,
          tokenName ?? null,
          operation ?? null,
          beforeSequence ?? null,
          limit,
        )
        .map(entryOf);
    },
    findBreak: () => findBreak(database),
    findUndoable({ account, tokenName, sequence }) {
      const row = database.get(
        `SELECT undo.sequence, undo.at_ms, undo.inverse, entry.operation FROM undo JOIN entry USING (sequence)
         WHERE is_undone = 0 AND undo.account = ?1 AND (?2 IS NULL OR undo.token_name = ?2)
         AND CASE WHEN ?3 IS NULL THEN entry.operation <> 'undo' ELSE undo.sequence = ?3 END
         ORDER BY undo.sequence DESC LIMIT 1`,
        account,
        tokenName ?? null,
        sequence ?? null,
      );
      return row === undefined
        ? undefined
        : {
            sequence: integerOf(row, 'sequence'),
            at: new Date(integerOf(row, 'at_ms')).toISOString(),
            operation: textOf(row, 'operation'),
            inverse: readInverse(textOf(row, 'inverse')),
          };
    },
    newestChange({ account, tokenName }) {
      const row = database.get(
        `SELECT entry.of, entry.operation FROM entry LEFT JOIN undo ON undo.sequence = entry.of
         WHERE entry.event IN ('done', 'unknown') AND coalesce(is_undone, 0) = 0 AND entry.operation <> 'undo'
         AND entry.account = ?1 AND (?2 IS NULL OR entry.token_name = ?2)
         ORDER BY entry.of DESC LIMIT 1`,
        account,
        tokenName ?? null,
      );
      return row === undefined ? undefined : { sequence: integerOf(row, 'of'), operation: textOf(row, 'operation') };
    },
    markUndone: (sequence) =>
      database.run('UPDATE undo SET is_undone = 1 WHERE sequence = ? AND is_undone = 0', sequence) === 1,
    markNotUndone(sequence) {
      database.run('UPDATE undo SET is_undone = 0 WHERE sequence = ?', sequence);
    },
    close: () => database.close(),
  };
}
