import type { Pool } from 'pg';
import { AppError, messageOf } from '../../core/errors.ts';
import { PostgresDatabase } from './database.ts';
import { bringToNewest, formatVersion } from './schema.ts';

/** Connections of one process: calls beyond them wait for one. */
const maxConnections = 10;
/** How long a call waits for a connection, and a server for an answer to the first packet. */
const connectMs = 10_000;

async function makePool(address: string): Promise<Pool> {
  // Loaded only where it is used.
  const { Pool, types } = (await import('pg')).default;
  const pool = new Pool({
    connectionString: address,
    max: maxConnections,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'gmail-llm',
    types: {
      // Our 64-bit integers are below 2^53.
      getTypeParser: (oid, format) => (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)),
    },
  });
  // A connection that is lost while nobody uses it is only taken out of the pool.
  pool.on('error', () => undefined);
  // One that is lost between two statements of a transaction makes the next one fail, which is where it is told.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * A PostgreSQL database by its address (`postgres://user:password@host:5432/name`), opened by the first statement, which
 * brings its tables to the newest version where needed; where `check` throws, it stays closed. Throws `INVALID_INPUT` for what is no such address; statements
 * throw `UNAVAILABLE` when the server cannot be reached, refuses, or was written by a newer version.
 */
export function postgresAt(
  address: string,
  check: (database: PostgresDatabase) => Promise<void> = () => Promise.resolve(),
  hostNow: () => number = Date.now,
): PostgresDatabase {
  const name = nameOf(address);
  return new PostgresDatabase(
    async () => {
      const pool = await makePool(address);
      try {
        const opened = new PostgresDatabase(() => Promise.resolve(pool), name, hostNow);
        await bringToNewest(opened);
        await check(opened);
        return pool;
      } catch (error) {
        await pool.end();
        throw error;
      }
    },
    name,
    hostNow,
    formatVersion,
  );
}

/** Host and name of the database: what may be shown of its address. */
function nameOf(address: string): string {
  try {
    const { host, pathname, protocol } = new URL(address);
    if (protocol === 'postgres:' || protocol === 'postgresql:') return `${host}${decodeURIComponent(pathname)}`;
    throw new TypeError(`the protocol is ${protocol}`);
  } catch (error) {
    throw new AppError('INVALID_INPUT', 'This is no address of a PostgreSQL database.', {
      field: 'GMAIL_STORE',
      expected: 'postgres://user:password@host:5432/name',
      got: messageOf(error),
    });
  }
}
