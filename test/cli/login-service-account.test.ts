import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { jsonFile, runCommand, startGoogle, storeOf } from './command-harness.ts';

const modify = 'https://www.googleapis.com/auth/gmail.modify';
const settings = 'https://www.googleapis.com/auth/gmail.settings.basic';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** A service account of the emulator, and its key file. */
function serviceAccount(
  t: TestContext,
  emulator: Awaited<ReturnType<typeof startGoogle>>['emulator'],
  delegatedScopes: readonly string[],
) {
  const clientEmail = 'robot@project.iam.gserviceaccount.com';
  emulator.tokens.registerServiceAccount({ clientEmail, publicKey, delegatedScopes });
  const file = { type: 'service_account', client_email: clientEmail, client_id: '1234567890', private_key: privateKey };
  return { file, path: jsonFile(t, file) };
}

test('a service account with delegation is stored for the address that it works on', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  const { path, file } = serviceAccount(t, emulator, [modify]);
  const words = ['login', '--service-account', path, '--account', 'Me@example.org'];
  const { code, stdout, stderr } = await runCommand(words, environment);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Connected: me@example\.org\n/);
  const { credential } = await storeOf(t, environment).read('me@example.org');
  assert.ok(credential.kind === 'serviceAccount');
  assert.deepEqual([credential.scopes, credential.clientEmail], [[modify], file.client_email]);
  assert.ok(!`${stdout}${stderr}`.includes('PRIVATE KEY'));
});

test('a service account without delegation is told which client id and scopes to enter where', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  const { path } = serviceAccount(t, emulator, []);
  const words = ['login', '--service-account', path, '--account', 'me@example.org', '--grants', 'read,settings'];
  const { code, stderr } = await runCommand(words, environment);
  assert.equal(code, 77);
  assert.match(
    stderr,
    /FORBIDDEN: robot@project\.iam\.gserviceaccount\.com has no delegation for all of these scopes\.\ngot: unauthorized_client: /,
  );
  assert.ok(stderr.includes(`client ID 1234567890, scopes https://www.googleapis.com/auth/gmail.readonly,${settings}`));
  assert.deepEqual(await storeOf(t, environment).list(), []);
});

test('a service account reaches only users of its own Workspace', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  const { path } = serviceAccount(t, emulator, [modify]);
  const { code, stderr } = await runCommand(
    ['login', '--service-account', path, '--account', 'x@gmail.com'],
    environment,
  );
  assert.equal(code, 77);
  assert.match(stderr, /it is no user of its Workspace\.[^]*never @gmail\.com/);
});

test('a clock that is wrong is told apart from a missing delegation', async (t) => {
  const { emulator, environment } = await startGoogle(t);
  const { path } = serviceAccount(t, emulator, [modify]);
  emulator.clock.advance(2 * 3600_000);
  const { code, stderr } = await runCommand(
    ['login', '--service-account', path, '--account', 'me@example.org'],
    environment,
  );
  assert.equal(code, 75);
  assert.match(stderr, /UNAVAILABLE: The clock of this machine is wrong/);
});

for (const [what, change, pattern] of [
  [
    'of another type',
    { type: 'authorized_user' },
    /is not the key of a service account\.[^]*got: type "authorized_user"/,
  ],
  ['without a client id', { client_id: undefined }, /is not whole\./],
  ['with a broken key', { private_key: 'PRIVATE nonsense' }, /holds no usable private key\./],
  ['of an OAuth client', { installed: {} }, /is an OAuth client, not the key of a service account\./],
] as const) {
  test(`a key file ${what} is refused`, async (t) => {
    const { emulator, environment } = await startGoogle(t);
    const { file } = serviceAccount(t, emulator, [modify]);
    const path = jsonFile(t, { ...file, ...change });
    const words = ['login', '--service-account', path, '--account', 'me@example.org'];
    const { code, stderr } = await runCommand(words, environment);
    assert.equal(code, 2, stderr);
    assert.match(stderr, pattern);
    assert.ok(!stderr.includes('nonsense'));
  });
}
