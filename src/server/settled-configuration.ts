import { setTimeout as delay } from 'node:timers/promises';
import type { Configuration } from '../core/configuration.ts';
import type { Logger } from '../core/logger.ts';
import { readConfiguration } from '../core/read-configuration.ts';
import type { Environment } from '../core/settings.ts';
import { hasSharedSettings, keepSharedSettings } from '../core/shared-settings.ts';
import { isAway } from '../store/is-away.ts';
import { listSharedSettings } from '../store/records/shared-settings.ts';
import type { HomeStores } from '../store/home-stores.ts';
import type { SharedLedgers } from '../store/shared-ledgers.ts';

const pauseMs = 1000;

interface Settling {
  readonly environment: Environment;
  readonly homeFolder: string;
  readonly waits: boolean;
  readonly logger: Logger;
}

/**
 * The configuration with the settings that all hosts of the store share, as the store says them now; while it is away, as it
 * last said them in this home. A home that has never read them knows no limit of theirs: where `waits`, its process waits for
 * the store. Closes the stores and throws `INVALID_INPUT` for faulty settings, `UNAVAILABLE` where they are not known.
 */
export async function settledConfiguration(
  stores: Pick<HomeStores, 'shared' | 'close'>,
  own: Configuration,
  settling: Settling,
): Promise<Configuration> {
  const { shared } = stores;
  if (shared === undefined) return own;
  try {
    const { environment, homeFolder } = settling;
    const values = await readShared(shared, settling);
    const said = values === undefined ? undefined : keepSharedSettings(homeFolder, shared.place, values);
    return readConfiguration(environment, homeFolder, said).configuration;
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** What the store says; undefined where it is away and the home knows what it last said. */
async function readShared(
  { records, place }: SharedLedgers,
  { homeFolder, waits, logger }: Settling,
): Promise<ReadonlyMap<string, string> | undefined> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await listSharedSettings(records);
    } catch (error) {
      if (!isAway(error)) throw error;
      if (hasSharedSettings(homeFolder, place)) {
        logger.warn('the settings of all hosts are those that were last read here', { reason: error.message });
        return undefined;
      }
      if (!waits) throw error;
      if (tries === 0) {
        logger.warn('waiting for the store, as its settings were never read here', { reason: error.message });
      }
      await delay(pauseMs);
    }
  }
}
