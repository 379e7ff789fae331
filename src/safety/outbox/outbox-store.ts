import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { bytesOf, integerOf, type Database } from '../../core/database.ts';
import { openDatabase } from '../../core/open-database.ts';
import type { FiledMessage } from '../../mail/mailbox.ts';
import type { Actor, MessageToSend } from '../sending.ts';
import { entryOf, type OutboxEntry, type SendProgress } from './outbox-entry.ts';
import { outboxFormat } from './outbox-format.ts';
import { finalStates, openStates, sendStates, stateAfter, type SendState, type SendStep } from './send-states.ts';

/**
 * How long a process is believed to work on an entry since it last said so ({@link OutboxStore.keep}). Whoever is slower
 * and goes on does no harm: its hold is lost, and the draft it sends is honoured once.
 */
export const holdMs = 20_000;

/** How long an entry and its key are kept after the last change. */
export const keptMs = 30 * 24 * 60 * 60 * 1000;

/** A hold on an entry: while it lasts no other process works on it. Lost when it ran out and another took it. */
export interface Hold {
  readonly id: string;
  readonly fence: number;
}

/** An entry that this process works on. */
export interface HeldEntry {
  readonly hold: Hold;
  readonly entry: OutboxEntry;
}

export interface NewEntry {
  readonly id: string;
  readonly account: string;
  readonly key: string | undefined;
  /** How long the key stands for this entry; then a call with the same key is another one. */
  readonly keyMs: number;
  readonly state: 'parked' | 'waiting' | 'drafting';
  readonly sendsAtMs: number;
  readonly operation: string;
  readonly actor: Actor;
  readonly message: MessageToSend;
  /** How many messages of the account may be sent in any time of so many milliseconds. */
  readonly limits: readonly { readonly count: number; readonly windowMs: number }[];
}

/** What became of an entry to be added; one in the state `drafting` is held by whoever added it. */
export type Added =
  | { readonly kind: 'added'; readonly held: HeldEntry }
  | { readonly kind: 'known'; readonly entry: OutboxEntry }
  | { readonly kind: 'over limit' };

/** The outbox's rows. Every change is one transaction and is on the disk when it returns. */
export interface OutboxStore {
  /** Adds an entry; when one of this key is there already, answers that one instead. */
  add(entry: NewEntry): Added;
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
  /** Whether a draft is about to be sent, or may have been: then nobody may change it. */
  isDraftInWork(account: string, draftId: string): boolean;
  /**
   * Takes an entry to work on, if nobody holds it: with a step, if it may make that, which is made at once; without, if
   * its outcome is open.
   */
  take(id: string, step?: SendStep): HeldEntry | undefined;
  /** Says that the work goes on. */
  keep(hold: Hold): void;
  /** Notes something of a held entry. False when the hold was lost: then nothing is changed. */
  note(hold: Hold, more: SendProgress & { readonly isUnaudited?: boolean }): boolean;
  /**
   * Lets a held entry make a step. False when the hold was lost: then nothing is changed. Throws for a step that its
   * state does not allow.
   */
  advance(hold: Hold, step: SendStep, more?: SendProgress & { readonly sendsAtMs?: number }): boolean;
  release(hold: Hold): void;
  /** Lets an entry that nobody holds make a step; false when it may not. */
  move(id: string, step: SendStep): boolean;
  /**
   * Writes down that the message was sent, which stays true when the hold was lost: then whoever has it loses it, too.
   * False when the entry is where no proof leads on.
   */
  confirm(hold: Hold, result: FiledMessage): boolean;
  isHeld(hold: Hold): boolean;
  markAudited(id: string): void;
  /** Forgets entries that nobody has touched for {@link keptMs}. */
  forgetOld(): void;
  close(): void;
}

/** A hold that ends later than any can was written under a clock that has been put back since. */
const isFree = `(held_until_ms <= ?1 OR held_until_ms > ?1 + ${holdMs})`;

/** Opens the outbox in `file`, making it where there is none. Throws `UNAVAILABLE`: then nothing may be sent. */
export function openOutboxStore(file: string, now: () => number): OutboxStore {
  const database: Database = openDatabase(file, outboxFormat);
  // What is erased is gone from the file, too.
  database.execute('PRAGMA secure_delete = ON');

  function get(id: string): OutboxEntry | undefined {
    const row = database.get('SELECT * FROM send WHERE id = ?', id);
    return row === undefined ? undefined : entryOf(row);
  }

  function findByKey(account: string, key: string, keyMs: number): OutboxEntry | undefined {
    const since = now() - keyMs;
    const row = database.get('SELECT * FROM send WHERE account = ? AND key = ? AND created_ms > ?', account, key, since);
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

  function held(id: string): HeldEntry {
    const row = database.get('SELECT * FROM send WHERE id = ?', id);
    if (row === undefined) throw new Error(`the outbox entry ${id} was not stored`);
    return { hold: { id, fence: integerOf(row, 'fence') }, entry: entryOf(row) };
  }

  /** The entry, if the hold on it was not lost. */
  function heldBy({ id, fence }: Hold): OutboxEntry | undefined {
    const row = database.get('SELECT * FROM send WHERE id = ? AND fence = ?', id, fence);
    return row === undefined ? undefined : entryOf(row);
  }

  function write(entry: OutboxEntry, state: SendState, more: SendProgress): void {
    const { id, progress } = entry;
    database.run(
      'UPDATE send SET state = ?, progress = ?, changed_ms = ? WHERE id = ?',
      state,
      JSON.stringify({ ...progress, ...more }),
      now(),
      id,
    );
    if (state === 'drafting') database.run('UPDATE send SET counted_ms = ? WHERE id = ?', now(), id);
    if (finalStates.includes(state)) {
      database.run(`UPDATE send SET raw = NULL, facts = json_set(facts, '$.text', '') WHERE id = ?`, id);
    }
  }

  /** A hold for a new holder: whoever had one before has lost it. */
  function giveHold(id: string): void {
    database.run('UPDATE send SET fence = fence + 1, held_until_ms = ? WHERE id = ?', now() + holdMs, id);
  }

  function takeFree(id: string): OutboxEntry | undefined {
    const row = database.get(`SELECT * FROM send WHERE ${isFree} AND id = ?2`, now(), id);
    return row === undefined ? undefined : entryOf(row);
  }

  function forgetOld(): void {
    database.run('DELETE FROM send WHERE changed_ms < ?', now() - keptMs);
  }

  return {
    get,
    findByKey,
    countSentSince,
    forgetOld,
    add(entry) {
      const { id, account, key, keyMs, state, sendsAtMs, operation, actor, message, limits } = entry;
      const { from, to, cc, bcc, subject, text, attachments, warnings, raw, threadId, draftId } = message;
      const compressed = zstdCompressSync(raw);
      return database.write((): Added => {
        const known = key === undefined ? undefined : findByKey(account, key, keyMs);
        if (known !== undefined) return { kind: 'known', entry: known };
        const nowMs = now();
        if (limits.some(({ count, windowMs }) => countSentSince(account, nowMs - windowMs) >= count)) {
          return { kind: 'over limit' };
        }
        if (key !== undefined) {
          database.run('UPDATE send SET key = NULL WHERE account = ? AND key = ?', account, key);
        }
        database.run(
          `INSERT INTO send (id, account, key, content_hash, state, created_ms, changed_ms, counted_ms, sends_at_ms,
             operation, actor, facts, thread_id, is_callers_draft, progress, raw)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          id,
          account,
          key ?? null,
          message.contentHash,
          state,
          nowMs,
          nowMs,
          nowMs,
          sendsAtMs,
          operation,
          JSON.stringify(actor),
          JSON.stringify({ from, to, cc, bcc, subject, text, attachments, warnings }),
          threadId ?? null,
          draftId === undefined ? 0 : 1,
          JSON.stringify({ draftId, ...(state === 'waiting' ? { isPromised: true } : {}) }),
          compressed,
        );
        if (state === 'drafting') giveHold(id);
        return { kind: 'added', held: held(id) };
      });
    },
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
        `SELECT 1 FROM send WHERE account = ? AND id <> ? AND progress ->> '$.result.id' = ?`,
        account,
        id,
        messageId,
      ) !== undefined,
    isDraftInWork: (account, draftId) =>
      database.get(
        `SELECT 1 FROM send WHERE state IN ('drafting', 'sending', 'unknown') AND account = ?
         AND progress ->> '$.draftId' = ?`,
        account,
        draftId,
      ) !== undefined,
    take: (id, step) =>
      database.write(() => {
        const entry = takeFree(id);
        if (entry === undefined) return undefined;
        if (step === undefined) {
          if (!openStates.includes(entry.state)) return undefined;
        } else {
          const state = stateAfter(entry.state, step);
          if (state === undefined) return undefined;
          write(entry, state, { failure: undefined });
        }
        giveHold(id);
        return held(id);
      }),
    keep({ id, fence }) {
      const sql = 'UPDATE send SET held_until_ms = ? WHERE id = ? AND fence = ? AND held_until_ms > 0';
      database.run(sql, now() + holdMs, id, fence);
    },
    note: (hold, { isUnaudited, ...more }) =>
      database.write(() => {
        const entry = heldBy(hold);
        if (entry === undefined) return false;
        database.run(
          'UPDATE send SET progress = ?, is_unaudited = ? WHERE id = ?',
          JSON.stringify({ ...entry.progress, ...more }),
          (isUnaudited ?? entry.isUnaudited) ? 1 : 0,
          hold.id,
        );
        return true;
      }),
    advance: (hold, step, { sendsAtMs, ...more } = {}) =>
      database.write(() => {
        const entry = heldBy(hold);
        if (entry === undefined) return false;
        const state = stateAfter(entry.state, step);
        if (state === undefined) throw new Error(`the outbox entry ${hold.id} is ${entry.state}: no step ${step}`);
        write(entry, state, more);
        if (sendsAtMs !== undefined) database.run('UPDATE send SET sends_at_ms = ? WHERE id = ?', sendsAtMs, hold.id);
        return true;
      }),
    release({ id, fence }) {
      database.run('UPDATE send SET held_until_ms = 0 WHERE id = ? AND fence = ?', id, fence);
    },
    move: (id, step) =>
      database.write(() => {
        const entry = takeFree(id);
        const state = entry === undefined ? undefined : stateAfter(entry.state, step);
        if (entry === undefined || state === undefined) return false;
        write(entry, state, {});
        return true;
      }),
    confirm: (hold, { id: messageId, threadId, labelIds }) =>
      database.write(() => {
        const entry = get(hold.id);
        if (entry === undefined) return false;
        if (entry.state === 'sent') return true;
        if (stateAfter(entry.state, 'confirm') === undefined) return false;
        const isHolder = heldBy(hold) !== undefined;
        write(entry, 'sent', { result: { id: messageId, threadId, labelIds: [...labelIds] }, failure: undefined });
        if (!isHolder) database.run('UPDATE send SET fence = fence + 1, held_until_ms = 0 WHERE id = ?', hold.id);
        return true;
      }),
    isHeld: (hold) => heldBy(hold) !== undefined,
    markAudited(id) {
      database.run('UPDATE send SET is_unaudited = 0 WHERE id = ?', id);
    },
    close: () => database.close(),
  };
}
