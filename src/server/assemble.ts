import { createAccounts } from '../accounts/accounts.ts';
import { selectBackend } from '../accounts/select-backend.ts';
import type { Configuration } from '../core/configuration.ts';
import { configureEgress } from '../core/egress/egress-settings.ts';
import { fillHome, locateHome, type Home } from '../core/home.ts';
import { createLineWriter, createLogWriter, loggerOf, type Logger, type LogLevel } from '../core/logger.ts';
import { followLogLevels, logLevelsFile } from '../core/telemetry/log-levels.ts';
import { installLog } from '../core/telemetry/log.ts';
import { openHomeStores } from '../store/home-stores.ts';
import type { SharedLedgers } from '../store/shared-ledgers.ts';
import type { Services } from '../operations/kernel/services.ts';
import { readOwnConfiguration } from '../core/read-configuration.ts';
import { requireStoreOfServers } from '../core/running-environment.ts';
import { openSafety } from '../safety/open-safety.ts';
import { settledConfiguration } from './settled-configuration.ts';

/** What every program of this package that touches mail is made of. */
export interface Assembly {
  readonly home: Home;
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly services: Services;
  /** The small ledgers that hosts share; undefined where they are files of this home. */
  readonly shared: SharedLedgers | undefined;
  /** Closes every mailbox and store. */
  readonly close: () => Promise<void>;
}

/**
 * Reads the environment, fills the home and makes what operations need. Opens no mailbox and no port.
 * Throws `INVALID_INPUT` for a faulty environment, `UNAVAILABLE` for a home that cannot be written and for a store that will
 * not have this host.
 */
export async function assemble(options: {
  readonly program: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where log lines go: 1 for a server, 2 where standard output belongs to something else. */
  readonly logTo: 1 | 2;
  readonly logLevel?: LogLevel;
  /** Whether it waits for a store that is away, where it cannot start without. */
  readonly waitsForStore?: boolean;
  /** The clock of this host. */
  readonly hostNow?: () => number;
}): Promise<Assembly> {
  const home = locateHome(options.environment);
  const own = readOwnConfiguration(options.environment, home.folder);
  const { environment } = own;
  requireStoreOfServers(home.runFolder, options.environment, environment);
  configureEgress(environment);
  fillHome(home);
  const level = options.logLevel ?? own.configuration.logLevel;
  const { hostNow = Date.now } = options;
  const clocks = { now: hostNow, monotonicMs: () => performance.now() };
  const levelOf = followLogLevels(logLevelsFile(home.runFolder), level, clocks);
  const writeLog = createLogWriter(options.program, levelOf, createLineWriter(options.logTo));
  installLog(writeLog);
  const logger = loggerOf(writeLog);
  const stores = await openHomeStores(own.configuration, home.dataFolder, hostNow);
  const configuration = await settledConfiguration(stores, own.configuration, {
    environment: options.environment,
    homeFolder: home.folder,
    waits: options.waitsForStore ?? false,
    logger,
  });
  const { now } = stores.live;
  const accounts = createAccounts(configuration, selectBackend(configuration, home, now, stores));
  let timeZone: string | undefined;
  return {
    home,
    configuration,
    logger,
    shared: stores.shared,
    services: {
      home,
      environment: options.environment,
      configuration,
      accounts,
      safety: openSafety(home, now, stores),
      mailboxes: stores.mailboxes,
      live: stores.live,
      feed: stores.feed,
      jobs: stores.jobs,
      webhooks: stores.webhooks,
      logger,
      get timeZone() {
        timeZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
        return timeZone;
      },
      now,
      hostNow,
    },
    async close() {
      await accounts.close();
      await stores.close();
    },
  };
}
