import type { Configuration } from '../core/configuration.ts';
import type { MailGrant } from '../core/grants.ts';
import { AppError } from '../core/errors.ts';
import type { Home } from '../core/home.ts';
import { localTime } from '../core/local-time.ts';
import type { AccountInfo, Credential, CredentialStore } from '../gmail/credential.ts';
import { openCredentials } from '../gmail/credentials/open-credential-store.ts';
import { oauthEndpoints } from '../gmail/login/oauth-endpoints.ts';
import { permissionsPage } from '../gmail/login/oauth-refusal.ts';
import { revokeToken } from '../gmail/login/revoke-token.ts';
import { grantsOfScopes } from '../gmail/login/scopes.ts';
import { demoAddress } from '../local/demo/demo-messages.ts';
import type { HomeLive } from '../store/live/home-live.ts';
import type { Mailboxes } from '../store/mail/mailboxes.ts';
import { hasLocalMailbox } from '../store/sqlite/mail/local-mailboxes.ts';

/** An account of a home, whichever backend is configured. */
export type AccountState =
  | {
      readonly emailAddress: string;
      readonly kind: 'gmail';
      readonly login: Credential['kind'];
      readonly state: 'connected' | 'needs login';
      /** Why it needs a login. */
      readonly reason?: string;
      /** What the login can be used for. */
      readonly grants: readonly MailGrant[];
      readonly scopes: readonly string[];
      readonly createdMs: number;
      /** When the login ends by itself, where that is known. */
      readonly endsMs?: number;
    }
  | {
      readonly emailAddress: string;
      readonly kind: 'local';
      readonly state: 'connected';
      readonly isDemo?: true;
    };

type LoginParts = Pick<Home, 'dataFolder'> &
  Pick<Configuration, 'keyStore' | 'keyFile' | 'oauthRootUrl'> & { readonly live: HomeLive };

/** What `work` makes of the stored logins; `otherwise` where none was ever stored, which makes no store. */
async function withStore<T>(
  { dataFolder, live, ...keys }: LoginParts,
  otherwise: T,
  work: (store: CredentialStore) => T | Promise<T>,
): Promise<T> {
  if (!live.hasLogins()) return otherwise;
  const store = openCredentials(live, dataFolder, keys);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

/** Why a login is of no use now, or undefined. */
function whyLoginNeeded({ reauthReason, refreshTokenExpiresMs }: AccountInfo, nowMs: number): string | undefined {
  if (reauthReason !== undefined) return reauthReason;
  if (refreshTokenExpiresMs === undefined || refreshTokenExpiresMs > nowMs) return undefined;
  return `the OAuth client is in testing mode, and the login ended on ${localTime(refreshTokenExpiresMs)}`;
}

function stateOf(info: AccountInfo, nowMs: number): AccountState {
  const { emailAddress, kind: login, scopes, createdMs, refreshTokenExpiresMs } = info;
  const reason = whyLoginNeeded(info, nowMs);
  return {
    emailAddress,
    kind: 'gmail',
    login,
    state: reason === undefined ? 'connected' : 'needs login',
    ...(reason === undefined ? {} : { reason }),
    grants: grantsOfScopes(scopes),
    scopes,
    createdMs,
    ...(refreshTokenExpiresMs === undefined ? {} : { endsMs: refreshTokenExpiresMs }),
  };
}

/** Every account of a home: Gmail logins, then local mailboxes. */
export async function listAccountStates(
  parts: LoginParts,
  mailboxes: Pick<Mailboxes, 'list'>,
  nowMs: number,
): Promise<readonly AccountState[]> {
  const logins = await withStore<readonly AccountInfo[]>(parts, [], (store) => store.list());
  const local = (await mailboxes.list()).map((emailAddress): AccountState => ({
    emailAddress,
    kind: 'local',
    state: 'connected',
    ...(emailAddress === demoAddress ? { isDemo: true } : {}),
  }));
  return [...logins.map((info) => stateOf(info, nowMs)), ...local];
}

/** Ends the grant at Google as far as that can be done, and says what became of it. */
async function revoke(
  store: CredentialStore,
  address: string,
  { oauthRootUrl }: LoginParts,
  signal: AbortSignal,
): Promise<string> {
  const byHand = `Remove its access at ${permissionsPage} yourself.`;
  let credential: Credential;
  try {
    ({ credential } = await store.read(address));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'REAUTH_REQUIRED') throw error;
    return `It was not revoked at Google, as it cannot be decrypted any more. ${byHand}`;
  }
  if (credential.kind === 'serviceAccount') {
    return `The service account ${credential.clientEmail} keeps its delegation, until an administrator removes it.`;
  }
  const why = await revokeToken(oauthEndpoints(oauthRootUrl).revokeUrl, credential.refreshToken, signal);
  return why === undefined
    ? 'It was revoked at Google: no login of this client and account works any more.'
    : `It could not be revoked at Google: ${why}. ${byHand}`;
}

function unknownLogin({ dataFolder }: LoginParts, address: string, known: readonly string[]): AppError {
  return new AppError('NOT_FOUND', `There is no stored login of ${address}.`, {
    field: 'emailAddress',
    expected: known.join(' or ') || 'a Gmail account that was logged in',
    got: address,
    ...(hasLocalMailbox(dataFolder, address)
      ? {
          hint: `It is a local mailbox, without a login. \`gmail-llm accounts remove ${address}\` deletes it.`,
        }
      : {}),
  });
}

/** Throws `NOT_FOUND` where no login of the address is stored. */
export async function requireLogin(parts: LoginParts, address: string): Promise<void> {
  const logins = await withStore<readonly AccountInfo[]>(parts, [], (store) => store.list());
  const known = logins.map(({ emailAddress }) => emailAddress);
  if (!known.includes(address)) throw unknownLogin(parts, address, known);
}

/** Revokes a login at Google as far as that goes, forgets it, and returns what became of it there. */
export async function removeLogin(parts: LoginParts, address: string, signal: AbortSignal): Promise<string> {
  await requireLogin(parts, address);
  return withStore(parts, '', async (store) => {
    const revoked = await revoke(store, address, parts, signal);
    await store.remove(address);
    return revoked;
  });
}
