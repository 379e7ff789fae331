import { integerOf, textOf, type Row } from '../../columns.ts';
import type { SqlQueries } from '../sql-database.ts';
import { isJsonObject } from '../../../core/json-object.ts';
import { isOwnerGone } from '../../../core/process-owner.ts';
import type { Cause, NewEvent } from '../../feed/event.ts';
import { isLater } from '../../feed/history-ids.ts';
import { effectOf, takeFromEffect, type OwnEffect } from '../../feed/own-effects.ts';

/** How often whoever makes a change says that it still does. */
export const renewMs = 10_000;
/** A change of which nothing was heard for so long counts as not made: its process is gone, asleep or cut off. */
const silentMs = 4 * renewMs;
/** How long is remembered what history may still repeat, where nobody follows it. */
const rememberedMs = 24 * 60 * 60 * 1000;

/** Notes that a change begins, and returns its key. `seenTo` is how far the account's history was read before. */
export async function insertOwnChange(
  queries: SqlQueries,
  change: { readonly account: string; readonly owner: string; readonly cause: Cause; readonly nowMs: number },
  seenTo: string | undefined,
): Promise<number> {
  const row = await queries.get(
    'INSERT INTO own_change (account, owner, cause, seen_to, began_ms) VALUES ($1, $2, $3, $4, $5) RETURNING key',
    change.account,
    change.owner,
    JSON.stringify(change.cause),
    seenTo ?? null,
    change.nowMs,
  );
  return row === undefined ? 0 : integerOf(row, 'key');
}

/** Notes that changes are still being made. */
export async function renewOwnChanges(queries: SqlQueries, keys: readonly number[], nowMs: number): Promise<void> {
  for (const key of keys) await queries.run('UPDATE own_change SET began_ms = $1 WHERE key = $2', nowMs, key);
}

/** Forgets a change. */
export async function deleteOwnChange(queries: SqlQueries, key: number): Promise<void> {
  await forget(queries, 'key = $1', key);
}

/** Forgets a change that may have been noted, of an owner who made no other. */
export async function deleteChangeOf(queries: SqlQueries, account: string, owner: string): Promise<void> {
  await forget(queries, 'account = $1 AND owner = $2', account, owner);
}

/**
 * Notes that a change is over, and what history will report of it. Of one that counted as not made meanwhile nothing is noted:
 * history has reported it as somebody else's, or will. Runs inside a write transaction.
 */
export async function endOwnChange(
  queries: SqlQueries,
  { key, account, nowMs }: { readonly key: number; readonly account: string; readonly nowMs: number },
  events: readonly Pick<NewEvent, 'kind' | 'ids'>[],
  isWritten: boolean,
): Promise<void> {
  if ((await queries.run('UPDATE own_change SET ended_ms = $1 WHERE key = $2', nowMs, key)) === 0) return;
  for (const event of events) {
    const effect = effectOf(event);
    await queries.run(
      'INSERT INTO own_effect (change_key, account, message_id, effect, is_written) VALUES ($1, $2, $3, $4, $5)',
      key,
      account,
      effect.messageId,
      JSON.stringify(effect),
      isWritten ? 1 : 0,
    );
  }
}

/** The change of ours that an event in the history is of. */
export interface Claim {
  readonly cause: Cause;
  /** Whether the event has been written before. */
  readonly isWritten: boolean;
  readonly key: number;
  readonly rest: OwnEffect | 'nothing left';
}

/** The change of ours that an event in the history is of, if it is. */
export async function findClaim(
  queries: SqlQueries,
  account: string,
  event: Pick<NewEvent, 'kind' | 'ids'>,
): Promise<Claim | undefined> {
  const rows = await queries.all(
    `SELECT e.key, e.effect, e.is_written, c.cause FROM own_effect e JOIN own_change c ON c.key = e.change_key
     WHERE e.account = $1 AND e.message_id = $2 ORDER BY e.key`,
    account,
    event.ids.messageId ?? '',
  );
  for (const row of rows) {
    const rest = takeFromEffect(effectIn(row), event);
    if (rest === undefined) continue;
    return { cause: causeIn(row), isWritten: integerOf(row, 'is_written') === 1, key: integerOf(row, 'key'), rest };
  }
  return undefined;
}

/** Notes that history has reported what a claim is about. Runs inside a write transaction. */
export async function settleClaim(queries: SqlQueries, { key, rest }: Claim): Promise<void> {
  if (rest === 'nothing left') await queries.run('DELETE FROM own_effect WHERE key = $1', key);
  else await queries.run('UPDATE own_effect SET effect = $1 WHERE key = $2', JSON.stringify(rest), key);
}

/** Whether a change is being made that may be what history reports under this id. Runs inside a write transaction. */
export async function isBeingMade(
  queries: SqlQueries,
  account: string,
  historyId: string,
  nowMs: number,
): Promise<boolean> {
  const rows = await queries.all(
    'SELECT key, owner, seen_to, began_ms FROM own_change WHERE account = $1 AND ended_ms IS NULL',
    account,
  );
  let isOpen = false;
  for (const row of rows) {
    const heardMs = nowMs - integerOf(row, 'began_ms');
    if (heardMs > silentMs || heardMs < -silentMs || isOwnerGone(textOf(row, 'owner'))) {
      await deleteOwnChange(queries, integerOf(row, 'key'));
      // History that had been read before the change began cannot report it.
    } else if (row.seen_to === null || isLater(historyId, textOf(row, 'seen_to'))) isOpen = true;
  }
  return isOpen;
}

/** Forgets changes of an account that ended before: their effects were reported, or there were none. */
export async function forgetSettled(queries: SqlQueries, account: string, settledMs: number): Promise<void> {
  await forget(queries, 'account = $1 AND ended_ms < $2', account, settledMs);
}

/** Forgets changes that ended so long ago that nobody reads the history any more that would report them. */
export async function forgetOldChanges(queries: SqlQueries, nowMs: number): Promise<void> {
  await forget(queries, 'ended_ms < $1', nowMs - rememberedMs);
}

async function forget(
  queries: SqlQueries,
  condition: string,
  ...parameters: readonly (string | number)[]
): Promise<void> {
  await queries.run(
    `DELETE FROM own_effect WHERE change_key IN (SELECT key FROM own_change WHERE ${condition})`,
    ...parameters,
  );
  await queries.run(`DELETE FROM own_change WHERE ${condition}`, ...parameters);
}

function effectIn(row: Row): OwnEffect {
  const effect: unknown = JSON.parse(textOf(row, 'effect'));
  if (isEffect(effect)) return effect;
  throw new TypeError('an effect in the feed is not in the form that was written');
}

function isEffect(value: unknown): value is OwnEffect {
  return isJsonObject(value) && typeof value.messageId === 'string' && Array.isArray(value.added);
}

function causeIn(row: Row): Cause {
  const cause: unknown = JSON.parse(textOf(row, 'cause'));
  if (isCause(cause)) return cause;
  throw new TypeError('a cause in the feed is not in the form that was written');
}

function isCause(value: unknown): value is Cause {
  return isJsonObject(value) && typeof value.by === 'string';
}
