import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { openSharedState } from './open-shared-state.ts';
import { openTokenStore } from '../../src/gmail/channel/token-store.ts';
import { startTestEmulator } from '../support/emulator.ts';
import {
  account,
  answer,
  apiRequest,
  asCall,
  loginOf,
  openParts,
  scriptedServer,
  withTokens,
} from './channel-parts.ts';
import { startChild } from './channel-processes.ts';

const task = { workers: 2, durationMs: 5000, patienceMs: 20_000 };

test('renews the token once for four processes, each time that it ends', async (t) => {
  // It tells its clients a second less, as Google does.
  const lifeSeconds = 2;
  const durationMs = 5000;
  const emulator = await startTestEmulator(t, {
    settings: { accessTokenSeconds: lifeSeconds + 1, unitsPerMinute: 1_000_000 },
  });
  const { folder } = await openParts(t, emulator.rootUrl, { login: emulator.account });
  const children = await Promise.all(
    Array.from({ length: 4 }, () =>
      startChild(t, {
        ...task,
        folder,
        rootUrl: emulator.rootUrl,
        durationMs,
        pauseMs: 100,
        quotaUnitsPerMinute: 1_000_000,
      }),
    ),
  );
  for (const child of children) child.go();
  for (const { result } of children) assert.deepEqual(Object.keys((await result).outcomes), ['OK']);
  const { refreshes, answersByStatus } = emulator.counters.read();
  // A token is renewed when nine tenths of its life are over.
  const most = Math.ceil(durationMs / (lifeSeconds * 900)) + 1;
  assert.ok(refreshes >= 2 && refreshes <= most, `${refreshes} refreshes, at most ${most}`);
  assert.deepEqual(Object.keys(answersByStatus), ['200']);
});

test('survives the kill of the process that renews, before it has asked', async (t) => {
  const server = await scriptedServer(
    t,
    withTokens((_request, response) => answer(response, 200, {})),
  );
  const { folder, channel } = await openParts(t, server.rootUrl);
  const program = `
    import { openSharedState } from ${JSON.stringify(join(import.meta.dirname, 'open-shared-state.ts'))};
    openSharedState(process.argv[1]).leases.take('access token of ${account}', 35_000);
    process.kill(process.pid, 'SIGKILL');`;
  const { spawn } = await import('node:child_process');
  const [, signal] = await once(spawn(process.execPath, ['--input-type=module', '-e', program, folder]), 'exit');
  assert.equal(signal, 'SIGKILL');
  const { status } = await asCall({ patienceMs: 5000 }, () => channel.send(apiRequest(server.rootUrl)));
  assert.equal(status, 200);
});

test('survives the kill of the process that renews, while Google answers', async (t) => {
  const held: ServerResponse[] = [];
  const server = await scriptedServer(t, (request, response) => {
    if (request.url !== '/token') answer(response, 200, {});
    else if (held.length === 0) held.push(response);
    else answer(response, 200, { access_token: 'second', expires_in: 3600 });
  });
  const { folder, channel } = await openParts(t, server.rootUrl);
  const child = await startChild(t, { ...task, folder, rootUrl: server.rootUrl });
  child.go();
  while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const waiting = asCall({ patienceMs: 5000 }, () => channel.send(apiRequest(server.rootUrl)));
  await child.kill();
  assert.equal((await waiting).status, 200);
  assert.equal(server.log.at(-1)?.authorization, 'Bearer second');
});

test('survives the kill of the process that renews, after the answer and before it is shared', async (t) => {
  // Each refresh token is good for one use: who loses the answer has lost the login.
  let valid = 1;
  const server = await scriptedServer(t, (request, response) => {
    if (request.url !== '/token') return answer(response, 200, {});
    if (!request.text.includes(`refresh_token=refresh-${valid}`))
      return answer(response, 400, { error: 'invalid_grant' });
    valid += 1;
    if (valid === 2) locked.exec('BEGIN IMMEDIATE');
    answer(response, 200, { access_token: `token-${valid}`, expires_in: 3600, refresh_token: `refresh-${valid}` });
  });
  const { folder, channel, store } = await openParts(t, server.rootUrl);
  const locked = new DatabaseSync(join(folder, 'gmail', 'state.db'));
  const child = await startChild(t, { ...task, folder, rootUrl: server.rootUrl });
  child.go();
  const storedToken = async () => {
    const { credential } = await store.read(account);
    return credential.kind === 'oauth' ? credential.refreshToken : '';
  };
  // The child has stored the new refresh token, and cannot write the state, as this process holds it.
  while ((await storedToken()) === 'refresh-1') await new Promise((resolve) => setImmediate(resolve));
  await child.kill();
  locked.exec('ROLLBACK');
  locked.close();
  const { status } = await asCall({ patienceMs: 5000 }, () => channel.send(apiRequest(server.rootUrl)));
  assert.equal(status, 200);
  assert.equal(await storedToken(), 'refresh-3');
  assert.equal((await store.info(account))?.reauthReason, undefined);
});

test('uses the old token while it lasts when the endpoint fails, and says so when it is over', async (t) => {
  let nowMs = Date.now();
  let isDown = false;
  const server = await scriptedServer(t, (request, response) => {
    if (request.url === '/token' && isDown) answer(response, 503, '');
    else answer(response, 200, { access_token: 'first', expires_in: 3600 });
  });
  const { channel } = await openParts(t, server.rootUrl, { now: () => nowMs });
  await channel.send(apiRequest(server.rootUrl));
  isDown = true;
  nowMs += 3_400_000;
  await channel.send(apiRequest(server.rootUrl));
  assert.equal(server.log.at(-1)?.authorization, 'Bearer first');
  nowMs += 200_000;
  await assert.rejects(channel.send(apiRequest(server.rootUrl)), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'UNAVAILABLE');
    assert.match(
      error.message,
      /^No access token for me@example\.org: http:\/\/127\.0\.0\.1:\d+ failed: it answered HTTP 503\.$/,
    );
    return true;
  });
});

for (const { death, reason } of [
  {
    death: 'revoked',
    reason: /^Google no longer accepts the login of me@example\.org\. Google has ended this login\..*7 days/,
  },
  { death: 'invalid_rapt', reason: /The session control of the Workspace asks this person to log in again\.$/ },
] as const) {
  test(`asks for another login when the grant is ${death}, in every process, without asking Google again`, async (t) => {
    const emulator = await startTestEmulator(t);
    const { channel, store, folder } = await openParts(t, emulator.rootUrl, { login: emulator.account });
    emulator.tokens.kill(emulator.account.grantId, death);
    const isReauth = (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'REAUTH_REQUIRED');
      assert.match(error.message, reason);
      assert.match(error.details.hint ?? '', /^Run: gmail-llm login --account me@example\.org/);
      return true;
    };
    await assert.rejects(channel.send(apiRequest(emulator.rootUrl)), isReauth);
    const asked = emulator.counters.read().tokenAnswersByStatus;
    const other = await openParts(t, emulator.rootUrl, { folder });
    await assert.rejects(other.channel.send(apiRequest(emulator.rootUrl)), isReauth);
    assert.deepEqual(emulator.counters.read().tokenAnswersByStatus, asked);
    const { refreshToken } = emulator.tokens.issue();
    assert.ok(refreshToken !== undefined);
    await store.save(loginOf({ ...emulator.account, refreshToken }));
    assert.equal((await other.channel.send(apiRequest(emulator.rootUrl))).status, 200);
  });
}

test('keeps a login that came while the one before was refused', async (t) => {
  const server = await scriptedServer(t, async (request, response) => {
    if (request.url !== '/token') return answer(response, 200, {});
    if (request.text.includes('refresh-2')) return answer(response, 200, { access_token: 'new', expires_in: 3600 });
    await store.save(loginOf({ refreshToken: 'refresh-2' }));
    answer(response, 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' });
  });
  const { channel, store } = await openParts(t, server.rootUrl);
  assert.equal((await channel.send(apiRequest(server.rootUrl))).status, 200);
  assert.equal(server.log.at(-1)?.authorization, 'Bearer new');
  assert.equal((await store.info(account))?.reauthReason, undefined);
});

test('does not use the token of the login before', async (t) => {
  const server = await scriptedServer(
    t,
    withTokens((_request, response) => answer(response, 200, {})),
  );
  const { channel, store } = await openParts(t, server.rootUrl);
  await channel.send(apiRequest(server.rootUrl));
  await store.save(loginOf({ refreshToken: 'refresh-2', scopes: ['https://www.googleapis.com/auth/gmail.readonly'] }));
  await channel.send(apiRequest(server.rootUrl));
  assert.equal(server.log.at(-1)?.authorization, 'Bearer token-2');
});

test('says that the client is at fault, and does not end the login for it', async (t) => {
  const server = await scriptedServer(t, (_request, response) =>
    answer(response, 401, { error: 'invalid_client', error_description: 'The OAuth client was not found.' }),
  );
  const { channel, store } = await openParts(t, server.rootUrl);
  await assert.rejects(channel.send(apiRequest(server.rootUrl)), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'REAUTH_REQUIRED');
    assert.equal(error.details.got, 'invalid_client: The OAuth client was not found.');
    return true;
  });
  assert.equal((await store.info(account))?.reauthReason, undefined);
});

test('signs for a service account, as its user', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = await scriptedServer(
    t,
    withTokens((_request, response) => answer(response, 200, {})),
  );
  const { channel, store } = await openParts(t, server.rootUrl);
  await store.save({
    kind: 'serviceAccount',
    emailAddress: account,
    scopes: ['https://www.googleapis.com/auth/gmail.modify'],
    createdMs: 0,
    clientEmail: 'robot@project.iam.gserviceaccount.com',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  });
  await channel.send(apiRequest(server.rootUrl));
  const form = new URLSearchParams(server.log[0]?.body);
  assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  assert.ok(verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url')));
  const { iat, exp, ...others } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  assert.equal(exp - iat, 3600);
  assert.deepEqual(others, {
    iss: 'robot@project.iam.gserviceaccount.com',
    sub: account,
    scope: 'https://www.googleapis.com/auth/gmail.modify',
    aud: `${server.rootUrl}token`,
  });
});

test('keeps no token as it is in the state', async (t) => {
  const server = await scriptedServer(t, (_request, response) =>
    answer(response, 200, { access_token: 'ya29.a-token-to-be-found', expires_in: 3600 }),
  );
  const { channel, folder } = await openParts(t, server.rootUrl);
  await channel.send(apiRequest(server.rootUrl));
  const { readdirSync, readFileSync } = await import('node:fs');
  for (const name of readdirSync(join(folder, 'gmail'))) {
    assert.ok(!readFileSync(join(folder, 'gmail', name), 'latin1').includes('a-token-to-be-found'), name);
  }
});

test('lets one have a lease at a time, and shows who was overtaken', async (t) => {
  let nowMs = 1_000_000;
  const { folder, state } = await openParts(t, 'http://127.0.0.1:1/', { now: () => nowMs });
  const other = openSharedState(folder, { now: () => nowMs });
  t.after(() => other.close());
  const lease = await state.leases.take('work', 30_000);
  assert.ok(lease !== undefined);
  assert.equal(await other.leases.take('work', 30_000), undefined);
  nowMs += 30_000;
  const next = await other.leases.take('work', 30_000);
  assert.ok(next !== undefined && next.fence > lease.fence);
  assert.equal(await state.leases.holds(lease), false);
  await state.leases.release(lease);
  assert.equal(await state.leases.take('work', 30_000), undefined);
  assert.ok((await state.leases.take('work', 30_000, true)) !== undefined);
  // The clock is set back by an hour: nobody waits an hour for it.
  nowMs -= 3_600_000;
  assert.ok((await other.leases.take('work', 30_000)) !== undefined);
});

test('neither shares the token of who was overtaken, nor ends a token that came after the refused one', async (t) => {
  const { state, store } = await openParts(t, 'http://127.0.0.1:1/');
  const stored = openTokenStore(account, store, state);
  const put = async (accessToken: string) => {
    const lease = await state.leases.take('token', 30_000, true);
    assert.ok(lease !== undefined);
    await stored.put(lease, { loginGeneration: 1, accessToken, receivedMs: Date.now(), lifetimeMs: 3_600_000 });
    return lease;
  };
  const overtaken = await put('first');
  const first = await stored.read(1);
  assert.equal(first?.accessToken, 'first');
  await put('second');
  await stored.put(overtaken, {
    loginGeneration: 1,
    accessToken: 'late',
    receivedMs: Date.now(),
    lifetimeMs: 3_600_000,
  });
  await stored.invalidate(first.generation);
  const second = await stored.read(1);
  assert.deepEqual([second?.accessToken, second?.isFresh], ['second', true]);
  await stored.invalidate(second?.generation ?? 0);
  assert.equal(await stored.read(1), undefined);
});
