import { createAccounts } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import type { Home } from '../../src/core/home.ts';
import type { Services } from '../../src/operations/kernel/services.ts';
import { openSafety } from '../../src/safety/open-safety.ts';
import { sqliteHomeStores } from '../../src/store/home-stores.ts';
import { sqliteSafetyStores } from '../../src/store/safety-stores.ts';
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
  const stores = sqliteHomeStores(home.dataFolder, Date.now);
  const safety = sqliteSafetyStores(home.dataFolder, now);
  const services = {
    home,
    environment,
    configuration,
    accounts: createAccounts(configuration, selectBackend(configuration, home, Date.now, stores)),
    safety: openSafety(home, now, { ...stores, safety }),
    mailboxes: stores.mailboxes,
    live: stores.live,
    feed: stores.feed,
    jobs: stores.jobs,
    webhooks: stores.webhooks,
    logger: silent,
    timeZone: 'UTC',
    now,
    hostNow: now,
  };
  return {
    services,
    async close() {
      await services.accounts.close();
      safety.close();
      await stores.close();
    },
  };
}
