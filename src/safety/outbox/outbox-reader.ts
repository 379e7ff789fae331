import { zstdDecompressSync } from 'node:zlib';
import { bytesOf, integerOf } from '../../store/columns.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { entryOf, type OutboxEntry } from './outbox-entry.ts';
import { sendStates, type SendState } from './send-states.ts';

/**
 * How long a process is believed to work on an entry since it last said so. Whoever is slower and goes on does no harm:
 * its hold is lost, and the draft it sends is honoured once.
 */
export const holdMs = 20_000;

/** A hold that ends later than any can was written under a clock that has been put back since. */
export const isFree = `(held_until_ms <= ?1 OR held_until_ms > ?1 + ${holdMs})`;

/** What can be read of an outbox. */
export interface OutboxReader {
  get(id: string): OutboxEntry | undefined;
  /** The entry that a key stands for; see {@link NewEntry.keyMs}. */
  findByKey(account: string, key: string, keyMs: number): OutboxEntry | undefined;
  /** The message; undefined once the entry is final. */
  raw(id: string): Uint8Array | undefined;
  /** The newest first. */
  list(filter: { readonly states?: readonly SendState[]; readonly limit: number }): readonly OutboxEntry[];
  /** Entries that nobody holds and a worker may have to do something for, the oldest first. */
  listToDo(): readonly OutboxEntry[];
  /** Messages of an account that left, or may yet leave, after a moment; without one of them. */
  countSentSince(account: string, sinceMs: number, exceptId?: string): number;
  /** Whether another entry has this message as its own. */
  isResultOfOther(entry: OutboxEntry, messageId: string): boolean;
  /** Whether the entry's draft was sent by another entry. */
  isDraftSentByOther(entry: OutboxEntry): boolean;
  /** Whether a draft is about to be sent, or may have been: then nobody may change it. */
  isDraftInWork(account: string, draftId: string): boolean;
}

/** Makes the reading half of an outbox's store. */
export function createOutboxReader(database: Database, now: () => number): OutboxReader {
  function get(id: string): OutboxEntry | undefined {
    const row = database.get('SELECT * FROM send WHERE id = ?', id);
    return row === undefined ? undefined : entryOf(row);
  }

  function findByKey(account: string, key: string, keyMs: number): OutboxEntry | undefined {
    const since = now() - keyMs;
    const row = database.get(
      'SELECT * FROM send WHERE account = ? AND key = ? AND created_ms > ?',
      account,
      key,
      since,
    );
    return row === undefined ? undefined : entryOf(row);
  }

  function countSentSince(account: string, sinceMs: number, exceptId = ''): number {
    const row = database.get(
      `SELECT count(*) AS total FROM send WHERE account = ? AND counted_ms > ? AND id <> ?
       AND state NOT IN ('failed', 'rejected', 'cancelled')`,
      account,
      sinceMs,
      exceptId,
    );
    return row === undefined ? 0 : integerOf(row, 'total');
  }

  return {
    get,
    findByKey,
    countSentSince,
    raw(id) {
      const row = database.get('SELECT raw FROM send WHERE id = ? AND raw IS NOT NULL', id);
      return row === undefined ? undefined : zstdDecompressSync(bytesOf(row, 'raw'));
    },
    list({ states = sendStates, limit }) {
      const sql = `SELECT * FROM send WHERE state IN (SELECT value FROM json_each(?)) ORDER BY created_ms DESC LIMIT ?`;
      return database.all(sql, JSON.stringify(states), limit).map(entryOf);
    },
    listToDo: () =>
      database
        .all(
          `SELECT * FROM send WHERE (state IN ('waiting', 'drafting', 'sending', 'unknown') OR is_unaudited) AND ${isFree}
           ORDER BY created_ms`,
          now(),
        )
        .map(entryOf),
    isResultOfOther: ({ id, account }, messageId) =>
      database.get(
        `SELECT 1 FROM send WHERE state = 'sent' AND account = ? AND id <> ? AND progress ->> '$.result.id' = ?`,
        account,
        id,
        messageId,
      ) !== undefined,
    isDraftSentByOther: ({ id, account, progress: { draftId = '' } }) =>
      database.get(
        `SELECT 1 FROM send WHERE state = 'sent' AND account = ? AND id <> ? AND progress ->> '$.draftId' = ?`,
        account,
        id,
        draftId,
      ) !== undefined,
    isDraftInWork: (account, draftId) =>
      database.get(
        `SELECT 1 FROM send WHERE state IN ('drafting', 'sending', 'unknown') AND account = ?
         AND progress ->> '$.draftId' = ?`,
        account,
        draftId,
      ) !== undefined,
  };
}
