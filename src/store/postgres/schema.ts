import { AppError } from '../../core/errors.ts';
import { integerOf } from '../columns.ts';
import type { PostgresDatabase, Queries } from './database.ts';
import { createHome } from './home-schema.ts';
import { createLive } from './live-schema.ts';
import { addMirrors, createMail, indexSizes } from './mail/mail-schema.ts';
import { createRecords } from './record-rows.ts';

/** What brings the tables from version `n`, its index here, to `n + 1`. All of an opening are one transaction. */
const migrations: readonly ((queries: Queries) => Promise<void>)[] = [
  createMail,
  createHome,
  createRecords,
  createLive,
  addMirrors,
  indexSizes,
];

/** Of our own, so that processes that start together wait for one another (`pg_advisory_xact_lock`). */
const migrationLock = 0x676d_6c6d;

/**
 * Creates the tables, or brings them to the newest version. Throws `UNAVAILABLE` where a newer gmail-llm has written
 * them: nothing is touched then.
 */
export async function bringToNewest(database: PostgresDatabase): Promise<void> {
  if ((await readVersion(database)) === migrations.length) return;
  await database.write(`SELECT pg_advisory_xact_lock(${migrationLock})`, async (queries) => {
    // Another process may have come first.
    const version = await readVersion(queries);
    if (version > migrations.length) {
      throw new AppError('UNAVAILABLE', `The database ${database.name} was written by a newer gmail-llm.`, {
        expected: `format ${migrations.length} or older`,
        got: `format ${version}`,
        hint: 'Update gmail-llm on this host. The database was not touched.',
      });
    }
    if (version === migrations.length) return;
    await queries.run('CREATE TABLE IF NOT EXISTS gmail_llm (version integer NOT NULL)');
    for (const migration of migrations.slice(version)) await migration(queries);
    await queries.run('DELETE FROM gmail_llm');
    await queries.run('INSERT INTO gmail_llm VALUES ($1)', migrations.length);
  });
}

async function readVersion(queries: Queries): Promise<number> {
  const table = await queries.get("SELECT to_regclass('gmail_llm') IS NOT NULL AS is_there");
  if (table?.is_there !== true) return 0;
  const row = await queries.get('SELECT version FROM gmail_llm');
  return row === undefined ? 0 : integerOf(row, 'version');
}
