import { zstdCompressSync } from 'node:zlib';
import { metrics } from '../../core/telemetry/metrics.ts';
import { integerOf } from '../../store/columns.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import type { FiledMessage } from '../../mail/mailbox.ts';
import type { Actor, MessageToSend } from '../sending.ts';
import { entryOf, type OutboxEntry, type SendProgress } from './outbox-entry.ts';
import { outboxFormat } from './outbox-format.ts';
import { createOutboxReader, holdMs, isFree, type OutboxReader } from './outbox-reader.ts';
import { finalStates, openStates, stateAfter, type SendState, type SendStep } from './send-states.ts';

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

interface NewEntry {
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
type Added =
  | { readonly kind: 'added'; readonly held: HeldEntry }
  | { readonly kind: 'known'; readonly entry: OutboxEntry }
  | { readonly kind: 'over limit' };

/** The outbox's rows. Every change is one transaction and is on the disk when it returns. */
export interface OutboxStore extends OutboxReader {
  /** Adds an entry; when one of this key is there already, answers that one instead. */
  add(entry: NewEntry): Added;
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
  move(id: string, step: SendStep, more?: SendProgress): boolean;
  /**
   * Writes down that the message was sent, which stays true when the hold was lost: then whoever has it loses it, too.
   * False when the entry is where no proof leads on.
   */
  confirm(hold: Hold, result: FiledMessage): boolean;
  isHeld(hold: Hold): boolean;
  markAudited(id: string): void;
  /** Does work while no process changes the outbox. The work may read, and {@link OutboxStore.markAudited}. */
  exclusively<T>(work: () => T): T;
  /** Forgets entries that nobody has touched for {@link keptMs}, and returns how many. */
  forgetOld(): number;
  close(): void;
}

const transitions = metrics.counter(
  'gmail_llm_outbox_transitions_total',
  'Entries of the outbox that this process brought into a state.',
  ['state'],
);

/** Opens the outbox in `file`, making it where there is none. Throws `UNAVAILABLE`: then nothing may be sent. */
export function openOutboxStore(file: string, now: () => number): OutboxStore {
  const database: Database = openDatabase(file, outboxFormat);
  // What is erased is gone from the file, too.
  database.execute('PRAGMA secure_delete = ON');
  const reader = createOutboxReader(database, now);

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
    transitions.add({ state });
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

  function forgetOld(): number {
    return database.run('DELETE FROM send WHERE changed_ms < ?', now() - keptMs);
  }

  return {
    ...reader,
    forgetOld,
    add(entry) {
      const { id, account, key, keyMs, state, sendsAtMs, operation, actor, message, limits } = entry;
      const { from, to, cc, bcc, subject, text, attachments, warnings, raw, threadId, draftId } = message;
      const compressed = zstdCompressSync(raw);
      return database.write((): Added => {
        const known = key === undefined ? undefined : reader.findByKey(account, key, keyMs);
        if (known !== undefined) return { kind: 'known', entry: known };
        const nowMs = now();
        if (limits.some(({ count, windowMs }) => reader.countSentSince(account, nowMs - windowMs) >= count)) {
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
        transitions.add({ state });
        if (state === 'drafting') giveHold(id);
        return { kind: 'added', held: held(id) };
      });
    },
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
    move: (id, step, more = {}) =>
      database.write(() => {
        const entry = takeFree(id);
        const state = entry === undefined ? undefined : stateAfter(entry.state, step);
        if (entry === undefined || state === undefined) return false;
        write(entry, state, more);
        return true;
      }),
    confirm: (hold, { id: messageId, threadId, labelIds }) =>
      database.write(() => {
        const entry = reader.get(hold.id);
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
    exclusively: (work) => database.write(work),
    close: () => database.close(),
  };
}
