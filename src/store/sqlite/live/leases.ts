import { isOwnerGone } from '../../../core/process-owner.ts';
import { integerOf, textOf } from '../../columns.ts';
import type { Leases } from '../../live/leases.ts';
import type { Database } from '../database.ts';

/** The rows of `lease`; `owner` takes them, by the clock `now`. */
export function openLeases(database: Database, owner: string, now: () => number): Leases {
  return {
    take: (name, ttlMs, isForced = false) =>
      database.write(() => {
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
      }),
    holds({ name, fence }) {
      const row = database.get('SELECT fence FROM lease WHERE name = ?', name);
      return row !== undefined && integerOf(row, 'fence') === fence;
    },
    release: ({ name, fence }) =>
      void database.run('UPDATE lease SET until_ms = 0 WHERE name = ? AND fence = ?', name, fence),
  };
}
