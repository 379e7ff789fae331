import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keyFileOf } from '../core/keys/file-key-store.ts';
import type { Configuration } from '../core/configuration.ts';
import { auditHeadFiles, auditHeadIn, type AuditHead } from './sqlite/audit/audit-head.ts';
import { sqliteMailboxes } from './sqlite/mail/local-mailboxes.ts';
import { sqliteMirrors } from './sqlite/mail/mirrors.ts';
import { homeFeed, type HomeFeed } from './feed/home-feed.ts';
import { homeJobStore, type HomeJobStore } from './jobs/home-job-store.ts';
import { sqliteLive, type HomeLive } from './live/home-live.ts';
import type { Mailboxes } from './mail/mailboxes.ts';
import type { MirrorStores } from './mail/mirror-stores.ts';
import { sqliteSafetyStores, type SafetyStores } from './safety-stores.ts';
import type { CopiedSubject } from './sql/copy-tables.ts';
import type { SqlDatabase } from './sql/sql-database.ts';
import { sqliteTables } from './sqlite/tables.ts';
import type { SharedLedgers } from './shared-ledgers.ts';
import { homeWebhooks, type HomeWebhooks } from './webhooks/home-webhooks.ts';

/** Where everything is that the processes of a home share. */
export interface HomeStores {
  readonly mailboxes: Mailboxes;
  /** Of live accounts. */
  readonly mirrors: MirrorStores;
  readonly feed: HomeFeed;
  readonly jobs: HomeJobStore;
  readonly webhooks: HomeWebhooks;
  readonly safety: SafetyStores;
  readonly live: HomeLive;
  /** The small ledgers that several hosts share; undefined where they are files of this home. */
  readonly shared?: SharedLedgers;
  /** The tables of a subject themselves, to be copied; to be closed by whoever asks. */
  readonly tables: (subject: CopiedSubject) => SqlDatabase;
  readonly close: () => Promise<void>;
}

/** The stores in the files of a data folder. Opens nothing yet. */
export function sqliteHomeStores(dataFolder: string, now: () => number, head?: AuditHead): HomeStores {
  const feed = homeFeed(dataFolder, now);
  const jobs = homeJobStore(dataFolder, now);
  const webhooks = homeWebhooks(dataFolder);
  const safety = sqliteSafetyStores(dataFolder, now, head);
  return {
    mailboxes: sqliteMailboxes(dataFolder),
    mirrors: sqliteMirrors(dataFolder),
    feed,
    jobs,
    webhooks,
    safety,
    live: sqliteLive(dataFolder, now),
    tables: (subject) => sqliteTables(dataFolder, subject),
    async close() {
      safety.close();
      feed.close();
      await jobs.close();
      webhooks.close();
    },
  };
}

/**
 * The stores that the configuration names; `now` is the clock of this host. Throws `INVALID_INPUT` and `UNAVAILABLE` for a
 * database that will not do; one that is only away is no error yet.
 */
export async function openHomeStores(
  { store, keyFile }: Pick<Configuration, 'store' | 'keyFile'>,
  dataFolder: string,
  now: () => number,
): Promise<HomeStores> {
  if (store === undefined) {
    return sqliteHomeStores(dataFolder, now, auditHeadIn(join(dirname(dataFolder), auditHeadFiles[0])));
  }
  // Loaded only where it is used.
  const { postgresHomeStores } = await import('./postgres/home-stores.ts');
  const stores = await postgresHomeStores(store, keyFileOf(dataFolder, keyFile), now);
  markSharedKey(dataFolder);
  return stores;
}

/** In the folder of the home's own key: says that hosts share it, so that it is no sign of logins that are kept here. */
export const sharedKeyMark = 'key-is-shared';

function markSharedKey(dataFolder: string): void {
  const key = keyFileOf(dataFolder, undefined);
  const mark = join(dirname(key), sharedKeyMark);
  if (existsSync(key) && !existsSync(mark)) writeFileSync(mark, '', { mode: 0o600 });
}
