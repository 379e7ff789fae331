import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { newEnvironment } from '../support/installation.ts';
import { logIn, runCommand, startGoogle, storeOf } from './command-harness.ts';

function makeMailbox(environment: Readonly<Record<string, string>>, emailAddress: string): void {
  const folder = localMailboxFolder(join(environment.GMAIL_HOME ?? '', 'data'), emailAddress);
  openLocalMailbox({ store: openMailStore(folder), emailAddress }).close();
}

test('a home without accounts says how to come by one', async (t) => {
  const { environment } = await startGoogle(t);
  const { code, stdout } = await runCommand(['accounts'], environment);
  assert.equal(code, 0);
  assert.match(stdout, /^There is no account yet\. `gmail-llm login` connects Gmail/);
  assert.equal((await runCommand(['accounts', 'list', '--json'], environment)).stdout, '[]\n');
});

test('logins and local mailboxes are listed with their state and what they cover', async (t) => {
  const { environment } = await startGoogle(t, ['me@example.org', 'ann@example.org']);
  await logIn(environment);
  await logIn(environment, ['--account', 'ann@example.org', '--grants', 'read,settings']);
  makeMailbox(environment, 'old@example.org');
  await storeOf(t, environment).markReauth('me@example.org', 1, 'Google has ended this login.');
  const { stdout } = await runCommand(['accounts', 'list'], environment);
  assert.equal(
    stdout,
    [
      'ann@example.org  Gmail: connected; covers read, settings',
      'me@example.org   Gmail: needs a login; covers read, organize, draft, send',
      '                 Google has ended this login.',
      '                 Run: gmail-llm login --account me@example.org',
      'old@example.org  local mailbox',
      '',
    ].join('\n'),
  );
  const rows = JSON.parse((await runCommand(['accounts', '--json'], environment)).stdout) as { createdAt?: string }[];
  assert.deepEqual(
    rows.map(({ createdAt: _createdAt, ...row }) => row),
    [
      {
        emailAddress: 'ann@example.org',
        kind: 'gmail',
        login: 'oauth',
        state: 'connected',
        grants: ['read', 'settings'],
        scopes: [
          'https://www.googleapis.com/auth/gmail.readonly',
          'https://www.googleapis.com/auth/gmail.settings.basic',
        ],
      },
      {
        emailAddress: 'me@example.org',
        kind: 'gmail',
        login: 'oauth',
        state: 'needs login',
        reason: 'Google has ended this login.',
        grants: ['read', 'organize', 'draft', 'send'],
        scopes: ['https://www.googleapis.com/auth/gmail.modify'],
      },
      { emailAddress: 'old@example.org', kind: 'local', state: 'connected' },
    ],
  );
});

test('a login in testing mode is listed with its end, and after it as needing a login', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  emulator.settings.change({ refreshTokenSeconds: 604_800 });
  await logIn(environment);
  const before = await runCommand(['accounts'], environment);
  assert.match(before.stdout, /connected;[^]*ends on \d{4}-\d\d-\d\d \d\d:\d\d: the OAuth client is in testing mode/);
  const store = storeOf(t, environment);
  const { credential } = await store.read('me@example.org');
  await store.save({ ...credential, ...(credential.kind === 'oauth' ? { refreshTokenExpiresMs: 1000 } : {}) });
  const after = await runCommand(['accounts'], environment);
  assert.match(after.stdout, /needs a login;[^]*testing mode, and the login ended on 1970-01-01/);
});

test('a removed login is revoked at Google and forgotten', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  await logIn(environment);
  const { credential } = await storeOf(t, environment).read('me@example.org');
  assert.ok(credential.kind === 'oauth');
  const { code, stdout, stderr } = await runCommand(['accounts', 'remove', 'Me@Example.org'], environment);
  assert.equal(code, 0, stderr);
  assert.equal(
    stdout,
    'Forgotten: me@example.org. It was revoked at Google: no login of this client and account works any more.\n',
  );
  const grant = emulator.tokens.grants().find(({ refreshToken }) => refreshToken === credential.refreshToken);
  assert.equal(grant?.death, 'revoked');
  assert.deepEqual(await storeOf(t, environment).list(), []);
});

test('a login that cannot be revoked is forgotten all the same, and its owner told where to do it', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  await logIn(environment);
  emulator.faults.add({ match: 'revoke', kind: 'status', status: 503 });
  const { code, stdout } = await runCommand(['accounts', 'remove', 'me@example.org'], environment);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /It could not be revoked at Google: it answered HTTP 503\. Remove its access at https:\/\/myaccount\.google\.com\/permissions yourself\.\n$/,
  );
  assert.deepEqual(await storeOf(t, environment).list(), []);
});

test('a login whose key is gone can still be forgotten', async (t) => {
  const { environment } = await startGoogle(t);
  await logIn(environment);
  rmSync(join(environment.GMAIL_HOME ?? '', 'data', 'gmail', 'key'));
  const { code, stdout } = await runCommand(['accounts', 'remove', 'me@example.org'], environment);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^Forgotten: me@example\.org\. It was not revoked at Google, as it cannot be decrypted any more\./,
  );
});

test('rotate-key keeps every login readable under another key', async (t) => {
  const { environment } = await startGoogle(t);
  await logIn(environment);
  const before = await storeOf(t, environment).read('me@example.org');
  const { code, stdout } = await runCommand(['accounts', 'rotate-key'], environment);
  assert.equal(code, 0);
  assert.match(stdout, /^Every login is encrypted with a new key, and the old key is gone\./);
  assert.deepEqual(await storeOf(t, environment).read('me@example.org'), before);
});

for (const [words, code, pattern] of [
  [['remove'], 2, /INVALID_INPUT: Which account\?/],
  [
    ['remove', 'nobody@example.org'],
    4,
    /NOT_FOUND: There is no stored login of nobody@example\.org\.\nfield: emailAddress\nexpected: a Gmail account that was logged in\n/,
  ],
  [
    ['remove', 'old@example.org'],
    2,
    /This would delete the local mailbox old@example\.org and its mail \(messages: 0\); nothing was deleted\.\nexpected: --yes, or a person at a terminal/,
  ],
  [['rename', 'old@example.org'], 2, /INVALID_INPUT: What is its new address\?/],
  [['rename', 'old@example.org', 'Ann'], 2, /This is no e-mail address\./],
  [['rename', 'old@example.org', 'OLD@example.org'], 5, /CONFLICT: There is a mailbox of old@example\.org already\./],
  [
    ['rename', 'nobody@example.org', 'ann@example.org'],
    4,
    /There is no local mailbox of nobody@example\.org\.\n[^]*expected: old@example\.org/,
  ],
  [['rename', 'demo@gmail-llm.example', 'ann@example.org'], 2, /The demo mailbox is made by the program itself\./],
  [['rename', 'old@example.org', 'demo@gmail-llm.example'], 2, /This is the address of the demo mailbox\./],
  [['list', '--yes'], 2, /Unexpected argument for `accounts`\./],
  [['frob'], 2, /There is no verb frob\./],
  [['list', 'me@example.org'], 2, /Unexpected argument for `accounts`\./],
  [['rotate-key', '--json'], 2, /Unexpected argument for `accounts`\./],
  [['--what'], 2, /Unknown option '--what'/],
] as const) {
  test(`accounts ${words.join(' ')} is refused`, async (t) => {
    const environment = await newEnvironment(t);
    makeMailbox(environment, 'old@example.org');
    const result = await runCommand(['accounts', ...words], environment);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, pattern);
  });
}
