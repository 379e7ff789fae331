import { join } from 'node:path';
import type { Configuration } from '../../core/configuration.ts';
import { keyFileOf, openFileKeyStore } from '../../core/keys/file-key-store.ts';
import { openKeyRing } from '../../core/keys/key-ring.ts';
import { sqliteLive, type HomeLive } from '../../store/live/home-live.ts';
import { shareState } from '../channel/shared-state.ts';
import type { KeyedCredentialStore } from '../credential.ts';
import { createCredentialStore } from './create-credential-store.ts';
import { openSystemKeyring } from './system-keyring.ts';

/** The folder of the live backend in `data`. */
export const gmailFolderName = 'gmail';

type KeySettings = Pick<Configuration, 'keyStore' | 'keyFile'>;

/**
 * Opens the logins of a home, in `data/gmail/accounts.db` or in a database; the key that encrypts them is `data/gmail/key`, in
 * `keyFile`, or in the system's keyring. Throws `UNAVAILABLE`.
 */
export function openCredentials(
  live: HomeLive,
  dataFolder: string,
  { keyStore, keyFile }: KeySettings,
): KeyedCredentialStore {
  const file = keyFileOf(dataFolder, keyFile);
  const ownKeys = () =>
    keyStore === 'file' ? openFileKeyStore(file) : openSystemKeyring(join(dataFolder, gmailFolderName));
  return createCredentialStore({
    logins: live.logins(),
    keys: live.sharedKeys ?? openKeyRing(ownKeys()),
    keyPlace: keyStore === 'file' ? file : 'the system keyring',
    async forgetAccessToken(emailAddress) {
      const state = shareState(live);
      await state.accessTokens.remove(emailAddress);
      await state.close();
    },
  });
}

/** Opens the logins of a home whose store is SQLite. Throws `UNAVAILABLE`. */
export function openCredentialStore(dataFolder: string, settings: KeySettings): KeyedCredentialStore {
  return openCredentials(sqliteLive(dataFolder, Date.now), dataFolder, settings);
}
