import { integerOf, textOf } from '../../store/sqlite/database.ts';
import { isOwnerGone, type SharedState } from './shared-state.ts';

/** A right that one process has for a while. */
export interface Lease {
  readonly name: string;
  /** Grows with every lease of the name: whoever has been overtaken can see it. */
  readonly fence: number;
}

/**
 * Takes a lease, or answers undefined while a living process has it. It ends by itself after `ttlMs`. With `isForced` it
 * is taken from whoever has it.
 */
export function takeLease(state: SharedState, name: string, ttlMs: number, isForced = false): Lease | undefined {
  const { database, owner, now } = state;
  return database.write(() => {
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
  });
}

/** Whether nobody has overtaken this lease; to be asked inside the transaction that depends on it. */
export function holdsLease({ database }: SharedState, { name, fence }: Lease): boolean {
  const row = database.get('SELECT fence FROM lease WHERE name = ?', name);
  return row !== undefined && integerOf(row, 'fence') === fence;
}

/** Gives a lease back; one that was overtaken stays with the other. */
export function releaseLease({ database }: SharedState, { name, fence }: Lease): void {
  database.run('UPDATE lease SET until_ms = 0 WHERE name = ? AND fence = ?', name, fence);
}
