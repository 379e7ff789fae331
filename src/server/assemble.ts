import { createAccounts } from '../accounts/accounts.ts';
import { selectBackend } from '../accounts/select-backend.ts';
import { parseConfiguration, type Configuration } from '../core/configuration.ts';
import { configureEgress } from '../core/egress/egress-settings.ts';
import { fillHome, locateHome, type Home } from '../core/home.ts';
import { createLineWriter, createLogWriter, loggerOf, type Logger, type LogLevel } from '../core/logger.ts';
import { followLogLevels, logLevelsFile } from '../core/telemetry/log-levels.ts';
import { installLog } from '../core/telemetry/log.ts';
import { homeFeed } from '../store/feed/home-feed.ts';
import { homeJobStore } from '../store/jobs/home-job-store.ts';
import { homeWebhooks } from '../store/webhooks/home-webhooks.ts';
import type { Services } from '../operations/kernel/services.ts';
import { withSettings } from '../core/settings.ts';
import { openSafety } from '../safety/open-safety.ts';

/** What every program of this package that touches mail is made of. */
export interface Assembly {
  readonly home: Home;
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly services: Services;
}

/**
 * Reads the environment, fills the home and makes what operations need. Opens no mailbox and no port.
 * Throws `INVALID_INPUT` for a faulty environment, `UNAVAILABLE` for a home that cannot be written.
 */
export function assemble(options: {
  readonly program: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where log lines go: 1 for a server, 2 where standard output belongs to something else. */
  readonly logTo: 1 | 2;
  readonly logLevel?: LogLevel;
}): Assembly {
  const home = locateHome(options.environment);
  const environment = withSettings(options.environment, home.folder);
  const configuration = parseConfiguration(environment);
  configureEgress(environment);
  fillHome(home);
  const level = options.logLevel ?? configuration.logLevel;
  const clocks = { now: Date.now, monotonicMs: () => performance.now() };
  const levelOf = followLogLevels(logLevelsFile(home.runFolder), level, clocks);
  const writeLog = createLogWriter(options.program, levelOf, createLineWriter(options.logTo));
  installLog(writeLog);
  const logger = loggerOf(writeLog);
  const feed = homeFeed(home.dataFolder, Date.now);
  let timeZone: string | undefined;
  return {
    home,
    configuration,
    logger,
    services: {
      home,
      environment: options.environment,
      configuration,
      accounts: createAccounts(configuration, selectBackend(configuration, home, Date.now, feed.feed)),
      safety: openSafety(home, Date.now, feed.feed),
      feed,
      jobs: homeJobStore(home.dataFolder, Date.now),
      webhooks: homeWebhooks(home.dataFolder),
      logger,
      get timeZone() {
        timeZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
        return timeZone;
      },
      now: Date.now,
    },
  };
}
