import type { LiveState } from '../../live/live-state.ts';
import { createLiveState } from '../../sql/live/create-live-state.ts';
import { openDatabase } from '../open-database.ts';
import { sqlOnSqlite } from '../sql-on-sqlite.ts';
import { stateFormat } from './state-format.ts';

/** Opens the state in a file for `owner`, made by `processOwner`. Throws `UNAVAILABLE`. */
export function openSqliteLiveState(file: string, owner: string, now: () => number): LiveState {
  const database = openDatabase(file, stateFormat);
  // What is removed is overwritten, not only marked as free.
  database.execute('PRAGMA secure_delete = ON');
  return createLiveState(sqlOnSqlite(database), { owner, now, followTable: 'followed' });
}
