import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { optionTypes } from '../../src/cli/login/login-options.ts';
import { newEnvironment } from '../support/installation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  addressOf,
  consentTo,
  jsonFile,
  logIn,
  runCommand,
  startCommand,
  startGoogle,
  startProcess,
  storeOf,
} from './command-harness.ts';

const modify = 'https://www.googleapis.com/auth/gmail.modify';
const settings = 'https://www.googleapis.com/auth/gmail.settings.basic';

/** Everything that was written below a folder, as text. */
function contentOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

test('a login is stored once the person has consented, and says what it covers and how to use it', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  const { code, stdout, stderr } = await logIn(environment);
  assert.equal(code, 0, stderr);
  assert.equal(
    stdout,
    [
      'Connected: me@example.org',
      '  It covers read, organize, draft, send; the servers allow read, organize, draft (GMAIL_GRANTS).',
      '',
      'Servers that run use it from their next call on; nothing has to be restarted.',
      'To check it: gmail-llm doctor',
      '',
    ].join('\n'),
  );
  const { credential, generation } = await storeOf(t, environment).read('me@example.org');
  assert.equal(generation, 1);
  assert.deepEqual(credential.scopes, [modify]);
  assert.ok(credential.kind === 'oauth');
  const grant = emulator.tokens.grants().find(({ refreshToken }) => refreshToken === credential.refreshToken);
  assert.equal(grant?.emailAddress, 'me@example.org');
});

test('the page is asked for with PKCE, a state, offline access and the account that is meant', async (t) => {
  const { environment } = await startGoogle(t);
  const command = startCommand(
    ['login', '--no-browser', '--account', 'Me@Example.org', '--grants', 'read'],
    environment,
  );
  const { searchParams } = new URL(await addressOf(command));
  assert.match(searchParams.get('redirect_uri') ?? '', /^http:\/\/127\.0\.0\.1:\d+\/$/);
  assert.match(searchParams.get('state') ?? '', /^[\w-]{43}$/);
  assert.match(searchParams.get('code_challenge') ?? '', /^[\w-]{43}$/);
  const { code_challenge_method, access_type, prompt, login_hint, response_type, scope } =
    Object.fromEntries(searchParams);
  assert.deepEqual(
    { code_challenge_method, access_type, prompt, login_hint, response_type, scope },
    {
      code_challenge_method: 'S256',
      access_type: 'offline',
      prompt: 'consent',
      login_hint: 'me@example.org',
      response_type: 'code',
      scope: 'https://www.googleapis.com/auth/gmail.readonly',
    },
  );
  command.interrupt();
  assert.equal((await command.finished).code, 130);
});

test('what the servers still have to be started with is told', async (t) => {
  const { environment } = await startGoogle(t);
  const words = ['--grants', 'read,send,settings'];
  const { stdout } = await logIn({ ...environment, GMAIL_BACKEND: 'local', GMAIL_GRANTS: 'read' }, words);
  assert.match(stdout, /start the servers with: GMAIL_BACKEND=gmail GMAIL_GRANTS=read,send,settings\n/);
});

test('no secret is printed or lies unencrypted in the home', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  const { stdout, stderr } = await logIn(environment);
  const { credential } = await storeOf(t, environment).read('me@example.org');
  assert.ok(credential.kind === 'oauth');
  const written = contentOf(environment.GMAIL_HOME ?? '');
  for (const secret of [credential.refreshToken, emulator.account.clientSecret, 'ya29.', '4/0A', 'PRIVATE KEY']) {
    assert.ok(!`${stdout}${stderr}`.includes(secret), `printed: ${secret}`);
    assert.ok(!written.includes(secret), `written: ${secret}`);
  }
});

test('the browser is told to go back to the terminal, by a page that keeps its address to itself', async (t) => {
  const { environment } = await startGoogle(t);
  const command = startCommand(['login', '--no-browser'], environment);
  const target = await consentTo(await addressOf(command));
  const other = await fetch(new URL('/favicon.ico', target));
  assert.equal(other.status, 404);
  const response = await fetch(target);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
  assert.match(await response.text(), /Go back to the terminal/);
  assert.equal((await command.finished).code, 0);
  await assert.rejects(fetch(target), 'nobody listens any more');
});

test('the desktop opens the address where there is a display', async (t) => {
  const { environment } = await startGoogle(t);
  const folder = temporaryFolder(t);
  const opener = join(folder, process.platform === 'darwin' ? 'open' : 'xdg-open');
  writeFileSync(opener, `#!${process.execPath}\nfetch(process.argv[2]).then((answer) => answer.text());\n`);
  chmodSync(opener, 0o700);
  const command = startCommand(['login'], { ...environment, DISPLAY: ':0', PATH: folder });
  const { code, stderr } = await command.finished;
  assert.equal(code, 0, stderr);
});

test('a desktop that cannot open addresses stops nothing', async (t) => {
  const { environment } = await startGoogle(t);
  const command = startCommand(['login'], { ...environment, DISPLAY: ':0', PATH: temporaryFolder(t) });
  await (await fetch(await addressOf(command))).text();
  assert.equal((await command.finished).code, 0);
});

test('--accept-missing stores what was granted', async (t) => {
  const { environment } = await startGoogle(t);
  const words = ['--grants', 'read,organize,settings', '--accept-missing'];
  const { code, stdout, stderr } = await logIn(environment, words, { emulator_consent: `untick:${settings}` });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /It covers read, organize, draft, send; the servers allow /);
  assert.deepEqual((await storeOf(t, environment).read('me@example.org')).credential.scopes, [modify]);
});

test('the person who pastes the address may mistype it first, and is asked about what was left out', async (t) => {
  const { environment } = await startGoogle(t);
  const command = startProcess(t, ['login', '--paste', '--grants', 'read,settings,draft'], environment);
  const target = new URL(await consentTo(await addressOf(command), { emulator_consent: `untick:${settings}` }));
  await command.untilSaid(/paste it here and press Enter/);
  command.type(`\n${target.searchParams.get('code')}\n`);
  await command.untilSaid(/That is not it: the whole address is wanted/);
  command.type(`${target.href}\n`);
  await command.untilSaid(/Store the login without them\? \[y\/N\] $/);
  command.type('y\n');
  const { code, stdout, stderr } = await command.finished;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Connected: me@example\.org\n/);
});

test('an input that ends before an address was pasted ends the login', async (t) => {
  const { environment } = await startGoogle(t);
  const command = startProcess(t, ['login', '--paste'], environment);
  await addressOf(command);
  command.type('');
  const { code, stderr } = await command.finished;
  assert.equal(code, 2);
  assert.match(stderr, /INVALID_INPUT: The input ended before an address was pasted\. Nothing was stored\./);
});

test('Ctrl-C ends a login that waits, at once and with the code of an interruption', async (t) => {
  const { environment } = await startGoogle(t);
  const command = startProcess(t, ['login', '--no-browser'], environment);
  await addressOf(command);
  command.interrupt();
  const { code, stdout, stderr } = await command.finished;
  assert.equal(code, 130);
  assert.equal(stdout, '');
  assert.match(stderr, /Stopped\. Nothing was stored\.\n$/);
});

test('dots, case and a plus do not make another account of gmail.com', async (t) => {
  const { environment } = await startGoogle(t, ['annsmith@gmail.com']);
  const { code, stdout, stderr } = await logIn(environment, ['--account', 'Ann.Smith+work@googlemail.com']);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Connected: annsmith@gmail\.com\n/);
});

test('several accounts log in one after the other, the later with the client of the first', async (t) => {
  const { emulator, environment } = await startGoogle(t, ['me@example.org', 'ann@example.org']);
  const { clientId, clientSecret } = emulator.account;
  const { GMAIL_CLIENT_ID: _, GMAIL_CLIENT_SECRET: __, ...bare } = environment;
  const file = jsonFile(t, { installed: { client_id: clientId, client_secret: clientSecret, project_id: 'p' } });
  assert.equal((await logIn(bare, ['--client', file])).code, 0);
  assert.equal((await logIn(bare, ['--account', 'ann@example.org'])).code, 0);
  const store = storeOf(t, environment);
  assert.deepEqual(
    (await store.list()).map(({ emailAddress }) => emailAddress),
    ['ann@example.org', 'me@example.org'],
  );
});

test('a client in testing mode is told of with the day on which the login ends', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  emulator.settings.change({ refreshTokenSeconds: 604_800 });
  const { stdout } = await logIn(environment);
  assert.match(
    stdout,
    /It ends on \d{4}-\d\d-\d\d \d\d:\d\d, as the OAuth client is in testing mode\.\n.*"In production"/,
  );
  const { refreshTokenExpiresMs = 0 } = (await storeOf(t, environment).list())[0] ?? {};
  assert.ok(Math.abs(refreshTokenExpiresMs - Date.now() - 604_800_000) < 60_000);
});

test('a faulty environment is refused before anything is asked', async (t) => {
  const environment = await newEnvironment(t);
  const { code, stderr } = await runCommand(['login'], { ...environment, GMAIL_KEY_STORE: 'paper' });
  assert.equal(code, 2);
  assert.match(stderr, /GMAIL_KEY_STORE: expected one of file, keyring/);
  assert.ok(!existsSync(join(environment.GMAIL_HOME ?? '', 'data')));
});

test('every option is on the page about logging in, and only those', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/login.md'), 'utf8');
  const named = [...page.matchAll(/^\| `--([a-z-]+)/gm)].map(([, name = '']) => name);
  assert.deepEqual(named.toSorted(), Object.keys(optionTypes).toSorted());
});
