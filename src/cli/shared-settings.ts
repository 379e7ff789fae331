import { keepSharedSettings } from '../core/shared-settings.ts';
import { checkConfiguration } from '../core/configuration.ts';
import { readConfiguration } from '../core/read-configuration.ts';
import type { Environment } from '../core/settings.ts';
import { AppError } from '../core/errors.ts';
import { openHomeStores } from '../store/home-stores.ts';
import { listSharedSettings, writeSharedSetting } from '../store/records/shared-settings.ts';
import type { SharedLedgers } from '../store/shared-ledgers.ts';
import type { CommandContext } from './command.ts';

type Context = Pick<CommandContext, 'environment' | 'home'>;

async function withLedgers<T>({ environment, home }: Context, work: (shared: SharedLedgers) => Promise<T>): Promise<T> {
  const { configuration } = checkConfiguration(environment);
  const stores = await openHomeStores(configuration, home.dataFolder, Date.now);
  try {
    if (stores.shared === undefined) {
      throw new AppError('INVALID_INPUT', 'This home shares nothing with other hosts.', {
        field: '--shared',
        expected: 'a GMAIL_STORE',
        hint: 'Leave out --shared; docs/scale.md says how several hosts share a database.',
      });
    }
    return await work(stores.shared);
  } finally {
    await stores.close();
  }
}

/** The settings that all hosts share, as the store says them now. Throws `INVALID_INPUT` where there is none, `UNAVAILABLE`. */
export function fetchSharedSettings(context: Context): Promise<ReadonlyMap<string, string>> {
  return withLedgers(context, async ({ records, place }) => {
    const values = await listSharedSettings(records);
    keepSharedSettings(context.home.folder, place, values);
    return values;
  });
}

/**
 * A command's environment with the settings that all hosts share as the store says them now, for commands that act on them.
 * Throws `INVALID_INPUT` where those are faulty, `UNAVAILABLE`.
 */
export async function withSharedSettings(context: Context): Promise<Environment> {
  const { environment, home } = context;
  if ((environment.GMAIL_STORE ?? '') === '') return environment;
  await fetchSharedSettings(context);
  return readConfiguration(environment, home.folder).environment;
}

/** Sets one of them, or takes it out. Throws as {@link fetchSharedSettings} does. */
export function changeSharedSetting(context: Context, name: string, value: string | undefined): Promise<void> {
  return withLedgers(context, async ({ records, place }) => {
    await writeSharedSetting(records, name, value, Date.now());
    keepSharedSettings(context.home.folder, place, await listSharedSettings(records));
  });
}
