import { join } from 'node:path';
import type { Database } from '../../store/sqlite/database.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import type { Random } from '../../core/back-off.ts';
import { processOwner } from '../../core/process-owner.ts';
import { stateFormat } from './state-format.ts';

/** What all processes of a home agree on: access tokens, leases, quota, slots, freezes. */
export interface SharedState {
  readonly database: Database;
  /** Names this opening of the state: the machine, the process, and a part of its own. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Chance, for pauses and moments at which not all processes do the same. */
  readonly random: Random;
  /** Forgets the access token of an account. */
  forget(emailAddress: string): void;
  close(): void;
}

/** Opens `data/gmail/state.db`, which all processes of a home share. Throws `UNAVAILABLE`. */
export function openSharedState(
  dataFolder: string,
  { now = Date.now, random = Math.random }: { readonly now?: () => number; readonly random?: Random } = {},
): SharedState {
  const database = openDatabase(join(dataFolder, 'gmail', 'state.db'), stateFormat);
  database.execute('PRAGMA secure_delete = ON');
  const owner = processOwner();
  return {
    database,
    owner,
    now,
    random,
    forget: (emailAddress) => void database.run('DELETE FROM access_token WHERE account = ?', emailAddress),
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
}
