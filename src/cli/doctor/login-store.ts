import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CredentialStore } from '../../gmail/credential.ts';
import { gmailFolderName, openCredentialStore } from '../../gmail/credentials/open-credential-store.ts';
import type { Patient } from './finding.ts';

/** What `work` makes of the stored logins; undefined where none was ever stored, which makes no store. */
export async function withLoginStore<T>(
  { home, configuration }: Pick<Patient, 'home' | 'configuration'>,
  work: (store: CredentialStore) => T | Promise<T>,
): Promise<T | undefined> {
  if (!existsSync(join(home.dataFolder, gmailFolderName, 'accounts.db'))) return undefined;
  const store = openCredentialStore(home.dataFolder, configuration);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}
