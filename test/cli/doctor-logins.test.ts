import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { CredentialStore } from '../../src/gmail/credential.ts';
import type { TestEmulator } from '../support/emulator.ts';
import { logIn, runCommand, startGoogle, storeOf } from './command-harness.ts';
import { assertFinding, diagnose, type Expected } from './doctor-harness.ts';

type Environment = Readonly<Record<string, string>>;

const login = 'login me@example.org';

/** What happened to a home with one login after that. */
interface Situation {
  readonly what: string;
  readonly words?: readonly string[];
  readonly happens?: (google: TestEmulator, store: CredentialStore, environment: Environment) => unknown;
  readonly changes?: Environment;
  readonly expected: readonly Expected[];
}

/** Lets the login that is stored die at Google. */
async function kill(google: TestEmulator, store: CredentialStore, death: 'revoked' | 'invalid_rapt'): Promise<void> {
  const { credential } = await store.read('me@example.org');
  assert.ok(credential.kind === 'oauth');
  const grant = google.tokens.grants().find(({ refreshToken }) => refreshToken === credential.refreshToken);
  google.tokens.kill(grant?.id ?? '', death);
}

const dataFile = (environment: Environment, name: string) => join(environment.GMAIL_HOME ?? '', 'data', 'gmail', name);

const situations: readonly Situation[] = [
  {
    what: 'a login that works',
    expected: [
      {
        name: login,
        state: 'ok',
        found: /^Google renews it and Gmail answers; it covers read, organize, draft, send$/,
      },
      { name: 'backend', state: 'ok', found: /^gmail, account me@example\.org$/ },
      { name: 'clock', state: 'ok', found: /agrees/ },
    ],
  },
  {
    what: 'a login that was revoked',
    happens: (google, store) => kill(google, store, 'revoked'),
    expected: [
      {
        name: login,
        state: 'fault',
        found:
          /testing mode.*6 months.*100 logins.*password was changed.*removed.*\(Google says: invalid_grant: Token has been expired or revoked\.\)/,
        fix: /Command: gmail-llm login --account me@example\.org$/,
      },
    ],
  },
  {
    what: 'a Workspace session that has run out',
    happens: (google, store) => kill(google, store, 'invalid_rapt'),
    expected: [{ name: login, state: 'fault', found: /session control of the Workspace/ }],
  },
  {
    what: 'a login that a server has found dead',
    happens: (_, store) => store.markReauth('me@example.org', 1, 'Google has ended this login.'),
    expected: [
      {
        name: login,
        state: 'fault',
        found: /^Google has ended this login\.$/,
        fix: /gmail-llm login --account me@example\.org/,
      },
    ],
  },
  {
    what: 'a login in testing mode that has ended',
    happens: async (_, store) => {
      const { credential } = await store.read('me@example.org');
      await store.save({ ...credential, ...(credential.kind === 'oauth' ? { refreshTokenExpiresMs: 1000 } : {}) });
    },
    expected: [{ name: login, state: 'fault', found: /^It ended on 1970-01-01 /, fix: /"In production"/ }],
  },
  {
    what: 'grants that the login does not cover',
    words: ['--grants', 'read'],
    changes: { GMAIL_GRANTS: 'read,send,settings' },
    expected: [
      {
        name: login,
        state: 'warning',
        found: /^GMAIL_GRANTS allows more than it covers: nothing can be sent; filters, vacation replies/,
        fix: /^Run: gmail-llm login --account me@example\.org --grants read,send,settings\. Or set GMAIL_GRANTS=read$/,
      },
    ],
  },
  {
    what: 'an API that is not enabled',
    happens: (google) =>
      google.faults.add({
        match: 'gmail.users.getProfile',
        kind: 'status',
        status: 403,
        reason: 'accessNotConfigured',
      }),
    expected: [
      {
        name: login,
        state: 'fault',
        found: /The Gmail API is not enabled/,
        fix: /apis\/library\/gmail\.googleapis\.com/,
      },
    ],
  },
  {
    what: 'a token endpoint that fails',
    happens: (google) => google.faults.add({ match: 'token', kind: 'status', status: 503 }),
    expected: [
      { name: login, state: 'fault', found: /cannot be asked for a token: it answered HTTP 503/, fix: /network/ },
    ],
  },
  {
    what: 'a client that was deleted',
    happens: (google) =>
      google.faults.add({
        match: 'token',
        kind: 'status',
        status: 401,
        body: { error: 'deleted_client', error_description: 'The OAuth client was deleted.' },
      }),
    expected: [
      { name: login, state: 'fault', found: /client was deleted in the Google Cloud console/, fix: /Desktop app/ },
    ],
  },
  {
    what: 'a clock that is ten minutes behind',
    happens: (google) =>
      google.faults.add({
        match: 'token',
        kind: 'status',
        status: 200,
        headers: { date: new Date(Date.now() + 600_000).toUTCString() },
        body: {},
      }),
    expected: [
      {
        name: 'clock',
        state: 'fault',
        found: /^This machine's clock is (?:599|600|601) s behind Google's\.$/,
        fix: /timedatectl/,
      },
    ],
  },
  {
    what: 'a clock that is two minutes ahead',
    happens: (google) =>
      google.faults.add({
        match: 'token',
        kind: 'status',
        status: 200,
        headers: { date: new Date(Date.now() - 120_000).toUTCString() },
        body: {},
      }),
    expected: [
      { name: 'clock', state: 'warning', found: /^This machine's clock is (?:119|120|121) s ahead of Google's\.$/ },
    ],
  },
  {
    what: 'a key that is gone',
    happens: (_, __, environment) => rmSync(dataFile(environment, 'key')),
    expected: [{ name: login, state: 'fault', found: /cannot be decrypted: its key is gone/, fix: /GMAIL_KEY_STORE/ }],
  },
  {
    what: 'a key that others can read',
    happens: (_, __, environment) => chmodSync(dataFile(environment, 'key'), 0o644),
    expected: [
      { name: 'home', state: 'fault', found: /key is open to other users/, fix: /chmod 600/ },
      { name: login, state: 'fault', found: /can be read by other users/ },
    ],
  },
  {
    what: 'a login that the servers do not use',
    changes: { GMAIL_BACKEND: 'local' },
    expected: [
      {
        name: 'backend',
        state: 'warning',
        found: /me@example\.org is logged in, and GMAIL_BACKEND is local/,
        fix: /GMAIL_BACKEND=gmail/,
      },
    ],
  },
  {
    what: 'an account that never logged in',
    changes: { GMAIL_ACCOUNT: 'ann@example.org' },
    expected: [
      {
        name: 'backend',
        state: 'fault',
        found: /GMAIL_ACCOUNT is ann@example\.org, and the accounts of gmail are me@example\.org/,
      },
    ],
  },
  {
    what: 'an access token that Google does not take',
    changes: { GMAIL_ACCESS_TOKEN: 'ya29.old' },
    expected: [
      { name: 'backend', state: 'warning', found: /GMAIL_ACCESS_TOKEN in place of a stored login/ },
      { name: 'GMAIL_ACCESS_TOKEN', state: 'fault', found: /^Gmail does not take the access token/ },
    ],
  },
];

async function startWithLogin(t: TestContext, words: readonly string[] = []) {
  const { emulator, environment } = await startGoogle(t);
  const { code, stderr } = await logIn(environment, words);
  assert.equal(code, 0, stderr);
  return { emulator, environment };
}

for (const { what, words, happens, changes, expected } of situations) {
  test(`the doctor finds ${what}`, async (t) => {
    const { emulator, environment } = await startWithLogin(t, words);
    await happens?.(emulator, storeOf(t, environment), environment);
    const diagnosis = await diagnose({ ...environment, ...changes });
    for (const finding of expected) assertFinding(diagnosis, finding);
  });
}

test('a login in testing mode is warned about while it works', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  emulator.settings.change({ refreshTokenSeconds: 604_800 });
  await logIn(environment);
  const findings = (await diagnose(environment)).of(login);
  assert.deepEqual(
    findings.map(({ state }) => state),
    ['warning', 'ok'],
  );
  assert.match(
    findings[0]?.found ?? '',
    /^It ends on \d{4}-\d\d-\d\d \d\d:\d\d: the OAuth client is in testing mode\.$/,
  );
});

test('an access token that Google takes is found good', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  const diagnosis = await diagnose({ ...environment, GMAIL_ACCESS_TOKEN: emulator.account.accessToken });
  assertFinding(diagnosis, { name: 'GMAIL_ACCESS_TOKEN', state: 'ok', found: /^Gmail takes it for me@example\.org$/ });
});

test('several logins are each looked at, and calls have to name one', async (t) => {
  const { environment } = await startGoogle(t, ['me@example.org', 'ann@example.org']);
  await logIn(environment);
  await logIn(environment, ['--account', 'ann@example.org']);
  const diagnosis = await diagnose(environment);
  assertFinding(diagnosis, { name: login, state: 'ok', found: /renews/ });
  assertFinding(diagnosis, { name: 'login ann@example.org', state: 'ok', found: /renews/ });
  assertFinding(diagnosis, {
    name: 'backend',
    state: 'warning',
    found: /^There are 2 accounts \(ann@example\.org, me@example\.org\)/,
  });
});

test('what the doctor prints holds no secret', async (t) => {
  const { emulator, environment } = await startWithLogin(t);
  const { credential } = await storeOf(t, environment).read('me@example.org');
  assert.ok(credential.kind === 'oauth');
  const { stdout } = await runCommand(['doctor'], environment);
  for (const secret of [credential.refreshToken, emulator.account.clientSecret, 'ya29.', 'gml_']) {
    assert.ok(!stdout.includes(secret), secret);
  }
});
