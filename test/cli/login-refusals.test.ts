import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { newEnvironment } from '../support/installation.ts';
import {
  addressOf,
  consentTo,
  jsonFile,
  logIn,
  runCommand,
  startCommand,
  startGoogle,
  storeOf,
} from './command-harness.ts';

const modify = 'https://www.googleapis.com/auth/gmail.modify';
const settings = 'https://www.googleapis.com/auth/gmail.settings.basic';

test('a denied consent stores nothing and says so on both sides', async (t) => {
  const { environment } = await startGoogle(t);
  const command = startCommand(['login', '--no-browser'], environment);
  const target = await consentTo(await addressOf(command), { emulator_consent: 'deny' });
  assert.match(await (await fetch(target)).text(), /No access was given/);
  const { code, stderr } = await command.finished;
  assert.equal(code, 77);
  assert.match(
    stderr,
    /FORBIDDEN: The consent was denied in the browser, so nothing was stored\.\ngot: access_denied\n/,
  );
  assert.deepEqual(await storeOf(t, environment).list(), []);
});

test('an answer with the state of another login ends the login', async (t) => {
  const { environment } = await startGoogle(t);
  const command = startCommand(['login', '--no-browser'], environment);
  const target = new URL(await consentTo(await addressOf(command)));
  target.searchParams.set('state', 'x'.repeat(43));
  await (await fetch(target)).text();
  const { code, stderr } = await command.finished;
  assert.equal(code, 77);
  assert.match(stderr, /FORBIDDEN: The answer belongs to another login: its state is not the one that was sent\.\n/);
  assert.deepEqual(await storeOf(t, environment).list(), []);
});

test('a code that was used before is not taken again', async (t) => {
  const { environment } = await startGoogle(t);
  const first = startCommand(['login', '--no-browser'], environment);
  const used = new URL(await consentTo(await addressOf(first)));
  await (await fetch(used)).text();
  assert.equal((await first.finished).code, 0);
  const second = startCommand(['login', '--no-browser'], environment);
  const target = new URL(await consentTo(await addressOf(second)));
  target.searchParams.set('code', used.searchParams.get('code') ?? '');
  await (await fetch(target)).text();
  const { code, stderr } = await second.finished;
  assert.equal(code, 77);
  assert.match(
    stderr,
    /FORBIDDEN: Google does not take the code: it was used before, is too old, or is of another login\./,
  );
  assert.equal((await storeOf(t, environment).read('me@example.org')).generation, 1);
});

test('a box that was unticked is named with what will not work, and the login is not stored', async (t) => {
  const { environment } = await startGoogle(t);
  const words = ['--grants', 'read,organize,settings'];
  const { code, stderr } = await logIn(environment, words, { emulator_consent: `untick:${settings}` });
  assert.equal(code, 77);
  assert.match(
    stderr,
    /Left out on the consent page:\n {2}settings: filters, vacation replies and other settings cannot be changed\nWhat the login covers: read, organize, draft, send\.\n/,
  );
  assert.match(stderr, /FORBIDDEN: The login does not cover what was asked for, so it was not stored\.\n/);
  assert.deepEqual(await storeOf(t, environment).list(), []);
});

test('a login without the permission to read is never stored', async (t) => {
  const { environment } = await startGoogle(t);
  const words = ['--grants', 'read,settings', '--accept-missing'];
  const readonly = 'https://www.googleapis.com/auth/gmail.readonly';
  const { code, stderr } = await logIn(environment, words, { emulator_consent: `untick:${readonly}` });
  assert.equal(code, 77);
  assert.match(stderr, /FORBIDDEN: Reading mail was left out on the consent page, and nothing works without it\./);
});

test('the account that was chosen in the browser must be the one that was named', async (t) => {
  const { environment } = await startGoogle(t, ['me@example.org', 'ann@example.org']);
  const { code, stderr } = await logIn(environment, ['--account', 'ann@example.org'], {
    emulator_account: 'me@example.org',
  });
  assert.equal(code, 2);
  assert.match(
    stderr,
    /INVALID_INPUT: The login is of another account, so it was not stored\.\nfield: --account\nexpected: ann@example\.org\ngot: me@example\.org\n/,
  );
  assert.deepEqual(await storeOf(t, environment).list(), []);
});

test('a port that is taken is named with who holds it', async (t) => {
  const { environment } = await startGoogle(t);
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  t.after(() => holder.close());
  const { port } = holder.address() as AddressInfo;
  const { code, stderr } = await runCommand(['login', '--no-browser', '--port', `${port}`], environment);
  assert.equal(code, 75);
  assert.match(
    stderr,
    new RegExp(
      `^gmail-llm: UNAVAILABLE: Port ${port} on 127\\.0\\.0\\.1 is in use by (?:pid ${process.pid} |another process)`,
    ),
  );
  assert.match(stderr, /hint: Leave --port away/);
});

for (const [what, rule, code, pattern] of [
  [
    'an API that is not enabled',
    { match: 'gmail.users.getProfile', kind: 'status', status: 403, reason: 'accessNotConfigured' },
    77,
    /FORBIDDEN: The Gmail API is not enabled in the Google Cloud project of the OAuth client\.[^]*console\.cloud\.google\.com\/apis\/library/,
  ],
  [
    'an administrator who switched the API off',
    { match: 'gmail.users.getProfile', kind: 'status', status: 403, reason: 'domainPolicy' },
    77,
    /FORBIDDEN: The Workspace administrator has switched the Gmail API off/,
  ],
  [
    'a Gmail that is down',
    { match: 'gmail.users.getProfile', kind: 'status', status: 503 },
    75,
    /UNAVAILABLE: Gmail failed at getProfile with HTTP 503\./,
  ],
  [
    'a Gmail that throttles the account',
    { match: 'gmail.users.getProfile', kind: 'status', status: 403, reason: 'userRateLimitExceeded' },
    75,
    /RATE_LIMITED: Google has throttled ADDRESS/,
  ],
  [
    'a Gmail that does not know its own token',
    { match: 'gmail.users.getProfile', kind: 'status', status: 401 },
    77,
    /FORBIDDEN: Gmail does not take the access token/,
  ],
  [
    'a token endpoint that cuts connections',
    { match: 'token', kind: 'drop', afterCommit: false },
    75,
    /UNAVAILABLE: http:\/\/127\.0\.0\.1:\d+ cannot be asked for a token/,
  ],
  [
    'an answer without a refresh token',
    { match: 'token', kind: 'status', status: 200, body: { access_token: 'ya29.x', scope: modify } },
    77,
    /FORBIDDEN: Google gave no refresh token, so the login would end within the hour\./,
  ],
  [
    'an answer without an access token',
    { match: 'token', kind: 'status', status: 200, body: { token_type: 'Bearer' } },
    75,
    /UNAVAILABLE: The token endpoint answered without an access token\./,
  ],
  [
    'the scope gmail.metadata',
    {
      match: 'token',
      kind: 'status',
      status: 200,
      body: {
        access_token: 'ya29.x',
        refresh_token: '1//x',
        scope: `${modify} https://www.googleapis.com/auth/gmail.metadata`,
      },
    },
    77,
    /FORBIDDEN: This login carries the scope gmail\.metadata, with which Gmail shows no mail/,
  ],
  [
    'a wrong client secret',
    {
      match: 'token',
      kind: 'status',
      status: 401,
      body: { error: 'invalid_client', error_description: 'Unauthorized' },
    },
    2,
    /INVALID_INPUT: Google does not know the OAuth client, or its secret is another one\./,
  ],
] as const) {
  test(`${what} is told for what it is, and nothing is stored`, async (t) => {
    const { emulator, environment } = await startGoogle(t);
    emulator.faults.add(rule);
    const { code: got, stderr } = await logIn(environment);
    assert.equal(got, code, stderr);
    assert.match(stderr, pattern);
    assert.deepEqual(await storeOf(t, environment).list(), []);
  });
}

for (const [error, code, pattern] of [
  ['admin_policy_enforced', 77, /REAUTH_REQUIRED: A policy of the Workspace does not let this client use the scopes\./],
  ['org_internal', 77, /FORBIDDEN: The consent screen is internal to a Workspace/],
  ['strange_new_error', 77, /FORBIDDEN: Google answered the login with an error\.\ngot: strange_new_error\n/],
] as const) {
  test(`Google's page may answer ${error}`, async (t) => {
    const { environment } = await startGoogle(t);
    const command = startCommand(['login', '--no-browser'], environment);
    const asked = new URL(await addressOf(command)).searchParams;
    const target = new URL(asked.get('redirect_uri') ?? '');
    target.search = new URLSearchParams({ error, state: asked.get('state') ?? '' }).toString();
    await (await fetch(target)).text();
    const { code: got, stderr } = await command.finished;
    assert.equal(got, code);
    assert.match(stderr, pattern);
  });
}

for (const [what, file, pattern] of [
  [
    'a client of a web application',
    { web: { client_id: 'a', client_secret: 'b' } },
    /of type "Web application", which cannot log in here\.[^]*got: web\n[^]*"Desktop app"/,
  ],
  [
    'the key of a service account',
    { type: 'service_account' },
    /is the key of a service account, not an OAuth client\.[^]*--service-account/,
  ],
  ['a client without a secret', { installed: { client_id: 'a' } }, /got: no client_id or no client_secret/],
  ['another JSON', { a: 1 }, /got: no "installed"/],
  ['a list', [], /is not a JSON object/],
  ['no JSON', 'GOCSPX-secret', /is not a JSON object/],
] as const) {
  test(`${what} is refused as a client file, without a word of its secrets`, async (t) => {
    const environment = await newEnvironment(t);
    const { code, stderr } = await runCommand(['login', '--client', jsonFile(t, file)], environment);
    assert.equal(code, 2);
    assert.match(stderr, pattern);
    assert.ok(!stderr.includes('GOCSPX-secret'));
  });
}

for (const [words, pattern] of [
  [['--client', '/does/not/exist.json'], /INVALID_INPUT: There is no file \/does\/not\/exist\.json\./],
  [['--grants', 'fly'], /There is no such grant\.\nfield: --grants\n/],
  [['--port', 'x'], /This is no port\./],
  [['--account', 'ann'], /This is no e-mail address\./],
  [['ann@example.org'], /Unexpected argument 'ann@example\.org'/],
  [['--frob'], /Unknown option '--frob'/],
  [['--service-account', 'x.json'], /Whose mail is the service account to work on\?/],
  [
    ['--service-account', 'x.json', '--account', 'a@b.org', '--paste'],
    /A service account logs in without a browser\.\nfield: --paste\n/,
  ],
] as const) {
  test(`login ${words.join(' ')} is refused`, async (t) => {
    const { code, stderr } = await runCommand(['login', ...words], await newEnvironment(t));
    assert.equal(code, 2, stderr);
    assert.match(stderr, pattern);
  });
}

test('without any client a person is told how to come by one', async (t) => {
  const environment = await newEnvironment(t);
  const none = await runCommand(['login'], environment);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /There is no OAuth client to log in with yet\.\nfield: --client\n[^]*"Desktop app"/);
  const half = await runCommand(['login'], { ...environment, GMAIL_CLIENT_ID: 'x.apps.googleusercontent.com' });
  assert.match(half.stderr, /The OAuth client is named by half\.\nfield: GMAIL_CLIENT_SECRET\n/);
});
