import type { Awaitable } from '../../core/awaitable.ts';
import { sharedTokens } from '../../safety/tokens/shared-tokens.ts';
import { fileTokens, type Tokens } from '../../safety/tokens/tokens.ts';
import { openHomeStores, type HomeStores } from '../../store/home-stores.ts';
import type { Patient } from './finding.ts';

/** Opens the stores of a home for the length of a look. */
export async function withHomeStores<T>(
  { home, configuration }: Pick<Patient, 'home' | 'configuration'>,
  work: (stores: HomeStores) => Awaitable<T>,
): Promise<T> {
  const stores = await openHomeStores(configuration, home.dataFolder, Date.now);
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}

/** The tokens of a home for the length of a look. */
export async function withHomeTokens<T>(
  patient: Pick<Patient, 'home' | 'configuration'>,
  work: (tokens: Tokens) => Awaitable<T>,
): Promise<T> {
  return withHomeStores(patient, ({ shared }) =>
    work(shared === undefined ? fileTokens(patient.home.dataFolder) : sharedTokens(shared, Date.now)),
  );
}
