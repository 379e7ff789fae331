import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../store/sqlite/database.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { stateFormat } from './state-format.ts';

/** What all processes of a home agree on: access tokens, leases, quota, slots, freezes. */
export interface SharedState {
  readonly database: Database;
  /** Names this opening of the state: the machine, the process, and a part of its own. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Forgets the access token of an account. */
  forget(emailAddress: string): void;
  close(): void;
}

/** Opens `data/gmail/state.db`, which all processes of a home share. Throws `UNAVAILABLE`. */
export function openSharedState(
  dataFolder: string,
  { now = Date.now }: { readonly now?: () => number } = {},
): SharedState {
  const database = openDatabase(join(dataFolder, 'gmail', 'state.db'), stateFormat);
  database.execute('PRAGMA secure_delete = ON');
  const owner = `${hostname()} ${process.pid} ${randomBytes(6).toString('hex')}`;
  return {
    database,
    owner,
    now,
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

/**
 * Whether an owner's process is known to have ended. Processes of another machine or container, whose numbers say
 * nothing here, count as running.
 */
export function isOwnerGone(owner: string): boolean {
  const [machine, pid] = owner.split(' ');
  if (machine !== hostname() || pid === undefined || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // EPERM says that it runs as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
