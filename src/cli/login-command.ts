import { randomUUID } from 'node:crypto';
import { parseConfiguration, type Configuration } from '../core/configuration.ts';
import type { MailGrant } from '../core/grants.ts';
import { AppError } from '../core/errors.ts';
import { fillHome } from '../core/home.ts';
import type { Feed } from '../store/feed/feed.ts';
import { openHomeStores } from '../store/home-stores.ts';
import type { CredentialStore } from '../gmail/credential.ts';
import { openCredentials } from '../gmail/credentials/open-credential-store.ts';
import { consentTimeoutMs, logInWithBrowser } from '../gmail/login/browser-login.ts';
import { chooseClient } from '../gmail/login/choose-client.ts';
import type { ConfirmedLogin, LoginRequest } from '../gmail/login/confirm-login.ts';
import { parsePastedAnswer } from '../gmail/login/parse-pasted-answer.ts';
import { logInWithServiceAccount } from '../gmail/login/service-account-login.ts';
import { readServiceAccountFile } from '../gmail/login/service-account-file.ts';
import { exitInterrupted, type CommandContext } from './command.ts';
import { openLineReader, type LineReader } from './login/line-reader.ts';
import { readLoginOptions, type LoginOptions } from './login/login-options.ts';
import { formatAddress, formatLeftOut, formatStored } from './login/login-texts.ts';
import { hasDisplay, openBrowser } from './login/open-browser.ts';
import { withSharedSettings } from './shared-settings.ts';

/** Everything that a login of one run works with. */
interface Run {
  readonly context: CommandContext;
  readonly options: LoginOptions;
  readonly configuration: Configuration;
  /** What the login is to be good for. */
  readonly grants: ReadonlySet<MailGrant>;
  readonly store: CredentialStore;
  readonly feed: () => Feed;
  /** What the person types; undefined where nobody does. */
  readonly lines: LineReader | undefined;
  readonly isPasting: boolean;
}

/** Reads lines until one is an answer. Throws `INVALID_INPUT` when the input ends before. */
async function readPasted(
  lines: LineReader,
  { stderr }: CommandContext,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  const form = 'http://127.0.0.1:…/?state=…&code=…';
  for (;;) {
    const line = await lines.next(signal);
    if (line === undefined) {
      throw new AppError('INVALID_INPUT', 'The input ended before an address was pasted. Nothing was stored.', {
        expected: form,
        got: 'nothing',
      });
    }
    const answer = parsePastedAnswer(line);
    if (answer !== undefined) return answer;
    if (line.trim() !== '') stderr.write(`That is not it: the whole address is wanted, ${form}\n`);
  }
}

async function obtainLogin({
  context,
  options,
  configuration,
  grants,
  store,
  lines,
  isPasting,
}: Run): Promise<ConfirmedLogin> {
  const { environment, stderr, signal } = context;
  const { way, account } = options;
  const request: LoginRequest = {
    ...(account === undefined ? {} : { emailAddress: account }),
    grants,
    apiRootUrl: configuration.apiRootUrl,
    oauthRootUrl: configuration.oauthRootUrl,
    signal,
  };
  if (way.kind === 'serviceAccount') {
    return logInWithServiceAccount({
      ...request,
      emailAddress: way.account,
      key: readServiceAccountFile(way.file),
    });
  }
  return logInWithBrowser({
    ...request,
    client: await chooseClient({ file: way.clientFile, configuration, store, emailAddress: account }),
    port: way.port,
    timeoutMs: consentTimeoutMs,
    showAddress(url) {
      stderr.write(formatAddress(url, isPasting, Date.now() + consentTimeoutMs));
      if (way.opensBrowser && hasDisplay(environment)) openBrowser(url, environment);
    },
    ...(lines !== undefined && isPasting
      ? { readPasted: (signal: AbortSignal) => readPasted(lines, context, signal) }
      : {}),
  });
}

/** Whether a login that covers less than was asked for is to be stored; with nobody to ask it is not. */
async function isAccepted({ credential, missing }: ConfirmedLogin, { context, options, lines }: Run): Promise<boolean> {
  if (missing.length === 0) return true;
  const { stderr, signal } = context;
  stderr.write(formatLeftOut(credential, missing));
  if (options.acceptsMissing) return true;
  if (lines === undefined) return false;
  stderr.write('Store the login without them? [y/N] ');
  const answer = await lines.next(AbortSignal.any([signal, AbortSignal.timeout(consentTimeoutMs)])).catch(() => {
    signal.throwIfAborted();
    return 'n';
  });
  return /^y(?:es)?$/i.test(answer?.trim() ?? '');
}

async function logIn(run: Run): Promise<number> {
  const { context, configuration, grants, store } = run;
  const login = await obtainLogin(run);
  if (!(await isAccepted(login, run))) {
    throw new AppError('FORBIDDEN', 'The login does not cover what was asked for, so it was not stored.', {
      field: '--grants',
      expected: 'every box ticked on the consent page',
      got: `without ${login.missing.join(', ')}`,
      hint: 'Run `gmail-llm login` again and tick them; or ask for fewer --grants; or add --accept-missing.',
    });
  }
  await store.save(login.credential);
  await announceLogin(run.feed, login.credential.emailAddress);
  context.stdout.write(formatStored(login.credential, grants, configuration));
  return 0;
}

/** Writes into the feed that there is a login. It is stored whether that can be done or not. */
async function announceLogin(feed: () => Feed, account: string): Promise<void> {
  const cause = { by: 'call', requestId: randomUUID(), operation: 'login' } as const;
  try {
    await feed().append([{ account, kind: 'accountState', ids: {}, state: 'connected', cause }]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

/**
 * `gmail-llm login`: connects a Gmail account and stores the login for all processes of this home. Answers 130 when it
 * was interrupted. Throws `INVALID_INPUT` for wrong arguments, files and accounts, `FORBIDDEN` where the person or
 * Google refuses, `UNAVAILABLE` where nobody answers.
 */
export async function runLogin(context: CommandContext): Promise<number> {
  const { home, stderr, signal } = context;
  const options = readLoginOptions(context.arguments);
  fillHome(home);
  const environment = await withSharedSettings(context);
  const configuration = parseConfiguration(environment);
  // A login is for the live backend, whichever is in use while the person logs in.
  const grants = options.grants ?? parseConfiguration({ ...environment, GMAIL_BACKEND: 'gmail' }).grants;
  const { way } = options;
  const isPasting = way.kind === 'browser' && (way.isPasted || (process.stdin.isTTY && !hasDisplay(environment)));
  const stores = await openHomeStores(configuration, home.dataFolder, Date.now);
  const store = openCredentials(stores.live, home.dataFolder, configuration);
  const lines = isPasting || process.stdin.isTTY ? openLineReader(process.stdin) : undefined;
  try {
    return await logIn({ context, options, configuration, grants, store, feed: stores.feed.feed, lines, isPasting });
  } catch (error) {
    if (!signal.aborted) throw error;
    stderr.write('\nStopped. Nothing was stored.\n');
    return exitInterrupted;
  } finally {
    lines?.close();
    store.close();
    await stores.close();
  }
}
