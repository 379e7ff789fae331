import { integerOf, textOf } from '../columns.ts';
import type { Database } from './database.ts';
import { isOwnerGone } from '../../core/process-owner.ts';

/** A right that one process has for a while. */
export interface Lease {
  readonly name: string;
  /** Grows with every lease of the name, so that a holder can see that it was overtaken. */
  readonly fence: number;
}

/** Where leases are kept, and who takes them. */
export interface LeaseTable {
  /** Has the table that {@link createLeaseTable} makes. */
  readonly database: Database;
  /** Made by `processOwner`. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** SQL of the table, for the formats of databases that have one. */
export const createLeaseTable = `
  CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

/**
 * Takes a lease, or returns undefined while a living process has it. It ends by itself after `ttlMs`. With `isForced` it
 * is taken from whoever has it.
 */
export function takeLease(table: LeaseTable, name: string, ttlMs: number, isForced = false): Lease | undefined {
  return table.database.write(() => takeWithin(table, name, ttlMs, isForced));
}

function takeWithin(table: LeaseTable, name: string, ttlMs: number, isForced = false): Lease | undefined {
  const { database, owner, now } = table;
  const nowMs = now();
  const row = database.get('SELECT owner, fence, until_ms FROM lease WHERE name = ?', name);
  if (row !== undefined && !isForced) {
    const untilMs = integerOf(row, 'until_ms');
    // One that would outlast its time was made before the clock was set back.
    if (untilMs > nowMs && untilMs <= nowMs + ttlMs && !isOwnerGone(textOf(row, 'owner'))) return undefined;
  }
  const fence = row === undefined ? 1 : integerOf(row, 'fence') + 1;
  database.run('INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?)', name, owner, fence, nowMs + ttlMs);
  return { name, fence };
}

/** Whether nobody has overtaken this lease; to be asked inside the transaction that depends on it. */
export function holdsLease({ database }: LeaseTable, { name, fence }: Lease): boolean {
  const row = database.get('SELECT fence FROM lease WHERE name = ?', name);
  return row !== undefined && integerOf(row, 'fence') === fence;
}

/** Gives a lease back; one that was overtaken stays with the other. */
export function releaseLease({ database }: LeaseTable, { name, fence }: Lease): void {
  database.run('UPDATE lease SET until_ms = 0 WHERE name = ? AND fence = ?', name, fence);
}
