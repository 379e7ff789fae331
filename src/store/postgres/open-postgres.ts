import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { Pool } from 'pg';
import { egressSettings } from '../../core/egress/egress-settings.ts';
import { AppError, messageOf, reasonOf } from '../../core/errors.ts';
import { nameOfStore, parseStoreAddress, type StoreAddress } from '../../core/store-address.ts';
import { PostgresDatabase } from './database.ts';
import { answerTo } from './driver.ts';
import { bringToNewest, formatVersion } from './schema.ts';

/** Connections of one process: calls beyond them wait for one. */
const maxConnections = 10;
/** How long a call waits for a connection, and a server for an answer to the first packet. */
const connectMs = 10_000;

/** How long a connection is quiet before either side asks whether the other is still there. */
const quietMs = 15_000;
/**
 * How long the server waits for a host that acknowledges nothing, before it ends the connection and gives up what was begun on
 * it. Its own defaults are a quarter of an hour for what it has sent, and two hours for a connection that does nothing: as long
 * it would keep locks and connections of a host whose packets are lost. Nothing else interrupts it in the middle of an answer.
 * A server that is too old for one of the settings is refused for that later, in words.
 */
const lostMs = 30_000;
const watchHost = `SELECT set_config(name, value, false) FROM pg_settings JOIN (VALUES
  ('tcp_user_timeout', '${lostMs}'), ('tcp_keepalives_idle', '${quietMs / 1000}'),
  ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3')) AS wanted (name, value) USING (name)`;

async function makePool(address: StoreAddress): Promise<Pool> {
  // Loaded only where it is used.
  const { Pool, types } = (await import('pg')).default;
  const { host, port, user, password, database, applicationName = 'gmail-llm', options } = address;
  const ssl = encryptionOf(address);
  const pool = new Pool({
    database,
    application_name: applicationName,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(options === undefined ? {} : { options }),
    ...(ssl === undefined ? {} : { ssl }),
    max: maxConnections,
    // Statements that do not wait for one another take one round trip.
    pipeline: true,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: quietMs,
    async onConnect(client) {
      await answerTo(client, { text: watchHost }, connectMs);
    },
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

/** How a connection is encrypted, as Node.js has it; undefined where the address leaves it to `PGSSLMODE`. Throws `UNAVAILABLE` for a file that cannot be read. */
function encryptionOf(address: StoreAddress): ConnectionOptions | boolean | undefined {
  const { encryption, authorityFile, certificateFile, keyFile } = address;
  // Naming a certificate asks for encryption, too.
  const isNamed = [authorityFile, certificateFile, keyFile].some((file) => file !== undefined);
  if (encryption === 'off' || (encryption === undefined && !isNamed)) return encryption === 'off' ? false : undefined;
  const authorities =
    authorityFile === undefined ? egressSettings().authorities : [readPem(authorityFile, 'sslrootcert')];
  return {
    rejectUnauthorized: encryption !== 'unchecked',
    ...(authorities === undefined ? {} : { ca: [...authorities] }),
    ...(certificateFile === undefined ? {} : { cert: readPem(certificateFile, 'sslcert') }),
    ...(keyFile === undefined ? {} : { key: readPem(keyFile, 'sslkey') }),
  };
}

function readPem(file: string, parameter: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AppError(
      'UNAVAILABLE',
      `The file of ${parameter} cannot be read: ${reasonOf(error)}.`,
      { field: 'GMAIL_STORE', hint: `Correct the path behind ${parameter}, or give this user read access.` },
      error,
    );
  }
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
  const parsed = parse(address);
  const name = nameOfStore(parsed);
  return new PostgresDatabase(
    async () => {
      const pool = await makePool(parsed);
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

function parse(address: string): StoreAddress {
  try {
    return parseStoreAddress(address);
  } catch (error) {
    throw new AppError('INVALID_INPUT', 'This is no address of a PostgreSQL database.', {
      field: 'GMAIL_STORE',
      expected: messageOf(error),
    });
  }
}
