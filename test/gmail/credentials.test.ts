import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { AppError } from '../../src/core/errors.ts';
import type { ServiceAccountCredential } from '../../src/gmail/credential.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { account, loginOf } from './channel-parts.ts';

const run = promisify(execFile);
const open = (folder: string) => openCredentialStore(folder, { keyStore: 'file' });

const serviceAccount: ServiceAccountCredential = {
  kind: 'serviceAccount',
  emailAddress: 'robot@example.org',
  scopes: ['https://www.googleapis.com/auth/gmail.modify'],
  createdMs: 7,
  clientEmail: 'robot@project.iam.gserviceaccount.com',
  privateKey: '-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n',
};

const isAppError = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

/** Every byte that a home keeps, file by file. */
function bytesIn(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(join(folder, 'gmail'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, 'gmail', name), 'latin1')]));
}

test('gives back both kinds of login, in any case of the address, and shows them without secrets', async (t) => {
  const store = open(temporaryFolder(t));
  t.after(() => store.close());
  const login = loginOf({ refreshTokenExpiresMs: 99 });
  assert.deepEqual(await store.save({ ...login, emailAddress: 'Me@Example.ORG' }), {
    emailAddress: account,
    kind: 'oauth',
    scopes: login.scopes,
    createdMs: 0,
    refreshTokenExpiresMs: 99,
    generation: 1,
  });
  await store.save(serviceAccount);
  assert.deepEqual(await store.read('ME@example.org'), { credential: login, generation: 1 });
  assert.deepEqual(await store.read(serviceAccount.emailAddress), { credential: serviceAccount, generation: 1 });
  assert.deepEqual(
    (await store.list()).map(({ emailAddress, kind }) => [emailAddress, kind]),
    [
      [account, 'oauth'],
      ['robot@example.org', 'serviceAccount'],
    ],
  );
  assert.ok(!JSON.stringify(await store.list()).includes('refresh-1'));
});

test('keeps files that only their owner can read, and no secret in them as it is', async (t) => {
  const folder = temporaryFolder(t);
  const store = open(folder);
  await store.save(loginOf({ refreshToken: 'very-secret-token', clientSecret: 'client-secret' }));
  await store.save(serviceAccount);
  for (const [name, bytes] of Object.entries(bytesIn(folder))) {
    assert.equal(statSync(join(folder, 'gmail', name)).mode & 0o777, 0o600, name);
    assert.ok(!/very-secret-token|client-secret|BEGIN PRIVATE/.test(bytes), name);
  }
  assert.equal(statSync(join(folder, 'gmail')).mode & 0o777, 0o700);
  store.close();
});

test('begins a new generation with every login, also after a removal', async (t) => {
  const store = open(temporaryFolder(t));
  t.after(() => store.close());
  assert.equal((await store.save(loginOf())).generation, 1);
  assert.equal((await store.save(loginOf({ refreshToken: 'refresh-2' }))).generation, 2);
  await store.remove(account);
  await assert.rejects(
    async () => store.read(account),
    isAppError('NOT_FOUND', /^There is no stored login of me@example\.org\.$/),
  );
  await assert.rejects(async () => store.remove(account), isAppError('NOT_FOUND', /no stored login/));
  assert.equal((await store.save(loginOf())).generation, 3);
});

test('takes note of a dead grant, but never of one that was replaced', async (t) => {
  const store = open(temporaryFolder(t));
  t.after(() => store.close());
  await store.save(loginOf());
  await store.markReauth(account, 1, 'It was revoked.');
  assert.equal((await store.info(account))?.reauthReason, 'It was revoked.');
  await store.save(loginOf({ refreshToken: 'refresh-2' }));
  await store.markReauth(account, 1, 'It was revoked.');
  assert.equal((await store.info(account))?.reauthReason, undefined);
});

test('puts a renewed refresh token in place within its generation only', async (t) => {
  const store = open(temporaryFolder(t));
  t.after(() => store.close());
  await store.save(loginOf());
  assert.equal(await store.replaceRefreshToken(account, 1, 'renewed'), true);
  assert.deepEqual(await store.read(account), { credential: loginOf({ refreshToken: 'renewed' }), generation: 1 });
  await store.save(loginOf({ refreshToken: 'another login' }));
  assert.equal(await store.replaceRefreshToken(account, 1, 'late'), false);
  assert.deepEqual((await store.read(account)).credential, loginOf({ refreshToken: 'another login' }));
});

test('leaves nothing of a removed login in any file', async (t) => {
  const folder = temporaryFolder(t);
  const store = open(folder);
  await store.save(loginOf({ clientId: 'client-id-of-the-removed' }));
  await store.remove(account);
  store.close();
  for (const [name, bytes] of Object.entries(bytesIn(folder))) {
    assert.ok(!bytes.includes('client-id-of-the-removed') && !bytes.includes(account), name);
  }
});

test('asks for another login when the key is gone, and stores it under a new key', async (t) => {
  const folder = temporaryFolder(t);
  const first = open(folder);
  await first.save(loginOf());
  first.close();
  rmSync(join(folder, 'gmail', 'key'));
  const store = open(folder);
  t.after(() => store.close());
  assert.equal((await store.list()).length, 1);
  await assert.rejects(
    async () => store.read(account),
    (error) => {
      isAppError(
        'REAUTH_REQUIRED',
        /^The stored login of me@example\.org cannot be decrypted: its key is gone\.$/,
      )(error);
      assert.match((error as AppError).details.hint ?? '', /gmail-llm login --account me@example\.org$/);
      return true;
    },
  );
  await store.save(loginOf({ refreshToken: 'new' }));
  assert.deepEqual((await store.read(account)).credential, loginOf({ refreshToken: 'new' }));
});

test('refuses a key that others can read, and one that is none', async (t) => {
  const folder = temporaryFolder(t);
  const key = join(folder, 'gmail', 'key');
  const first = open(folder);
  await first.save(loginOf());
  first.close();
  chmodSync(key, 0o644);
  const readable = open(folder);
  t.after(() => readable.close());
  await assert.rejects(
    async () => readable.read(account),
    isAppError('UNAVAILABLE', /can be read by other users of this machine\.$/),
  );
  chmodSync(key, 0o600);
  writeFileSync(key, 'nonsense');
  const damaged = open(folder);
  t.after(() => damaged.close());
  await assert.rejects(async () => damaged.read(account), isAppError('UNAVAILABLE', /is not a key of gmail-llm\.$/));
});

test('does not open a secret that was moved to another account', async (t) => {
  const folder = temporaryFolder(t);
  const store = open(folder);
  t.after(() => store.close());
  await store.save(loginOf());
  await store.save(loginOf({ emailAddress: 'thief@example.org' }));
  const database = new DatabaseSync(join(folder, 'gmail', 'accounts.db'));
  database.exec(`UPDATE login SET secret = (SELECT secret FROM login WHERE email_address = '${account}')
    WHERE email_address = 'thief@example.org'`);
  database.close();
  await assert.rejects(
    async () => store.read('thief@example.org'),
    isAppError('REAUTH_REQUIRED', /cannot be decrypted/),
  );
});

test('rotates the key under a process that has the store open', async (t) => {
  const folder = temporaryFolder(t);
  const [here, there] = [open(folder), open(folder)];
  t.after(() => {
    here.close();
    there.close();
  });
  await here.save(loginOf());
  await here.save(serviceAccount);
  assert.deepEqual((await there.read(account)).credential, loginOf());
  const before = readFileSync(join(folder, 'gmail', 'key'), 'utf8');
  const cacheKey = await here.cacheKey(account);
  await here.rotateKey();
  const after = readFileSync(join(folder, 'gmail', 'key'), 'utf8');
  assert.equal(after.split(',').length, 1);
  assert.notEqual(after, before);
  assert.deepEqual((await there.read(account)).credential, loginOf());
  assert.deepEqual((await there.read(serviceAccount.emailAddress)).credential, serviceAccount);
  await there.save(loginOf({ refreshToken: 'after the rotation' }));
  assert.deepEqual((await here.read(account)).credential, loginOf({ refreshToken: 'after the rotation' }));
  assert.notDeepEqual(await here.cacheKey(account), cacheKey);
});

test('reads every login after a rotation that was killed at any step', async (t) => {
  const folder = temporaryFolder(t);
  const [database, key] = [join(folder, 'gmail', 'accounts.db'), join(folder, 'gmail', 'key')];
  const store = open(folder);
  await store.save(loginOf());
  store.close();
  copyFileSync(database, join(folder, 'before.db'));
  const oldKey = readFileSync(key, 'utf8');
  const rotating = open(folder);
  await rotating.rotateKey();
  rotating.close();
  const newKey = readFileSync(key, 'utf8');
  // The new key stands beside the old one, the rows are still as they were; then the rows are new; then the old key goes.
  const steps = [
    { rows: join(folder, 'before.db'), keys: oldKey },
    { rows: join(folder, 'before.db'), keys: `${newKey},${oldKey}` },
    { rows: database, keys: `${newKey},${oldKey}` },
    { rows: database, keys: newKey },
  ];
  copyFileSync(database, join(folder, 'after.db'));
  for (const [index, { rows, keys }] of steps.entries()) {
    copyFileSync(rows === database ? join(folder, 'after.db') : rows, database);
    writeFileSync(key, keys, { mode: 0o600 });
    const survivor = open(folder);
    assert.deepEqual((await survivor.read(account)).credential, loginOf(), `step ${index}`);
    await survivor.rotateKey();
    assert.deepEqual((await survivor.read(account)).credential, loginOf(), `step ${index}`);
    survivor.close();
    assert.equal(readFileSync(key, 'utf8').split(',').length, 1);
  }
});

test('makes one key when several processes store their first login at once', async (t) => {
  const folder = temporaryFolder(t);
  const source = (path: string) => JSON.stringify(join(import.meta.dirname, path));
  const program = `
    import { openCredentialStore } from ${source('../../src/gmail/credentials/open-credential-store.ts')};
    import { loginOf } from ${source('channel-parts.ts')};
    const [folder, emailAddress] = process.argv.slice(1);
    openCredentialStore(folder, { keyStore: 'file' }).save(loginOf({ emailAddress }));`;
  await Promise.all(
    [1, 2, 3, 4].map((number) =>
      run(process.execPath, ['--input-type=module', '-e', program, folder, `user${number}@example.org`]),
    ),
  );
  const store = open(folder);
  t.after(() => store.close());
  assert.equal((await store.list()).length, 4);
  for (const { emailAddress } of await store.list()) {
    assert.deepEqual((await store.read(emailAddress)).credential, loginOf({ emailAddress }));
  }
  assert.equal(readFileSync(join(folder, 'gmail', 'key'), 'utf8').split(',').length, 1);
});

test('derives a key of 32 bytes for the cache of each account, the same at every start', async (t) => {
  const folder = temporaryFolder(t);
  const first = open(folder);
  const key = await first.cacheKey(account);
  assert.equal(key.length, 32);
  assert.notDeepEqual(await first.cacheKey('other@example.org'), key);
  first.close();
  const second = open(folder);
  t.after(() => second.close());
  assert.deepEqual(await second.cacheKey('ME@example.org'), key);
});
