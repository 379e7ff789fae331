import type { Configuration } from '../../core/configuration.ts';
import { AppError } from '../../core/errors.ts';
import type { CredentialStore } from '../credential.ts';
import { howToGetClient, readClientFile, type OAuthClient } from './client-file.ts';

/** The clients of the stored logins that can be decrypted, each once. */
async function storedClients(
  store: CredentialStore,
  emailAddress: string | undefined,
): Promise<readonly OAuthClient[]> {
  const infos = (await store.list()).filter(({ kind }) => kind === 'oauth');
  const own = infos.filter((info) => info.emailAddress === emailAddress);
  const clients = new Map<string, OAuthClient>();
  for (const info of own.length > 0 ? own : infos) {
    try {
      const { credential } = await store.read(info.emailAddress);
      if (credential.kind === 'oauth') clients.set(credential.clientId, credential);
    } catch (error) {
      // The login that cannot be decrypted any more is often the reason for logging in.
      if (!(error instanceof AppError) || error.code !== 'REAUTH_REQUIRED') throw error;
    }
  }
  return Array.from(clients.values(), ({ clientId, clientSecret }) => ({ clientId, clientSecret }));
}

/**
 * The OAuth client to log in with: the one in `file`; else `GMAIL_CLIENT_ID` and `GMAIL_CLIENT_SECRET`; else that of the
 * account's stored login, or of all others where it is one. Throws `INVALID_INPUT` with how to come by one.
 */
export async function chooseClient(options: {
  readonly file: string | undefined;
  readonly configuration: Pick<Configuration, 'clientId' | 'clientSecret'>;
  readonly store: CredentialStore;
  readonly emailAddress: string | undefined;
}): Promise<OAuthClient> {
  if (options.file !== undefined) return readClientFile(options.file);
  const { clientId, clientSecret } = options.configuration;
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  if (clientId !== undefined || clientSecret !== undefined) {
    const missing = clientId === undefined ? 'GMAIL_CLIENT_ID' : 'GMAIL_CLIENT_SECRET';
    throw new AppError('INVALID_INPUT', 'The OAuth client is named by half.', {
      field: missing,
      expected: 'GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET together',
      got: 'nothing',
    });
  }
  const [only, ...others] = await storedClients(options.store, options.emailAddress);
  if (only !== undefined && others.length === 0) return only;
  throw new AppError(
    'INVALID_INPUT',
    only === undefined
      ? 'There is no OAuth client to log in with yet.'
      : 'The stored logins use several OAuth clients.',
    {
      field: '--client',
      expected: 'the client_secret_….json of a desktop client',
      got: 'nothing',
      hint: howToGetClient,
    },
  );
}
