import { join } from 'node:path';
import type { Configuration } from '../../core/configuration.ts';
import { keyFileOf, openFileKeyStore } from '../../core/keys/file-key-store.ts';
import { openKeyRing } from '../../core/keys/key-ring.ts';
import { openSqliteLoginStore } from '../../store/sqlite/live/open-login-store.ts';
import { openSharedState } from '../channel/shared-state.ts';
import type { KeyedCredentialStore } from '../credential.ts';
import { createCredentialStore } from './create-credential-store.ts';
import { openSystemKeyring } from './system-keyring.ts';

/** The folder of the live backend in `data`. */
export const gmailFolderName = 'gmail';

/**
 * Opens the logins of a home, `data/gmail/accounts.db`; the key that encrypts them is `data/gmail/key`, in `keyFile`, or in the
 * system's keyring. Throws `UNAVAILABLE`.
 */
export function openCredentialStore(
  dataFolder: string,
  { keyStore, keyFile }: Pick<Configuration, 'keyStore' | 'keyFile'>,
): KeyedCredentialStore {
  const folder = join(dataFolder, gmailFolderName);
  const logins = openSqliteLoginStore(join(folder, 'accounts.db'));
  const ownKeys = keyStore === 'file' ? openFileKeyStore(keyFileOf(dataFolder, keyFile)) : openSystemKeyring(folder);
  return createCredentialStore({
    logins,
    keys: openKeyRing(ownKeys),
    keyPlace: keyStore === 'file' ? ownKeys.place : 'the system keyring',
    async forgetAccessToken(emailAddress) {
      const state = openSharedState(dataFolder);
      await state.accessTokens.remove(emailAddress);
      await state.close();
    },
  });
}
