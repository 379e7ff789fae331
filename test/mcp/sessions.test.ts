import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import type { McpService } from '../../src/mcp/build-server.ts';
import { startMcpServer } from './http-server.ts';
import { call, initialize, jsonHeaders, modernCall, openStream, post, readEvents, startSession } from './raw-http.ts';
import { createTestOperations } from './test-operations.ts';

async function textOf(answer: Response): Promise<string> {
  assert.equal(answer.status, 200);
  for await (const { data } of readEvents(answer)) {
    const message: { result?: { content: readonly { text: string }[] } } = JSON.parse(data);
    if (message.result !== undefined) return message.result.content[0]?.text ?? '';
  }
  throw new Error('The stream ended without a result.');
}

describe('2025 sessions', () => {
  it('get an id of visible ASCII that is never the same', async () => {
    const server = await startMcpServer({ buildServer: createTestOperations().buildServer });
    const ids = await Promise.all([startSession(server.url), startSession(server.url)]);
    for (const id of ids) assert.match(id, /^[\w-]{100,400}$/);
    assert.notEqual(ids[0], ids[1]);
    await server.close();
  });

  it('are closed for room, the least recently used first, and open again unnoticed', async () => {
    const { buildServer } = createTestOperations();
    const server = await startMcpServer({ buildServer, limits: { maxSessions: 2 } });
    const ids = [];
    for (let session = 0; session < 4; session += 1) ids.push(await startSession(server.url));
    for (const id of ids) {
      const answer = await post(server.url, call('echo', 'hello'), { 'mcp-session-id': id });
      assert.equal(await textOf(answer), 'hello');
    }
    await server.close();
  });

  it('are closed for room only when idle, as long as there is an idle one', async () => {
    const { buildServer, calls } = createTestOperations();
    const server = await startMcpServer({ buildServer, limits: { maxSessions: 2 } });
    const started = once(calls, 'started');
    const busy = { 'mcp-session-id': await startSession(server.url) };
    const held = await post(server.url, call('hold', 'done'), busy);
    await started;
    for (let session = 0; session < 4; session += 1) await startSession(server.url);
    calls.emit('release');
    assert.equal(await textOf(held), 'done');
    await server.close();
  });

  it('are closed when they have lain idle, and open again unnoticed', async () => {
    const { buildServer } = createTestOperations();
    const closed = new EventEmitter();
    const observed: typeof buildServer = (principal) => {
      const product = buildServer(principal);
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's servers have callbacks only
      product.server.onclose = () => closed.emit('closed');
      return product;
    };
    const server = await startMcpServer({ buildServer: observed, limits: { sessionIdleMs: 100 } });
    const closing = once(closed, 'closed');
    const headers = { 'mcp-session-id': await startSession(server.url) };
    await closing;
    assert.equal(await textOf(await post(server.url, call('echo', 'hello'), headers)), 'hello');
    await server.close();
  });

  it('are reopened once for requests that come at the same time', async () => {
    const { buildServer } = createTestOperations();
    const first = await startMcpServer({ buildServer });
    const id = await startSession(first.url);
    await first.close();
    let servers = 0;
    const counting: typeof buildServer = (principal) => {
      servers += 1;
      return buildServer(principal);
    };
    const second = await startMcpServer({ buildServer: counting });
    const calls = ['a', 'b', 'c'].map((text, index) =>
      post(second.url, call('echo', text, index), { 'mcp-session-id': id }),
    );
    assert.deepEqual(await Promise.all(calls.map(async (answer) => textOf(await answer))), ['a', 'b', 'c']);
    assert.equal(servers, 1);
    await second.close();
  });

  it('stay gone when their client has deleted them', async () => {
    const server = await startMcpServer({ buildServer: createTestOperations().buildServer });
    const headers = { 'mcp-session-id': await startSession(server.url) };
    assert.equal((await fetch(server.url, { method: 'DELETE', headers })).status, 200);
    assert.equal((await post(server.url, call('echo'), headers)).status, 404);
    assert.equal((await fetch(server.url, { method: 'DELETE', headers })).status, 404);
    await server.close();
  });

  it('follow the grants of the token that is shown now', async () => {
    const server = await startMcpServer({ buildServer: createTestOperations().buildServer });
    const headers = { 'mcp-session-id': await startSession(server.url, 'ann') };
    const change = (): Promise<Response> => post(server.url, call('change'), { ...jsonHeaders('ann'), ...headers });
    assert.match(await textOf(await change()), /^FORBIDDEN: [^]*change needs the grant "organize"\./);
    server.grants.add('organize');
    assert.equal(await textOf(await change()), 'changed');
    await server.close();
  });

  it('are told the version they asked for, or the latest', async () => {
    const server = await startMcpServer({ buildServer: createTestOperations().buildServer });
    for (const [asked, given] of [
      ['2025-03-26', '2025-03-26'],
      ['2025-06-18', '2025-06-18'],
      ['1999-01-01', '2025-11-25'],
    ]) {
      const params = { ...initialize.params, protocolVersion: asked };
      const answer = await post(server.url, { ...initialize, params });
      assert.match(await answer.text(), new RegExp(`"protocolVersion":"${given}"`));
    }
    await server.close();
  });
});

describe('HTTP+SSE streams', () => {
  it('are limited in number; one that ends makes room', async () => {
    const { buildServer } = createTestOperations();
    const server = await startMcpServer({ buildServer, limits: { maxSseStreams: 1 } });
    const stream = await openStream(server.url);
    const refused = await fetch(server.url, { headers: { accept: 'text/event-stream' } });
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after'), '5');
    assert.match(await refused.text(), /Too many SSE streams: at most 1 at once\./);
    stream.close();
    const deadlineMs = Date.now() + 5000;
    let next = await openStream(server.url);
    while (next.answer.status !== 200 && Date.now() < deadlineMs) next = await openStream(server.url);
    assert.equal(next.answer.status, 200);
    next.close();
    await server.close();
  });

  it('are limited for each token, whatever the revision, and others still open theirs', async () => {
    const { buildServer } = createTestOperations();
    const server = await startMcpServer({ buildServer, limits: { maxPrincipalStreams: 2 } });
    const id = await startSession(server.url, 'ann');
    const sse = await openStream(server.url, 'ann');
    const abort = new AbortController();
    const headers = { ...jsonHeaders('ann'), 'mcp-session-id': id };
    assert.equal((await fetch(server.url, { headers, signal: abort.signal })).status, 200);
    const refused = await fetch(server.url, { headers: { ...jsonHeaders('ann'), accept: 'text/event-stream' } });
    assert.equal(refused.status, 503);
    assert.match(await refused.text(), /Too many streams: at most 2 at once for one token\./);
    const listen = modernCall('echo');
    const params = { ...listen.message.params, notifications: {} };
    const listening = { ...listen.message, method: 'subscriptions/listen', params };
    const modern = { ...jsonHeaders('ann'), ...listen.headers, 'mcp-method': 'subscriptions/listen' };
    assert.equal((await post(server.url, listening, modern)).status, 503);
    const other = await openStream(server.url, 'bob');
    assert.equal(other.answer.status, 200);
    for (const stream of [sse, other]) stream.close();
    abort.abort();
    const deadlineMs = Date.now() + 5000;
    let next = await openStream(server.url, 'ann');
    while (next.answer.status !== 200 && Date.now() < deadlineMs) next = await openStream(server.url, 'ann');
    assert.equal(next.answer.status, 200);
    next.close();
    await server.close();
  });

  it('end when their client leaves more than 8 MiB unread', async () => {
    const server = await startMcpServer({ buildServer: createTestOperations().buildServer });
    const stream = await openStream(server.url);
    const megabyte = 'x'.repeat(1_000_000);
    let status = 202;
    for (let message = 0; message < 40 && status === 202; message += 1) {
      status = (await post(stream.endpoint, call('echo', megabyte, message))).status;
    }
    assert.equal(status, 404);
    stream.close();
    await server.close();
  });

  it('tell the client to come back soon, and where to post', async () => {
    const server = await startMcpServer({ buildServer: createTestOperations().buildServer });
    const abort = new AbortController();
    const answer = await fetch(server.url, { headers: { accept: 'text/event-stream' }, signal: abort.signal });
    const { value } = (await answer.body?.pipeThrough(new TextDecoderStream()).getReader().read()) ?? {};
    assert.match(value ?? '', /^retry: 500\nevent: endpoint\ndata: \/mcp\?sessionId=[0-9a-f-]{36}\n\n$/);
    abort.abort();
    await server.close();
  });
});

/** The servers of test operations whose plain calls go to the SDK, and those whose do not. */
const ways = {
  'by the SDK': ({ buildServer }: McpService) => ({ buildServer }),
  'the short way': (service: McpService) => service,
};

for (const [way, serviceOf] of Object.entries(ways)) {
  it(`a server that stops answers the calls that it is serving first, ${way}`, async () => {
    const { calls, ...service } = createTestOperations();
    const server = await startMcpServer(serviceOf(service));
    let waiting = 3;
    const started = new Promise<void>((resolve) => {
      calls.on('started', () => (waiting -= 1) || resolve());
    });
    const { message, headers } = modernCall('hold', 'modern');
    const session = { 'mcp-session-id': await startSession(server.url) };
    const stream = await openStream(server.url);
    const modern = post(server.url, message, headers);
    const held = await post(server.url, call('hold', '2025'), session);
    await post(stream.endpoint, call('hold', 'sse'));
    await started;
    const closed = server.close();
    calls.emit('release');
    assert.match(await (await modern).text(), /"text":"modern"/);
    assert.equal(await textOf(held), '2025');
    assert.match((await stream.events.next()).value?.data ?? '', /"text":"sse"/);
    assert.equal((await stream.events.next()).done, true);
    await closed;
  });

  it(`a call ends when its 2026-07-28 client hangs up, ${way}`, async () => {
    const { calls, ...service } = createTestOperations();
    const server = await startMcpServer(serviceOf(service));
    const abort = new AbortController();
    const { message, headers } = modernCall('wait');
    const started = once(calls, 'started');
    const answer = fetch(server.url, {
      method: 'POST',
      headers: { ...jsonHeaders(), ...headers },
      body: JSON.stringify(message),
      signal: abort.signal,
    });
    await started;
    const aborted = once(calls, 'aborted');
    abort.abort();
    await assert.rejects(answer, { name: 'AbortError' });
    await aborted;
    await server.close();
  });

  it(`a call is waited for when the server stops, but not for ever, ${way}`, async () => {
    const { calls, ...service } = createTestOperations();
    const server = await startMcpServer({ ...serviceOf(service), limits: { closeGraceMs: 50 } });
    const { message, headers } = modernCall('wait');
    const started = once(calls, 'started');
    const answer = post(server.url, message, headers);
    await started;
    const aborted = once(calls, 'aborted');
    await Promise.all([server.close(), aborted]);
    assert.equal((await answer).status, 499);
  });

  it(`every call carries the request id of the HTTP request that made it, ${way}`, async () => {
    const { calls: _, ...service } = createTestOperations();
    const server = await startMcpServer(serviceOf(service));
    const requestId = { 'x-request-id': 'of-this-call' };
    const modern = modernCall('request_id');
    assert.match(
      await (await post(server.url, modern.message, { ...modern.headers, ...requestId })).text(),
      /of-this-call/,
    );
    const session = { 'mcp-session-id': await startSession(server.url) };
    assert.equal(
      await textOf(await post(server.url, call('request_id'), { ...session, ...requestId })),
      'of-this-call',
    );
    const stream = await openStream(server.url);
    await post(stream.endpoint, call('request_id'), requestId);
    assert.match((await stream.events.next()).value?.data ?? '', /of-this-call/);
    stream.close();
    await server.close();
  });
}

describe('the end of a call', () => {
  it('comes when a 2025 client hangs up, and its session lives on', async () => {
    const { buildServer, calls } = createTestOperations();
    const server = await startMcpServer({ buildServer });
    const abort = new AbortController();
    const headers = { ...jsonHeaders(), 'mcp-session-id': await startSession(server.url) };
    const started = once(calls, 'started');
    const body = JSON.stringify(call('wait'));
    await fetch(server.url, { method: 'POST', headers, body, signal: abort.signal });
    await started;
    const aborted = once(calls, 'aborted');
    abort.abort();
    await aborted;
    assert.equal(await textOf(await post(server.url, call('echo', 'on'), headers)), 'on');
    await server.close();
  });

  it('comes when a 2025 client cancels it, and so does the end of its stream', async () => {
    const { buildServer, calls } = createTestOperations();
    const server = await startMcpServer({ buildServer });
    const headers = { 'mcp-session-id': await startSession(server.url) };
    const started = once(calls, 'started');
    const answer = await post(server.url, call('wait', '', 'the call'), headers);
    await started;
    const aborted = once(calls, 'aborted');
    const params = { requestId: 'the call' };
    const cancelled = await post(server.url, { jsonrpc: '2.0', method: 'notifications/cancelled', params }, headers);
    assert.equal(cancelled.status, 202);
    await aborted;
    assert.equal(await answer.text(), '');
    await server.close();
  });

  it('comes when an HTTP+SSE client hangs up', async () => {
    const { buildServer, calls } = createTestOperations();
    const server = await startMcpServer({ buildServer });
    const stream = await openStream(server.url);
    const started = once(calls, 'started');
    assert.equal((await post(stream.endpoint, call('wait'))).status, 202);
    await started;
    const aborted = once(calls, 'aborted');
    stream.close();
    await aborted;
    await server.close();
  });
});
