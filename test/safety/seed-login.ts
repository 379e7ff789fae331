import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';

/** Stores the login of a service account in a home: forgetting it asks nobody at Google. */
export async function seedLogin(dataFolder: string, emailAddress: string): Promise<void> {
  const store = openCredentialStore(dataFolder, { keyStore: 'file' });
  await store.save({
    kind: 'serviceAccount',
    emailAddress,
    scopes: ['https://www.googleapis.com/auth/gmail.modify'],
    createdMs: Date.UTC(2026, 10, 1),
    clientEmail: 'robot@project.iam.gserviceaccount.com',
    privateKey: 'none',
  });
  store.close();
}
