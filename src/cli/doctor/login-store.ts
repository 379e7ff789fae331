import type { Awaitable } from '../../core/awaitable.ts';
import type { CredentialStore } from '../../gmail/credential.ts';
import { openCredentials } from '../../gmail/credentials/open-credential-store.ts';
import type { Patient } from './finding.ts';
import { withHomeStores } from './with-home-stores.ts';

/** What `work` makes of the stored logins; undefined where none was ever stored, which makes no store. */
export async function withLoginStore<T>(
  patient: Pick<Patient, 'home' | 'configuration'>,
  work: (store: CredentialStore) => Awaitable<T>,
): Promise<T | undefined> {
  return withHomeStores(patient, async ({ live }) => {
    if (!live.hasLogins()) return undefined;
    const store = openCredentials(live, patient.home.dataFolder, patient.configuration);
    try {
      return await work(store);
    } finally {
      store.close();
    }
  });
}

/** The addresses that are logged in; none where no login was ever stored. */
export async function loggedIn(patient: Pick<Patient, 'home' | 'configuration'>): Promise<readonly string[]> {
  const logins = await withLoginStore(patient, (store) => store.list());
  return (logins ?? []).map(({ emailAddress }) => emailAddress);
}
