import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { AppError, type ErrorCode } from '../../src/core/errors.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { freePorts } from '../support/free-ports.ts';
import {
  account,
  answer,
  apiRequest,
  asCall,
  errorBody,
  openParts,
  scriptedServer,
  sendRequest,
  withTokens,
} from './channel-parts.ts';

const rejectsWith = (code: ErrorCode, message: RegExp | string) => (error: unknown) => {
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.message);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
  return true;
};

/** Answers what a list says, one after the other, and 200 after that. */
function inTurn(...steps: readonly ((response: Parameters<typeof answer>[0]) => void)[]) {
  let step = 0;
  return withTokens((_request, response) => {
    const next = steps[step] ?? ((other: typeof response) => answer(other, 200, { ok: true }));
    step += 1;
    next(response);
  });
}

const fail =
  (status: number, reason: string, headers: Readonly<Record<string, string>> = {}) =>
  (response: Parameters<typeof answer>[0]) =>
    answer(response, status, errorBody(status, reason, 'Said so'), headers);
const drop = (response: Parameters<typeof answer>[0]) => response.destroy();

test('puts the bearer on, unpacks the answer, and keeps one connection', async (t) => {
  const ports = new Set<number | undefined>();
  const server = await scriptedServer(
    t,
    withTokens((request, response) => {
      ports.add(request.socket.remotePort);
      assert.match(request.headers['user-agent'] ?? '', /gzip/);
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync('{"labels":[]}'));
    }),
  );
  const { channel } = await openParts(t, server.rootUrl);
  for (let number = 0; number < 3; number += 1) {
    const { status, headers, body } = await asCall({}, () => channel.send(apiRequest(server.rootUrl)));
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'application/json');
    assert.equal(headers.get('content-encoding'), null);
    assert.equal(Buffer.from(body).toString(), '{"labels":[]}');
  }
  assert.equal(ports.size, 1);
  assert.deepEqual(
    server.log.map(({ line, authorization }) => `${line} ${authorization}`),
    ['POST /token undefined', ...Array.from({ length: 3 }, () => 'GET /gmail/v1/users/me/labels Bearer token-1')],
  );
});

test('takes the bearer nowhere else', async (t) => {
  const [server, other] = [
    await scriptedServer(
      t,
      withTokens((_request, response) => answer(response, 200, {})),
    ),
    await scriptedServer(t, (_request, response) => answer(response, 200, {})),
  ];
  const { channel } = await openParts(t, server.rootUrl);
  await assert.rejects(channel.send(apiRequest(other.rootUrl)), /would take the bearer token away from/);
  assert.equal(other.log.length, 0);
});

test('does not follow a redirect', async (t) => {
  const other = await scriptedServer(t, (_request, response) => answer(response, 200, {}));
  const server = await scriptedServer(
    t,
    withTokens((_request, response) => void response.writeHead(302, { location: other.rootUrl }).end()),
  );
  const { channel } = await openParts(t, server.rootUrl);
  await assert.rejects(
    channel.send(apiRequest(server.rootUrl)),
    rejectsWith('UNAVAILABLE', /is not the Gmail API: HTTP 302/),
  );
  assert.equal(other.log.length, 0);
});

test('works with the emulator, and has its refusals', async (t) => {
  const emulator = await startTestEmulator(t);
  const { channel } = await openParts(t, emulator.rootUrl, { login: emulator.account });
  const profile = await channel.send(
    apiRequest(emulator.rootUrl, { path: 'gmail/v1/users/me/profile', methodIds: ['gmail.users.getProfile'] }),
  );
  assert.equal(JSON.parse(Buffer.from(profile.body).toString()).emailAddress, account);
  await assert.rejects(
    channel.send(
      apiRequest(emulator.rootUrl, {
        path: 'gmail/v1/users/me/messages/0000',
        methodIds: ['gmail.users.messages.get'],
      }),
    ),
    rejectsWith('NOT_FOUND', 'Gmail does not have what messages.get asked for.'),
  );
  assert.equal(emulator.counters.read().refreshes, 1);
});

test('renews a token that was refused, once, for a send too', async (t) => {
  const emulator = await startTestEmulator(t);
  const { channel } = await openParts(t, emulator.rootUrl, { login: emulator.account });
  await channel.send(apiRequest(emulator.rootUrl));
  emulator.tokens.expire();
  const raw = Buffer.from('To: me@example.org\r\nSubject: once\r\n\r\nHello').toString('base64url');
  const sent = await channel.send(sendRequest(emulator.rootUrl, { body: JSON.stringify({ raw }) }));
  assert.equal(sent.status, 200);
  const { refreshes, answersByStatus } = emulator.counters.read();
  assert.equal(refreshes, 2);
  assert.deepEqual(answersByStatus, { 200: 2, 401: 1 });
});

test('renews a token once more when the new one is refused, too, and then gives up', async (t) => {
  const refusal = 'Google accepts no token of the login of me@example.org, not even a new one.';
  const renewals = async (refusals: number): Promise<readonly [outcome: number | ErrorCode, tokens: number]> => {
    const server = await scriptedServer(t, inTurn(...Array.from({ length: refusals }, () => fail(401, 'authError'))));
    const { channel } = await openParts(t, server.rootUrl);
    const tokens = () => server.log.filter(({ line }) => line === 'POST /token').length;
    try {
      const { status } = await channel.send(apiRequest(server.rootUrl));
      return [status, tokens()];
    } catch (error) {
      assert.ok(rejectsWith('REAUTH_REQUIRED', refusal)(error));
      return ['REAUTH_REQUIRED', tokens()];
    }
  };
  assert.deepEqual(await renewals(1), [200, 2]);
  assert.deepEqual(await renewals(2), [200, 3]);
  assert.deepEqual(await renewals(3), ['REAUTH_REQUIRED', 3]);
});

test('gives up at once where the new token is the refused one', async (t) => {
  const server = await scriptedServer(t, (request, response) => {
    if (request.url === '/token') answer(response, 200, { access_token: 'the same', expires_in: 3600 });
    else fail(401, 'authError')(response);
  });
  const { channel } = await openParts(t, server.rootUrl);
  await assert.rejects(channel.send(apiRequest(server.rootUrl)), rejectsWith('REAUTH_REQUIRED', /not even a new one/));
  assert.equal(server.log.filter(({ line }) => line === 'POST /token').length, 2);
});

test('repeats reads and changes of labels that Google cannot do as things are, twice, and nothing else', async (t) => {
  const tries = async (methodId: string, httpMethod: 'GET' | 'POST' | 'PUT' = 'GET'): Promise<number> => {
    const server = await scriptedServer(t, (request, response) => {
      if (request.url === '/token') answer(response, 200, { access_token: 'a', expires_in: 3600 });
      else fail(400, 'failedPrecondition')(response);
    });
    const { channel } = await openParts(t, server.rootUrl);
    const request = { ...apiRequest(server.rootUrl), methodIds: [`gmail.users.${methodId}`], httpMethod };
    await assert.rejects(channel.send(request), rejectsWith('CONFLICT', /^Gmail cannot carry out/));
    return server.log.filter(({ line }) => !line.startsWith('POST /token')).length;
  };
  assert.equal(await tries('messages.get'), 3);
  assert.equal(await tries('threads.modify', 'POST'), 3);
  assert.equal(await tries('drafts.send', 'POST'), 1);
  assert.equal(await tries('drafts.create', 'POST'), 1);
  assert.equal(await tries('settings.updateImap', 'PUT'), 1);
});

test('stops only the method whose feature Google has throttled', async (t) => {
  const until = new Date(Date.now() + 120_000).toISOString();
  const message = `User-rate limit exceeded.  Retry after ${until} (Forwarding rules)`;
  const server = await scriptedServer(
    t,
    inTurn((response) => answer(response, 429, errorBody(429, 'rateLimitExceeded', message, 'RESOURCE_EXHAUSTED'))),
  );
  const { channel } = await openParts(t, server.rootUrl);
  const forwarding = {
    ...apiRequest(server.rootUrl),
    methodIds: ['gmail.users.settings.updateAutoForwarding'],
    httpMethod: 'PUT',
  } as const;
  for (const _ of [1, 2]) {
    await assert.rejects(
      asCall({ patienceMs: 5000 }, () => channel.send(forwarding)),
      (error: unknown) => {
        assert.ok(
          rejectsWith('RATE_LIMITED', /^Google has throttled settings\.updateAutoForwarding for me@example/)(error),
        );
        const { retryAt = '' } = (error as AppError).details;
        assert.ok(Math.abs(Date.parse(retryAt) - Date.parse(until)) < 5000, retryAt);
        return true;
      },
    );
  }
  assert.equal((await channel.send(apiRequest(server.rootUrl))).status, 200);
  assert.equal(server.log.filter(({ line }) => line.startsWith('PUT')).length, 1);
});

test('uses GMAIL_ACCESS_TOKEN as it is, and stores it nowhere', async (t) => {
  const emulator = await startTestEmulator(t);
  const { accessToken } = emulator.account;
  const { channel, store } = await openParts(t, emulator.rootUrl, { configuration: { accessToken } });
  await store.remove(account);
  assert.equal((await channel.send(apiRequest(emulator.rootUrl))).status, 200);
  emulator.tokens.expire();
  await assert.rejects(
    channel.send(apiRequest(emulator.rootUrl)),
    rejectsWith('REAUTH_REQUIRED', 'Google no longer accepts the token in GMAIL_ACCESS_TOKEN.'),
  );
  assert.equal(emulator.counters.read().refreshes, 0);
  assert.deepEqual(await store.list(), []);
});

test('repeats what is safe to repeat after faults of the server and of the network', async (t) => {
  const server = await scriptedServer(t, inTurn(drop, fail(503, 'backendError', { 'retry-after': '0' }), drop));
  const { channel } = await openParts(t, server.rootUrl);
  const { status } = await asCall({}, () => channel.send(apiRequest(server.rootUrl)));
  assert.equal(status, 200);
  assert.equal(server.log.length, 1 + 4);
});

test('does not repeat what may have been done', async (t) => {
  const cut = await scriptedServer(t, inTurn(drop));
  await assert.rejects(
    (await openParts(t, cut.rootUrl)).channel.send(sendRequest(cut.rootUrl)),
    rejectsWith(
      'OUTCOME_UNKNOWN',
      /^Gmail may or may not have carried out messages\.send: .*(?:socket hang up|ECONNRESET)/,
    ),
  );
  const fault = await scriptedServer(t, inTurn(fail(500, 'backendError')));
  await assert.rejects(
    (await openParts(t, fault.rootUrl)).channel.send(sendRequest(fault.rootUrl)),
    rejectsWith(
      'OUTCOME_UNKNOWN',
      'Gmail may or may not have carried out messages.send: HTTP 500 backendError: Said so.',
    ),
  );
  const silent = await scriptedServer(
    t,
    inTurn(() => undefined),
  );
  await assert.rejects(
    (await openParts(t, silent.rootUrl)).channel.send(sendRequest(silent.rootUrl, { timeoutMs: 100 })),
    rejectsWith(
      'OUTCOME_UNKNOWN',
      'Gmail may or may not have carried out messages.send: there was no whole answer in time.',
    ),
  );
  const half = await scriptedServer(
    t,
    inTurn((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setImmediate(() => response.destroy());
    }),
  );
  await assert.rejects(
    (await openParts(t, half.rootUrl)).channel.send(sendRequest(half.rootUrl)),
    rejectsWith('OUTCOME_UNKNOWN', /^Gmail may or may not/),
  );
  for (const { log } of [cut, fault, silent, half]) {
    assert.equal(log.filter(({ line }) => line.endsWith('/send')).length, 1);
  }
});

test('repeats a send after answers that prove that nothing was sent', async (t) => {
  const server = await scriptedServer(
    t,
    inTurn(
      fail(401, 'authError'),
      fail(429, 'rateLimitExceeded', { 'retry-after': '0' }),
      fail(403, 'userRateLimitExceeded', { 'retry-after': '0' }),
    ),
  );
  const { channel } = await openParts(t, server.rootUrl);
  const { status } = await channel.send(sendRequest(server.rootUrl));
  assert.equal(status, 200);
  assert.equal(server.log.filter(({ line }) => line.endsWith('/send')).length, 4);
});

test('answers a send that was refused for good with what it is', async (t) => {
  const server = await scriptedServer(t, inTurn(fail(400, 'invalidArgument'), fail(403, 'insufficientPermissions')));
  const { channel } = await openParts(t, server.rootUrl);
  await assert.rejects(
    channel.send(sendRequest(server.rootUrl)),
    rejectsWith('INVALID_INPUT', 'Gmail refused messages.send: Said so.'),
  );
  await assert.rejects(
    channel.send(sendRequest(server.rootUrl)),
    rejectsWith('FORBIDDEN', /its scopes are too narrow\.$/),
  );
});

test('knows that nothing was sent where nobody listens', async (t) => {
  const server = await scriptedServer(
    t,
    withTokens(() => undefined),
  );
  const [port] = await freePorts(1);
  const { channel } = await openParts(t, server.rootUrl, {
    configuration: { apiRootUrl: `http://127.0.0.1:${port}/`, oauthRootUrl: server.rootUrl },
  });
  await assert.rejects(
    asCall({ patienceMs: 1500 }, () => channel.send(sendRequest(`http://127.0.0.1:${port}/`))),
    rejectsWith('UNAVAILABLE', /^Gmail could not be asked for messages\.send: .*ECONNREFUSED/),
  );
});

test('sends on a connection of its own, so that a kept one that closes leaves no doubt', async (t) => {
  const ports: (number | undefined)[] = [];
  const server = await scriptedServer(
    t,
    withTokens((request, response) => {
      ports.push(request.socket.remotePort);
      answer(response, 200, {});
    }),
  );
  const { channel } = await openParts(t, server.rootUrl);
  await channel.send(apiRequest(server.rootUrl));
  await channel.send(sendRequest(server.rootUrl));
  assert.notEqual(ports[0], ports[1]);
});

test('counts a deletion as done that was repeated and finds nothing more', async (t) => {
  const deletion = (rootUrl: string) =>
    apiRequest(rootUrl, {
      httpMethod: 'DELETE',
      path: 'gmail/v1/users/me/labels/Label_1',
      methodIds: ['gmail.users.labels.delete'],
    });
  const notFound = fail(404, 'notFound');
  const doubtful = await scriptedServer(t, inTurn(drop, notFound));
  assert.equal((await (await openParts(t, doubtful.rootUrl)).channel.send(deletion(doubtful.rootUrl))).status, 204);
  const wrong = await scriptedServer(t, inTurn(notFound));
  await assert.rejects(
    (await openParts(t, wrong.rootUrl)).channel.send(deletion(wrong.rootUrl)),
    rejectsWith('NOT_FOUND', /labels\.delete/),
  );
});

test('ends every wait with the patience of its caller', async (t) => {
  const silent = await scriptedServer(
    t,
    withTokens(() => undefined),
  );
  const slowTokens = await scriptedServer(t, () => undefined);
  const failing = await scriptedServer(
    t,
    withTokens((_request, response) => answer(response, 503, '', { 'retry-after': '60' })),
  );
  const throttled = await scriptedServer(t, inTurn(fail(429, 'rateLimitExceeded', { 'retry-after': '60' })));
  for (const [server, code, message] of [
    [silent, 'UNAVAILABLE', 'Gmail could not be asked for labels.list: there was no whole answer in time.'],
    [slowTokens, 'UNAVAILABLE', 'No access token for me@example.org in time: the token endpoint is slow.'],
    [failing, 'UNAVAILABLE', 'Gmail failed at labels.list with HTTP 503.'],
    [throttled, 'RATE_LIMITED', 'Google has throttled me@example.org: Said so.'],
  ] as const) {
    const { channel } = await openParts(t, server.rootUrl);
    const startedMs = performance.now();
    await assert.rejects(
      asCall({ patienceMs: 2000 }, () => channel.send(apiRequest(server.rootUrl))),
      rejectsWith(code, message),
    );
    assert.ok(performance.now() - startedMs < 20_000, message);
  }
});

test('stops at once, at every wait, when its caller goes away', async (t) => {
  const silent = await scriptedServer(
    t,
    withTokens(() => undefined),
  );
  const slowTokens = await scriptedServer(t, () => undefined);
  const failing = await scriptedServer(
    t,
    withTokens((_request, response) => answer(response, 503, '', { 'retry-after': '60' })),
  );
  const throttled = await scriptedServer(t, inTurn(fail(429, 'rateLimitExceeded', { 'retry-after': '60' })));
  for (const server of [silent, slowTokens, failing, throttled]) {
    const { channel } = await openParts(t, server.rootUrl);
    const caller = new AbortController();
    const sent = asCall({ signal: caller.signal }, () => channel.send(apiRequest(server.rootUrl)));
    const arrivals = server === slowTokens ? 1 : 2;
    while (server.log.length < arrivals) await new Promise((resolve) => setImmediate(resolve));
    const startedMs = performance.now();
    caller.abort(new Error('The caller hung up.'));
    await assert.rejects(sent, /^Error: The caller hung up\.$/);
    assert.ok(performance.now() - startedMs < 20_000);
  }
  const { channel } = await openParts(t, silent.rootUrl);
  const before = silent.log.length;
  await assert.rejects(
    asCall({ signal: AbortSignal.abort(new Error('Too late.')) }, () => channel.send(apiRequest(silent.rootUrl))),
    /Too late/,
  );
  assert.ok(silent.log.slice(before).every(({ line }) => line === 'POST /token'));
});

test('leaves the outcome of a send open whose caller goes away', async (t) => {
  const server = await scriptedServer(
    t,
    withTokens(() => undefined),
  );
  const { channel } = await openParts(t, server.rootUrl);
  const caller = new AbortController();
  const sent = asCall({ signal: caller.signal }, () => channel.send(sendRequest(server.rootUrl)));
  while (server.log.length < 2) await new Promise((resolve) => setImmediate(resolve));
  caller.abort();
  await assert.rejects(
    sent,
    rejectsWith('OUTCOME_UNKNOWN', 'Gmail may or may not have carried out messages.send: the caller went away.'),
  );
});

test('refuses what waits when it is closed', async (t) => {
  const server = await scriptedServer(t, inTurn(fail(429, 'rateLimitExceeded', { 'retry-after': '5' })));
  const { channel } = await openParts(t, server.rootUrl);
  const waiting = channel.send(apiRequest(server.rootUrl));
  while (server.log.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const second = channel.send(apiRequest(server.rootUrl));
  await new Promise((resolve) => setImmediate(resolve));
  channel.close();
  await assert.rejects(
    Promise.all([waiting, second]),
    rejectsWith('UNAVAILABLE', 'The connection to me@example.org was closed.'),
  );
  await assert.rejects(second, rejectsWith('UNAVAILABLE', /was closed/));
});

test('answers what Google has answered, even when the shared state is lost meanwhile', async (t) => {
  const held: (() => void)[] = [];
  const server = await scriptedServer(
    t,
    withTokens((_request, response) => void held.push(() => answer(response, 200, { id: 'sent' }))),
  );
  const { channel, folder } = await openParts(t, server.rootUrl);
  const sent = channel.send(sendRequest(server.rootUrl));
  while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const database = new DatabaseSync(join(folder, 'gmail', 'state.db'));
  database.exec('ALTER TABLE slot RENAME TO lost');
  held[0]?.();
  assert.equal((await sent).status, 200);
  database.exec('ALTER TABLE lost RENAME TO slot');
  database.close();
});

test('does not begin to send when there would be no time left for the answer', async (t) => {
  const server = await scriptedServer(t, inTurn(fail(429, 'rateLimitExceeded', { 'retry-after': '2' })));
  const { channel } = await openParts(t, server.rootUrl);
  await assert.rejects(
    asCall({ patienceMs: 4500 }, () => channel.send(sendRequest(server.rootUrl))),
    rejectsWith('RATE_LIMITED', 'Google has throttled me@example.org: Said so.'),
  );
  assert.equal(server.log.length, 2);
});
