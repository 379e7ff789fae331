import type { LiveState } from '../../live/live-state.ts';
import { openDatabase } from '../open-database.ts';
import { openAccessTokens } from './access-token-rows.ts';
import { openFreezes, openSlots, openTickets, openUsage } from './budget-rows.ts';
import { openFollowStates } from './follow-states.ts';
import { openLeases } from './leases.ts';
import { stateFormat } from './state-format.ts';

/** Opens the state in a file for `owner`, made by `processOwner`. Throws `UNAVAILABLE`. */
export function openSqliteLiveState(file: string, owner: string, now: () => number): LiveState {
  const database = openDatabase(file, stateFormat);
  // What is removed is overwritten, not only marked as free.
  database.execute('PRAGMA secure_delete = ON');
  const state: LiveState = {
    leases: openLeases(database, owner, now),
    accessTokens: openAccessTokens(database),
    usage: openUsage(database),
    slots: openSlots(database, owner),
    tickets: openTickets(database, owner),
    freezes: openFreezes(database),
    followStates: openFollowStates(database),
    write: (work) => database.write(() => work(state)),
    close() {
      try {
        database.write(() => {
          for (const table of ['slot', 'ticket']) database.run(`DELETE FROM ${table} WHERE owner = ?`, owner);
          database.run('UPDATE lease SET until_ms = 0 WHERE owner = ?', owner);
        });
      } finally {
        database.close();
      }
    },
  };
  return state;
}
