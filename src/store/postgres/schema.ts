import { integerOf, textOf } from '../columns.ts';
import { otherFormat, unsuitableServer, type ServerFacts } from './check-server.ts';
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

/** The version of the tables that this gmail-llm knows. */
export const formatVersion = migrations.length;

/**
 * Creates the tables, or brings them to the newest version. Throws `UNAVAILABLE` where a newer gmail-llm has written
 * them, where the server is too old, or where its text is not in UTF-8: nothing is touched then.
 */
export async function bringToNewest(database: PostgresDatabase): Promise<void> {
  const { version: found, facts } = await readFacts(database);
  const unsuitable = unsuitableServer(facts, database.name);
  if (unsuitable !== undefined) throw unsuitable;
  if (found === formatVersion) return;
  await database.write(`SELECT pg_advisory_xact_lock(${migrationLock})`, async (queries) => {
    // Another process may have come first.
    const { version } = await readFacts(queries);
    if (version === formatVersion) return;
    const newer = version > formatVersion ? otherFormat(version, formatVersion, database.name) : undefined;
    if (newer !== undefined) throw newer;
    await queries.run('CREATE TABLE IF NOT EXISTS gmail_llm (version integer NOT NULL)');
    for (const migration of migrations.slice(version)) await migration(queries);
    await queries.run('DELETE FROM gmail_llm');
    await queries.run('INSERT INTO gmail_llm VALUES ($1)', formatVersion);
  });
}

async function readFacts(queries: Queries): Promise<{ readonly version: number; readonly facts: ServerFacts }> {
  const row = await queries.get(
    `SELECT current_setting('server_version_num')::integer AS server, current_setting('server_encoding') AS encoding,
       (to_regclass('gmail_llm') IS NOT NULL)::integer AS is_there`,
  );
  if (row === undefined) throw new Error('the facts of the server have no row');
  const facts = { version: integerOf(row, 'server'), encoding: textOf(row, 'encoding') };
  const format = integerOf(row, 'is_there') === 1 ? await queries.get('SELECT version FROM gmail_llm') : undefined;
  return { version: format === undefined ? 0 : integerOf(format, 'version'), facts };
}
