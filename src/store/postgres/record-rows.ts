import { bytesOf, integerOf, textOf, type Row } from '../columns.ts';
import type { RecordStore, StoredRecord } from '../records/record-store.ts';
import type { Queries } from './database.ts';
import { prepared } from './prepared-statement.ts';

const tables = `
  CREATE TABLE record (
    kind text NOT NULL,
    name text NOT NULL,
    body text NOT NULL,
    bytes bytea,
    at_ms bigint NOT NULL,
    PRIMARY KEY (kind, name)
  );
  -- How often each kind was changed.
  CREATE TABLE record_version (kind text PRIMARY KEY, version bigint NOT NULL);
`;

const versionsOf = prepared('SELECT kind, version FROM record_version WHERE kind = ANY ($1::text[]) ORDER BY kind');
const getOne = prepared('SELECT name, body, at_ms FROM record WHERE kind = $1 AND name = $2');

/** Creates the tables of small things that hosts share. */
export async function createRecords(queries: Queries): Promise<void> {
  await queries.run(tables);
}

/** Counts a change of the kind `$1` that `change`, a statement that returns what it changed, makes. */
const counted = (change: string, columns: string) => `
  WITH changed AS (${change} RETURNING ${columns}),
  counted AS (
    INSERT INTO record_version SELECT $1::text, 1 WHERE EXISTS (SELECT FROM changed)
    ON CONFLICT (kind) DO UPDATE SET version = record_version.version + 1 RETURNING version
  )
  SELECT ${columns} FROM changed LEFT JOIN counted ON true`;

function recordOf(row: Row): StoredRecord {
  return { name: textOf(row, 'name'), body: textOf(row, 'body'), atMs: integerOf(row, 'at_ms') };
}

/** The small things in a database, or in a transaction of it. */
export function postgresRecords(database: Queries): RecordStore {
  return {
    async version(...kinds) {
      const rows = await database.all(versionsOf, kinds);
      return rows.map((row) => `${textOf(row, 'kind')} ${integerOf(row, 'version')}`).join(', ');
    },
    async get(kind, name) {
      const row = await database.get(getOne, kind, name);
      return row === undefined ? undefined : recordOf(row);
    },
    async list(kind) {
      const rows = await database.all('SELECT name, body, at_ms FROM record WHERE kind = $1 ORDER BY name', kind);
      return rows.map(recordOf);
    },
    async add(kind, { name, body, atMs }, bytes) {
      const insert = 'INSERT INTO record VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING';
      const rows = await database.all(counted(insert, 'name'), kind, name, body, bytes ?? null, atMs);
      return rows.length > 0;
    },
    async put(kind, { name, body, atMs }) {
      const insert = `INSERT INTO record VALUES ($1, $2, $3, NULL, $4)
        ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body, bytes = NULL, at_ms = excluded.at_ms`;
      await database.all(counted(insert, 'name'), kind, name, body, atMs);
    },
    async bytes(kind, name) {
      const row = await database.get('SELECT bytes FROM record WHERE kind = $1 AND name = $2', kind, name);
      return row === undefined || row.bytes === null ? undefined : bytesOf(row, 'bytes');
    },
    async sizeBytes(kind) {
      const sum = 'SELECT coalesce(sum(length(bytes)), 0)::bigint AS size_bytes FROM record WHERE kind = $1';
      const row = await database.get(sum, kind);
      return row === undefined ? 0 : integerOf(row, 'size_bytes');
    },
    async touch(kind, name, atMs) {
      await database.run('UPDATE record SET at_ms = $3 WHERE kind = $1 AND name = $2', kind, name, atMs);
    },
    async take(kind, name) {
      const remove = 'DELETE FROM record WHERE kind = $1 AND name = $2';
      const [row] = await database.all(counted(remove, 'name, body, at_ms'), kind, name);
      return row === undefined ? undefined : recordOf(row);
    },
    async forgetBefore(kind, atMs) {
      await database.all(counted('DELETE FROM record WHERE kind = $1 AND at_ms < $2', 'name'), kind, atMs);
    },
  };
}
