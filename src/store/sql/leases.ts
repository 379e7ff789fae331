import { isOwnerGone } from '../../core/process-owner.ts';
import { integerOf, textOf } from '../columns.ts';
import type { Lease } from '../live/leases.ts';
import type { SqlQueries } from './sql-database.ts';

/**
 * Takes a lease, or returns undefined while a living process has it. It ends by itself after `ttlMs`. With `isForced` it is
 * taken from whoever has it. Runs inside a write transaction.
 */
export async function takeLease(
  queries: SqlQueries,
  wanted: {
    readonly name: string;
    readonly owner: string;
    readonly ttlMs: number;
    readonly nowMs: number;
    readonly isForced?: boolean;
  },
): Promise<Lease | undefined> {
  const { name, owner, ttlMs, nowMs, isForced = false } = wanted;
  const row = await queries.get('SELECT owner, fence, until_ms FROM lease WHERE name = $1', name);
  if (row !== undefined && !isForced) {
    const untilMs = integerOf(row, 'until_ms');
    // One that would outlast its time was made before the clock was set back.
    if (untilMs > nowMs && untilMs <= nowMs + ttlMs && !isOwnerGone(textOf(row, 'owner'))) return undefined;
  }
  const fence = row === undefined ? 1 : integerOf(row, 'fence') + 1;
  await queries.run(
    `INSERT INTO lease (name, owner, fence, until_ms) VALUES ($1, $2, $3, $4)
     ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, fence = excluded.fence, until_ms = excluded.until_ms`,
    name,
    owner,
    fence,
    nowMs + ttlMs,
  );
  return { name, fence };
}

/** Whether nobody has overtaken this lease; to be asked inside the transaction that depends on it. */
export async function holdsLease(queries: SqlQueries, { name, fence }: Lease): Promise<boolean> {
  const row = await queries.get('SELECT fence FROM lease WHERE name = $1', name);
  return row !== undefined && integerOf(row, 'fence') === fence;
}

/** Lets a lease last until then. False when it was overtaken or given back: then it is not changed. */
export async function extendLease(queries: SqlQueries, { name, fence }: Lease, untilMs: number): Promise<boolean> {
  const sql = 'UPDATE lease SET until_ms = $1 WHERE name = $2 AND fence = $3 AND until_ms > 0';
  return (await queries.run(sql, untilMs, name, fence)) > 0;
}

/** Gives a lease back; one that was overtaken stays with the other. */
export async function releaseLease(queries: SqlQueries, { name, fence }: Lease): Promise<void> {
  await queries.run('UPDATE lease SET until_ms = 0 WHERE name = $1 AND fence = $2', name, fence);
}
