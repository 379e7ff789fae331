import { openFileKeyStore } from '../../core/keys/file-key-store.ts';
import { openKeyRing } from '../../core/keys/key-ring.ts';
import type { HomeStores } from '../home-stores.ts';
import { isAway } from '../is-away.ts';
import { checkKey } from './check-key.ts';
import { postgresMailboxes } from './mail/mailboxes.ts';
import { postgresMirrors } from './mail/mirrors.ts';
import { postgresAt } from './open-postgres.ts';
import {
  openPostgresAudit,
  openPostgresFeed,
  openPostgresJobs,
  openPostgresLiveState,
  openPostgresLogins,
  openPostgresOutbox,
  openPostgresWebhooks,
} from './open-shared-stores.ts';
import { sqlOnPostgres } from './sql-on-postgres.ts';
import { postgresRecords } from './record-rows.ts';

/** Of our own (`pg_advisory_xact_lock`). */
const keyLock = 0x676d_6c6b;

/**
 * The stores of a home in a PostgreSQL database, which any number of processes on any number of hosts share. `keyFile` is
 * the key that all of them have. Waits for the database; one that is away now is asked again by whoever needs it. Throws
 * `INVALID_INPUT` for a faulty address, `UNAVAILABLE` for a wrong key, and for a database of a newer version.
 */
export async function postgresHomeStores(address: string, keyFile: string, hostNow: () => number): Promise<HomeStores> {
  const keyStore = openFileKeyStore(keyFile);
  const keys = openKeyRing(keyStore);
  const database = postgresAt(
    address,
    async (opened) => {
      const place = { key: keyFile, hasKey: () => keyStore.load() !== undefined, store: opened.name };
      // Processes that start together make one key.
      await opened.write(`SELECT pg_advisory_xact_lock(${keyLock})`, (queries) =>
        checkKey(postgresRecords(queries), keys, place),
      );
    },
    hostNow,
  );
  const { now } = database;
  const feed = openPostgresFeed(database, now);
  const jobs = openPostgresJobs(database, now);
  const webhooks = openPostgresWebhooks(database);
  const log = openPostgresAudit(database, now);
  const outbox = openPostgresOutbox(database, () => log, now);
  await openUnlessAway(database);
  return {
    mailboxes: postgresMailboxes(database),
    mirrors: postgresMirrors(database),
    feed: { feed: () => feed, hasAny: () => true, close },
    jobs: { store: () => jobs, close: async () => undefined },
    webhooks: { store: () => webhooks, hasAny: () => true, close },
    safety: { audit: () => log, hasAudit: () => true, outbox: () => outbox, hasOutbox: () => true, close },
    live: {
      hasLogins: () => true,
      logins: () => openPostgresLogins(database),
      state: () => openPostgresLiveState(database, now),
      now,
      sharedKeys: keys,
    },
    tables: (subject) => sqlOnPostgres(database, subject),
    shared: { records: postgresRecords(database), keys, place: database.name },
    async close() {
      feed.close();
      await database.close();
    },
  };
}

/** The database is closed as a whole. */
const close = (): void => undefined;

/** Opens the database and compares the clocks. Throws what will not pass by waiting. */
async function openUnlessAway(database: ReturnType<typeof postgresAt>): Promise<void> {
  try {
    await database.read(async () => undefined);
  } catch (error) {
    if (!isAway(error)) throw error;
  }
}
