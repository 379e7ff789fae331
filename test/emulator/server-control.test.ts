import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestEmulator } from '../support/emulator.ts';

const profile = 'gmail/v1/users/me/profile';

test('an emulator is controlled over HTTP as it is in process', async (t) => {
  const emulator = await startTestEmulator(t);
  const control = async (method: string, path: string, body?: unknown) => {
    const answer = await emulator.call(method, `emulator/${path}`, {
      token: null,
      ...(body === undefined ? {} : { body }),
    });
    assert.ok(answer.status < 300, answer.text);
    return answer.json as Readonly<Record<string, unknown>>;
  };

  const { id } = await control('POST', 'faults', { match: '*', kind: 'status', status: 500 });
  assert.equal((await emulator.call('GET', profile)).status, 500);
  assert.deepEqual(await control('GET', 'faults'), {
    faults: [{ id, rule: { match: '*', kind: 'status', status: 500 }, hits: 1 }],
  });
  await control('DELETE', `faults?id=${String(id)}`);
  assert.equal((await emulator.call('GET', profile)).status, 200);

  const settings = await control('PATCH', 'settings', { accessTokenSeconds: 60, latencyMs: 1 });
  assert.equal(settings.accessTokenSeconds, 60);
  assert.equal(emulator.settings.read().latencyMs, 1);
  assert.deepEqual(await control('GET', 'settings'), settings);

  await control('POST', 'clock', { now: '2030-01-01T00:00:00Z' });
  assert.equal(new Date(emulator.clock.nowMs()).getUTCFullYear(), 2030);
  await control('POST', 'clock', { advanceMs: 366 * 86_400_000 });
  assert.equal(new Date(emulator.clock.nowMs()).getUTCFullYear(), 2031);
  await control('POST', 'clock', { nowMs: 1e12 });
  assert.ok(Math.abs(emulator.clock.nowMs() - 1e12) < 5000);

  const issued = await control('POST', 'tokens', { scopes: ['https://www.googleapis.com/auth/gmail.readonly'] });
  const token = String(issued.accessToken);
  assert.equal((await emulator.call('GET', profile, { token })).status, 200);
  await control('POST', 'expire-tokens');
  assert.equal((await emulator.call('GET', profile, { token })).status, 401);
  await control('POST', 'kill-grant', { grantId: issued.grantId, death: 'revoked' });
  assert.equal(emulator.tokens.grants().find(({ id }) => id === issued.grantId)?.death, 'revoked');

  const filed = await control('POST', 'messages?labelIds=INBOX&labelIds=STARRED', 'Subject: Hello\r\n\r\nHello\r\n');
  assert.deepEqual(filed.labelIds, ['INBOX', 'STARRED']);
  await control('POST', 'forget-history', { emailAddress: 'me@example.org' });
  const publicKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString();
  await control('POST', 'service-accounts', { clientEmail: 'a@b', publicKey, delegatedScopes: [] });

  const state = await control('GET', 'state');
  assert.deepEqual(state.counters, JSON.parse(JSON.stringify(emulator.counters.read())));
  await control('POST', 'reset-counters');
  assert.equal(emulator.counters.read().requests, 0);
});

test('control refuses pages of a browser, unknown words and values that cannot be', async (t) => {
  const emulator = await startTestEmulator(t);
  const page = await emulator.call('GET', 'emulator/state', { headers: { origin: 'https://evil.example' } });
  assert.equal(page.status, 403);
  for (const [method, path, body, status] of [
    ['GET', 'nothing', undefined, 404],
    ['DELETE', 'state', undefined, 404],
    ['PATCH', 'settings', { patience: 1 }, 400],
    ['PATCH', 'settings', { latencyMs: -1 }, 400],
    ['PATCH', 'settings', '{', 400],
    ['POST', 'faults', { match: '*' }, 400],
    ['POST', 'clock', {}, 400],
    ['POST', 'tokens', { emailAddress: 'nobody@example.org' }, 404],
    ['POST', 'messages?emailAddress=nobody@example.org', 'Subject: x\r\n\r\n', 404],
    ['POST', 'messages?labelIds=NOPE', 'Subject: x\r\n\r\n', 400],
    ['POST', 'service-accounts', { clientEmail: 'a@b', publicKey: 'x', delegatedScopes: [] }, 400],
    ['POST', 'kill-grant', { grantId: 'x', death: 'boredom' }, 400],
    ['POST', 'kill-grant', { grantId: 'x', death: 'revoked' }, 404],
    ['POST', 'expire-tokens', { emailAddress: 'nobody@example.org' }, 404],
    ['POST', 'forget-history', { emailAddress: 'nobody@example.org' }, 404],
    ['DELETE', 'faults?id=9', undefined, 404],
  ] as const) {
    const answer = await emulator.call(method, `emulator/${path}`, body === undefined ? {} : { body });
    assert.equal(answer.status, status, `${path}: ${answer.text}`);
    assert.ok(typeof (answer.json as { error: unknown }).error === 'string');
  }
});

test('the page of the emulator names every setting with its default, every counter, every kind of fault and every request', async (t) => {
  const emulator = await startTestEmulator(t);
  const folder = join(import.meta.dirname, '../..');
  const page = readFileSync(join(folder, 'docs/emulator.md'), 'utf8');
  for (const [name, value] of Object.entries(emulator.settings.read())) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const shown = typeof value === 'string' || Array.isArray(value) ? `\`${text}\`` : text;
    assert.ok(page.includes(`| \`${name}\` | ${shown} |`), name);
  }
  for (const name of Object.keys(emulator.counters.read()))
    assert.match(page, new RegExp(`^\\|.*\`${name}\`.*\\|`, 'm'));
  const faults = readFileSync(join(folder, 'src/emulator/control/faults.ts'), 'utf8');
  for (const [, kind] of faults.matchAll(/z\.literal\('(\w+)'\)/g)) assert.ok(page.includes(`| \`${kind}\` |`), kind);
  const control = readFileSync(join(folder, 'src/emulator/control/control.ts'), 'utf8');
  for (const [, path] of control.matchAll(/case '(?:POST|PATCH) (\/[\w-]+)'/g)) {
    assert.ok(page.includes(`/emulator${path}\``), path);
  }
});
