import { keepSharedSettings, type SharedSettings } from '../core/shared-settings.ts';
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
export function fetchSharedSettings(context: Context): Promise<SharedSettings> {
  return withLedgers(context, (shared) => learn(shared, context));
}

async function learn({ records, place }: SharedLedgers, { home }: Context): Promise<SharedSettings> {
  return keepSharedSettings(home.folder, place, await listSharedSettings(records));
}

/**
 * A command's environment with the settings that all hosts share as the store says them now, for commands that act on them.
 * Throws `INVALID_INPUT` where those are faulty, `UNAVAILABLE`.
 */
export async function withSharedSettings(context: Context): Promise<Environment> {
  const { environment, home } = context;
  if ((environment.GMAIL_STORE ?? '') === '') return environment;
  return readConfiguration(environment, home.folder, await fetchSharedSettings(context)).environment;
}

/**
 * Sets one of them, or takes it out where `value` is undefined, and returns its name: `choose` says which, or refuses, by those
 * that there are. Throws what that does, and as {@link fetchSharedSettings}.
 */
export function changeSharedSetting(
  context: Context,
  value: string | undefined,
  choose: (held: ReadonlyMap<string, string>) => string,
): Promise<string> {
  return withLedgers(context, async (shared) => {
    const name = choose(await listSharedSettings(shared.records));
    await writeSharedSetting(shared.records, name, value, Date.now());
    await learn(shared, context);
    return name;
  });
}
