import type { LoginStore } from '../../live/login-store.ts';
import { createLoginStore } from '../../sql/live/create-login-store.ts';
import { openDatabase } from '../open-database.ts';
import { sqlOnSqlite } from '../sql-on-sqlite.ts';
import { loginFormat } from './login-format.ts';

/** Opens the logins in a file. Throws `UNAVAILABLE`. */
export function openSqliteLoginStore(file: string): LoginStore {
  const database = openDatabase(file, loginFormat);
  // What is removed is overwritten, not only marked as free.
  database.execute('PRAGMA secure_delete = ON');
  // It may also be in the log of changes.
  return createLoginStore(sqlOnSqlite(database), async () => database.execute('PRAGMA wal_checkpoint(TRUNCATE)'));
}
