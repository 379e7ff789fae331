import type { LiveRows, LiveState } from '../../live/live-state.ts';
import { holdsLease, releaseLease, takeLease } from '../leases.ts';
import type { SqlDatabase, SqlQueries } from '../sql-database.ts';
import { accessTokenRows } from './access-token-rows.ts';
import { freezeRows, slotRows, ticketRows, usageRows } from './budget-rows.ts';
import { createFollowStates } from './follow-states.ts';

/** The state of live accounts in `database`, for `owner`, made by `processOwner`. `now` is the clock of all that share it. */
export function createLiveState(
  database: SqlDatabase,
  options: {
    readonly owner: string;
    readonly now: () => number;
    /** Its name in this engine. */
    readonly followTable: 'followed' | 'follow_state';
  },
): LiveState {
  const { owner, now, followTable } = options;
  const rows = rowsOf(database, owner);
  return {
    ...rows,
    leases: {
      ...rows.leases,
      take: (name, ttlMs, isForced = false) =>
        database.write((queries) => takeLease(queries, { name, owner, ttlMs, nowMs: now(), isForced }), name),
    },
    followStates: createFollowStates(database, followTable),
    write: (turn, work) => database.write((queries) => work(rowsOf(queries, owner)), turn),
    async close() {
      try {
        for (const table of ['slot', 'ticket']) await database.run(`DELETE FROM ${table} WHERE owner = $1`, owner);
        await database.run('UPDATE lease SET until_ms = 0 WHERE owner = $1', owner);
      } finally {
        database.close();
      }
    },
  };
}

function rowsOf(queries: SqlQueries, owner: string): LiveRows {
  return {
    leases: { holds: (lease) => holdsLease(queries, lease), release: (lease) => releaseLease(queries, lease) },
    accessTokens: accessTokenRows(queries),
    usage: usageRows(queries),
    slots: slotRows(queries, owner),
    tickets: ticketRows(queries, owner),
    freezes: freezeRows(queries),
  };
}
