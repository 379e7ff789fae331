import { createAccounts } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import type { Home } from '../../src/core/home.ts';
import type { Services } from '../../src/operations/kernel/services.ts';
import { openSafety } from '../../src/safety/open-safety.ts';
import { homeFeed } from '../../src/store/feed/home-feed.ts';
import { homeJobStore } from '../../src/store/jobs/home-job-store.ts';
import { homeWebhooks } from '../../src/store/webhooks/home-webhooks.ts';
import { silent } from '../mcp/silent.ts';

/**
 * What operations need of a home, in this process, and what closes all of it. Nothing is logged, and days begin in UTC; `now` is
 * the clock of calls and of what stands before changes.
 */
export function openHomeServices(
  home: Home,
  environment: Readonly<Record<string, string>>,
  now: () => number = Date.now,
): { readonly services: Services; readonly close: () => Promise<void> } {
  const configuration = parseConfiguration(environment);
  const feed = homeFeed(home.dataFolder, Date.now);
  const services = {
    home,
    environment,
    configuration,
    accounts: createAccounts(configuration, selectBackend(configuration, home, Date.now, feed.feed)),
    safety: openSafety(home, now, feed.feed),
    feed,
    jobs: homeJobStore(home.dataFolder, Date.now),
    webhooks: homeWebhooks(home.dataFolder),
    logger: silent,
    timeZone: 'UTC',
    now,
  };
  return {
    services,
    async close() {
      await services.accounts.close();
      services.safety.close();
      feed.close();
      await services.jobs.close();
      services.webhooks.close();
    },
  };
}
