import { sqliteMailboxes } from './sqlite/mail/local-mailboxes.ts';
import { homeFeed, type HomeFeed } from './feed/home-feed.ts';
import { homeJobStore, type HomeJobStore } from './jobs/home-job-store.ts';
import type { Mailboxes } from './mail/mailboxes.ts';
import { sqliteSafetyStores, type SafetyStores } from './safety-stores.ts';
import { homeWebhooks, type HomeWebhooks } from './webhooks/home-webhooks.ts';

/** Where everything is that the processes of a home share. */
export interface HomeStores {
  readonly mailboxes: Mailboxes;
  readonly feed: HomeFeed;
  readonly jobs: HomeJobStore;
  readonly webhooks: HomeWebhooks;
  readonly safety: SafetyStores;
  readonly close: () => Promise<void>;
}

/** The stores in the files of a data folder. Opens nothing yet. */
export function sqliteHomeStores(dataFolder: string, now: () => number): HomeStores {
  const feed = homeFeed(dataFolder, now);
  const jobs = homeJobStore(dataFolder, now);
  const webhooks = homeWebhooks(dataFolder);
  const safety = sqliteSafetyStores(dataFolder, now);
  return {
    mailboxes: sqliteMailboxes(dataFolder),
    feed,
    jobs,
    webhooks,
    safety,
    async close() {
      safety.close();
      feed.close();
      await jobs.close();
      webhooks.close();
    },
  };
}
