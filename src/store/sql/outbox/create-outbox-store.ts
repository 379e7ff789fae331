import { zstdCompressSync } from 'node:zlib';
import { metrics } from '../../../core/telemetry/metrics.ts';
import { integerOf } from '../../columns.ts';
import { entryOf, type OutboxEntry, type SendProgress } from '../../outbox/outbox-entry.ts';
import type { MessageToSend } from '../../outbox/message-to-send.ts';
import { holdMs, keptMs, type HeldEntry, type Hold, type OutboxStore } from '../../outbox/outbox-store.ts';
import { finalStates, openStates, stateAfter, type SendState } from '../../outbox/send-states.ts';
import type { SharedAuditLog } from '../audit/create-audit-log.ts';
import type { SqlDatabase, SqlQueries } from '../sql-database.ts';
import { storableJson } from '../storable-json.ts';
import { entryColumns, isFree, outboxReader } from './outbox-reader.ts';

const transitions = metrics.counter(
  'gmail_llm_outbox_transitions_total',
  'Entries of the outbox that this process brought into a state.',
  ['state'],
);

/** What of a message is kept beside its bytes. */
function factsOf({ from, to, cc, bcc, subject, text, attachments, warnings }: MessageToSend): string {
  return storableJson({ from, to, cc, bcc, subject, text, attachments, warnings });
}

async function held(queries: SqlQueries, id: string): Promise<HeldEntry> {
  const row = await queries.get(`SELECT fence, ${entryColumns} FROM send WHERE id = $1`, id);
  if (row === undefined) throw new Error(`the outbox entry ${id} was not stored`);
  return { hold: { id, fence: integerOf(row, 'fence') }, entry: entryOf(row) };
}

/** The entry, if the hold on it was not lost. */
async function heldBy(queries: SqlQueries, { id, fence }: Hold): Promise<OutboxEntry | undefined> {
  const row = await queries.get(`SELECT ${entryColumns} FROM send WHERE id = $1 AND fence = $2`, id, fence);
  return row === undefined ? undefined : entryOf(row);
}

async function takeFree(queries: SqlQueries, id: string, nowMs: number): Promise<OutboxEntry | undefined> {
  const row = await queries.get(`SELECT ${entryColumns} FROM send WHERE ${isFree} AND id = $2`, nowMs, id);
  return row === undefined ? undefined : entryOf(row);
}

async function writeState(
  queries: SqlQueries,
  { id, progress, message }: OutboxEntry,
  { state, more, nowMs }: { readonly state: SendState; readonly more: SendProgress; readonly nowMs: number },
): Promise<void> {
  await queries.run(
    'UPDATE send SET state = $1, progress = $2, changed_ms = $3 WHERE id = $4',
    state,
    storableJson({ ...progress, ...more }),
    nowMs,
    id,
  );
  transitions.add({ state });
  if (state === 'drafting') await queries.run('UPDATE send SET counted_ms = $1 WHERE id = $2', nowMs, id);
  if (finalStates.includes(state)) {
    const facts = storableJson({ ...message, text: '' });
    await queries.run('UPDATE send SET raw = NULL, facts = $1 WHERE id = $2', facts, id);
  }
}

/** A hold for a new holder: whoever had one before has lost it. */
async function giveHold(queries: SqlQueries, id: string, nowMs: number): Promise<void> {
  await queries.run('UPDATE send SET fence = fence + 1, held_until_ms = $1 WHERE id = $2', nowMs + holdMs, id);
}

async function markAudited(queries: SqlQueries, id: string): Promise<void> {
  await queries.run('UPDATE send SET is_unaudited = 0 WHERE id = $1', id);
}

/** The outbox whose rows are in `database`. `now` is the clock of all that share it. */
export function createOutboxStore(database: SqlDatabase, audit: () => SharedAuditLog, now: () => number): OutboxStore {
  const { dialect } = database;

  return {
    ...outboxReader(database, dialect, now),
    forgetOld: () => database.run('DELETE FROM send WHERE changed_ms < $1', now() - keptMs),
    async add(entry) {
      const { id, account, key, keyMs, state, sendsAtMs, operation, actor, message, limits } = entry;
      const { raw, threadId, draftId } = message;
      const compressed = zstdCompressSync(raw);
      return database.write(async (queries) => {
        const reader = outboxReader(queries, dialect, now);
        const known = key === undefined ? undefined : await reader.findByKey(account, key, keyMs);
        if (known !== undefined) return { kind: 'known', entry: known } as const;
        const nowMs = now();
        for (const { count, windowMs } of limits) {
          if ((await reader.countSentSince(account, nowMs - windowMs)) >= count) return { kind: 'over limit' } as const;
        }
        if (key !== undefined) {
          await queries.run('UPDATE send SET key = NULL WHERE account = $1 AND key = $2', account, key);
        }
        await queries.run(
          `INSERT INTO send (id, account, key, content_hash, state, created_ms, changed_ms, counted_ms, sends_at_ms,
             operation, actor, facts, thread_id, is_callers_draft, progress, raw)
           VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
          id,
          account,
          key ?? null,
          message.contentHash,
          state,
          nowMs,
          sendsAtMs,
          operation,
          storableJson(actor),
          factsOf(message),
          threadId ?? null,
          draftId === undefined ? 0 : 1,
          storableJson({ draftId, ...(state === 'waiting' ? { isPromised: true } : {}) }),
          compressed,
        );
        transitions.add({ state });
        if (state === 'drafting') await giveHold(queries, id, nowMs);
        return { kind: 'added', held: await held(queries, id) } as const;
      });
    },
    async take(id, step) {
      // Asked again and again while another process works on it: without the lock of a writer.
      if ((await takeFree(database, id, now())) === undefined) return undefined;
      return database.write(async (queries) => {
        const nowMs = now();
        const entry = await takeFree(queries, id, nowMs);
        if (entry === undefined) return undefined;
        if (step === undefined) {
          if (!openStates.includes(entry.state)) return undefined;
        } else {
          const state = stateAfter(entry.state, step);
          if (state === undefined) return undefined;
          await writeState(queries, entry, { state, more: { failure: undefined }, nowMs });
        }
        await giveHold(queries, id, nowMs);
        return held(queries, id);
      });
    },
    async keep({ id, fence }) {
      const sql = 'UPDATE send SET held_until_ms = $1 WHERE id = $2 AND fence = $3 AND held_until_ms > 0';
      await database.run(sql, now() + holdMs, id, fence);
    },
    note: (hold, { isUnaudited, ...more }) =>
      database.write(async (queries) => {
        const entry = await heldBy(queries, hold);
        if (entry === undefined) return false;
        await queries.run(
          'UPDATE send SET progress = $1, is_unaudited = $2 WHERE id = $3',
          storableJson({ ...entry.progress, ...more }),
          (isUnaudited ?? entry.isUnaudited) ? 1 : 0,
          hold.id,
        );
        return true;
      }),
    advance: (hold, step, { sendsAtMs, ...more } = {}) =>
      database.write(async (queries) => {
        const entry = await heldBy(queries, hold);
        if (entry === undefined) return false;
        const state = stateAfter(entry.state, step);
        if (state === undefined) throw new Error(`the outbox entry ${hold.id} is ${entry.state}: no step ${step}`);
        await writeState(queries, entry, { state, more, nowMs: now() });
        if (sendsAtMs !== undefined) {
          await queries.run('UPDATE send SET sends_at_ms = $1 WHERE id = $2', Math.ceil(sendsAtMs), hold.id);
        }
        return true;
      }),
    isHeld: async (hold) => (await heldBy(database, hold)) !== undefined,
    async release({ id, fence }) {
      await database.run('UPDATE send SET held_until_ms = 0 WHERE id = $1 AND fence = $2', id, fence);
    },
    move: (id, step, more = {}) =>
      database.write(async (queries) => {
        const nowMs = now();
        const entry = await takeFree(queries, id, nowMs);
        const state = entry === undefined ? undefined : stateAfter(entry.state, step);
        if (entry === undefined || state === undefined) return false;
        await writeState(queries, entry, { state, more, nowMs });
        return true;
      }),
    replace(id, contentHash, message) {
      const compressed = zstdCompressSync(message.raw);
      return database.write(async (queries) => {
        const entry = await takeFree(queries, id, now());
        const isReplaceable =
          entry?.state === 'parked' && entry.contentHash === contentHash && entry.progress.draftId === undefined;
        if (!isReplaceable) return false;
        await queries.run(
          'UPDATE send SET content_hash = $1, facts = $2, raw = $3, thread_id = $4, changed_ms = $5 WHERE id = $6',
          message.contentHash,
          factsOf(message),
          compressed,
          message.threadId ?? null,
          now(),
          id,
        );
        return true;
      });
    },
    confirm: (hold, { id: messageId, threadId, labelIds }) =>
      database.write(async (queries) => {
        const entry = await outboxReader(queries, dialect, now).get(hold.id);
        if (entry === undefined) return false;
        if (entry.state === 'sent') return true;
        if (stateAfter(entry.state, 'confirm') === undefined) return false;
        const isHolder = (await heldBy(queries, hold)) !== undefined;
        const result = { id: messageId, threadId, labelIds: [...labelIds] };
        await writeState(queries, entry, { state: 'sent', more: { result, failure: undefined }, nowMs: now() });
        if (!isHolder) {
          await queries.run('UPDATE send SET fence = fence + 1, held_until_ms = 0 WHERE id = $1', hold.id);
        }
        return true;
      }),
    exclusively: (work) =>
      database.write((queries) =>
        work({
          get: (id) => outboxReader(queries, dialect, now).get(id),
          isHeld: async (hold) => (await heldBy(queries, hold)) !== undefined,
          markAudited: (id) => markAudited(queries, id),
          audit: audit().within(queries),
        }),
      ),
    close: () => database.close(),
  };
}
