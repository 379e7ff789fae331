import { parseArgs } from 'node:util';
import { parseConfiguration } from '../core/configuration.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { fillHome } from '../core/home.ts';
import type { AccountInfo, Credential, CredentialStore } from '../gmail/credential.ts';
import { openCredentialStore } from '../gmail/credentials/open-credential-store.ts';
import { oauthEndpoints } from '../gmail/login/oauth-endpoints.ts';
import { permissionsPage } from '../gmail/login/oauth-refusal.ts';
import { revokeToken } from '../gmail/login/revoke-token.ts';
import { grantsOfScopes } from '../gmail/login/scopes.ts';
import { demoAddress } from '../local/demo/demo-messages.ts';
import { hasLocalMailbox, listLocalAccounts, localMailboxFolder } from '../local/local-accounts.ts';
import type { CommandContext } from './command.ts';
import { formatTime } from './login/login-texts.ts';

const usage = 'accounts [list [--json]|remove ADDRESS|rotate-key]';

function readWords(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: { json: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

/** Why a login is of no use now, or undefined. */
function whyLoginNeeded({ reauthReason, refreshTokenExpiresMs }: AccountInfo, nowMs: number): string | undefined {
  if (reauthReason !== undefined) return reauthReason;
  if (refreshTokenExpiresMs === undefined || refreshTokenExpiresMs > nowMs) return undefined;
  return `the OAuth client is in testing mode, and the login ended on ${formatTime(refreshTokenExpiresMs)}`;
}

function loginAsJson(info: AccountInfo, nowMs: number): object {
  const reason = whyLoginNeeded(info, nowMs);
  return {
    emailAddress: info.emailAddress,
    kind: 'gmail',
    login: info.kind,
    state: reason === undefined ? 'connected' : 'needs login',
    ...(reason === undefined ? {} : { reason }),
    grants: grantsOfScopes(info.scopes),
    scopes: info.scopes,
    createdAt: new Date(info.createdMs).toISOString(),
    ...(info.refreshTokenExpiresMs === undefined ? {} : { endsAt: new Date(info.refreshTokenExpiresMs).toISOString() }),
  };
}

function loginLines(info: AccountInfo, width: number, nowMs: number): readonly string[] {
  const reason = whyLoginNeeded(info, nowMs);
  const kind = info.kind === 'oauth' ? 'Gmail' : 'Gmail, service account';
  const state = reason === undefined ? 'connected' : 'needs a login';
  const line = `${info.emailAddress.padEnd(width)}  ${kind}: ${state}; covers ${grantsOfScopes(info.scopes).join(', ')}`;
  const more: string[] = [];
  if (reason !== undefined) more.push(reason, `Run: gmail-llm login --account ${info.emailAddress}`);
  else if (info.refreshTokenExpiresMs !== undefined) {
    more.push(`ends on ${formatTime(info.refreshTokenExpiresMs)}: the OAuth client is in testing mode`);
  }
  return [line, ...more.map((text) => `${' '.repeat(width)}  ${text}`)];
}

function list(store: CredentialStore, { home, stdout }: CommandContext, isJson: boolean): void {
  const nowMs = Date.now();
  const logins = store.list();
  const mailboxes = listLocalAccounts(home.dataFolder);
  if (isJson) {
    const rows = [
      ...logins.map((info) => loginAsJson(info, nowMs)),
      ...mailboxes.map((emailAddress) => ({ emailAddress, kind: 'local', state: 'connected' })),
    ];
    stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
    return;
  }
  if (logins.length === 0 && mailboxes.length === 0) {
    stdout.write(
      'There is no account yet. `gmail-llm login` connects Gmail, `gmail-llm import PATH…` takes mail from files.\n',
    );
    return;
  }
  const width = Math.max(
    ...[...logins.map(({ emailAddress }) => emailAddress), ...mailboxes].map(({ length }) => length),
  );
  const lines = [
    ...logins.flatMap((info) => loginLines(info, width, nowMs)),
    ...mailboxes.map((address) => `${address.padEnd(width)}  local mailbox${address === demoAddress ? ' (demo)' : ''}`),
  ];
  stdout.write(`${lines.join('\n')}\n`);
}

/** Ends the grant at Google as far as that can be done, and says what became of it. */
async function revoke(store: CredentialStore, address: string, context: CommandContext): Promise<string> {
  const byHand = `Remove its access at ${permissionsPage} yourself.`;
  let credential: Credential;
  try {
    ({ credential } = store.read(address));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'REAUTH_REQUIRED') throw error;
    return `It was not revoked at Google, as it cannot be decrypted any more. ${byHand}`;
  }
  if (credential.kind === 'serviceAccount') {
    return `The service account ${credential.clientEmail} keeps its delegation, until an administrator removes it.`;
  }
  const { revokeUrl } = oauthEndpoints(parseConfiguration(context.environment).oauthRootUrl);
  const why = await revokeToken(revokeUrl, credential.refreshToken, context.signal);
  return why === undefined
    ? 'It was revoked at Google: no login of this client and account works any more.'
    : `It could not be revoked at Google: ${why}. ${byHand}`;
}

async function remove(store: CredentialStore, named: string | undefined, context: CommandContext): Promise<void> {
  const { dataFolder } = context.home;
  if (named === undefined) {
    throw new AppError('INVALID_INPUT', 'Which account?', { field: 'ADDRESS', expected: usage, got: 'nothing' });
  }
  const address = named.toLowerCase();
  const known = store.list().map(({ emailAddress }) => emailAddress);
  if (!known.includes(address)) {
    throw new AppError('NOT_FOUND', `There is no stored login of ${address}.`, {
      field: 'ADDRESS',
      expected: known.join(' or ') || 'a Gmail account that was logged in',
      got: address,
      ...(/^[^\s@<>]+@[^\s@<>]+$/.test(address) && hasLocalMailbox(dataFolder, address)
        ? {
            hint: `It is a local mailbox. Its mail is in ${localMailboxFolder(dataFolder, address)}; stop the servers before you delete it.`,
          }
        : {}),
    });
  }
  const revoked = await revoke(store, address, context);
  store.remove(address);
  context.stdout.write(`Forgotten: ${address}. ${revoked}\n`);
}

/**
 * `gmail-llm accounts`: lists local mailboxes and Gmail logins, revokes and forgets a login, encrypts all of them under
 * a new key. Throws `NOT_FOUND` for a login that is not there, `INVALID_INPUT` for other words.
 */
export async function runAccounts(context: CommandContext): Promise<number> {
  const { values, positionals } = readWords(context.arguments);
  const [verb = 'list', address, ...more] = positionals;
  const isTooMuch = more.length > 0 || (address !== undefined && verb !== 'remove');
  if (isTooMuch || (values.json === true && verb !== 'list')) {
    throw new AppError('INVALID_INPUT', 'Unexpected argument for `accounts`.', {
      expected: usage,
      got: context.arguments.join(' '),
    });
  }
  const { keyStore } = parseConfiguration(context.environment);
  fillHome(context.home);
  const store = openCredentialStore(context.home.dataFolder, { keyStore });
  try {
    switch (verb) {
      case 'list':
        list(store, context, values.json === true);
        return 0;
      case 'remove':
        await remove(store, address, context);
        return 0;
      case 'rotate-key':
        store.rotateKey();
        context.stdout.write(
          'Every login is encrypted with a new key, and the old key is gone. Mail kept on disk is read from Gmail anew.\n',
        );
        return 0;
      default:
        throw new AppError('INVALID_INPUT', `There is no verb ${verb}.`, { expected: usage, got: verb });
    }
  } finally {
    store.close();
  }
}
