import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { acceptedForms } from '../../src/mcp/accepted-forms.ts';
import { startMcpServer, type TestServer } from './http-server.ts';
import { send } from './send-raw.ts';
import { call, initialize, startSession } from './raw-http.ts';
import { createTestOperations } from './test-operations.ts';

const { buildServer, calls } = createTestOperations();
const events = 'text/event-stream';
const json = 'application/json';

/** `Accept` headers of clients, and the media type that each is answered with. */
const taken: readonly (readonly [accept: string | undefined, type: string])[] = [
  [undefined, events],
  ['', events],
  ['*/*', events],
  ['*/*;q=0.1', events],
  ['application/json, text/event-stream', events],
  ['text/event-stream,application/json', events],
  ['APPLICATION/JSON, TEXT/EVENT-STREAM', events],
  ['Application/Json', json],
  ['application/json', json],
  ['application/json; charset=utf-8', json],
  ['application/*', json],
  ['application/json, text/event-stream;q=0', json],
  ['application/*, text/*', events],
  ['text/event-stream', events],
  ['*/*, text/event-stream;q=0.0', json],
];
const refused = ['text/html', 'image/*', 'text/plain, application/xml', '*/*;q=0', 'application/jsonp'];

describe('the Accept header of a 2025 client', () => {
  let server: TestServer;
  before(async () => {
    server = await startMcpServer({ buildServer });
  });
  after(() => server.close());

  for (const [accept, type] of taken) {
    it(`${accept ?? 'none'} is answered as ${type}`, async () => {
      const headers = accept === undefined ? {} : { accept };
      const opened = await send(server.url, initialize, headers);
      assert.deepEqual([opened.status, opened.type], [200, type]);
      assert.match(opened.body, /"protocolVersion":"2025-11-25"/);
      const session = { ...headers, 'mcp-session-id': opened.sessionId };
      const said = await send(server.url, call('echo', 'hello'), session);
      assert.deepEqual([said.status, said.type], [200, type]);
      assert.match(said.body, /"text":"hello"/);
      if (type === json) assert.equal(JSON.parse(said.body).id, 2);
      const notified = await send(server.url, { jsonrpc: '2.0', method: 'notifications/initialized' }, session);
      assert.deepEqual([notified.status, notified.body], [202, '']);
    });
  }

  for (const accept of refused) {
    it(`${accept} is refused`, async () => {
      const { status, body } = await send(server.url, initialize, { accept });
      assert.equal(status, 406);
      assert.match(body, /expected an Accept header with application\/json or text\/event-stream/);
    });
  }

  it('a batch is answered as one list in JSON', async () => {
    const headers = { accept: json, 'mcp-session-id': await startSession(server.url) };
    const { body } = await send(server.url, [call('echo', 'a', 1), call('echo', 'b', 2)], headers);
    const answers: readonly { readonly id: number }[] = JSON.parse(body);
    assert.deepEqual(new Set(answers.map(({ id }) => id)), new Set([1, 2]));
  });

  it('a client of JSON that cancels its call is answered nothing, and holds nothing open', async () => {
    const headers = { accept: json, 'mcp-session-id': await startSession(server.url) };
    const started = once(calls, 'started');
    const aborted = once(calls, 'aborted');
    const waiting = send(server.url, call('wait', '', 5), headers);
    await started;
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } };
    assert.equal((await send(server.url, cancel, headers)).status, 202);
    await aborted;
    const { status, body } = await waiting;
    assert.deepEqual([status, body], [202, '']);
  });

  it('a GET without one opens a stream, as any form is taken', async () => {
    for (const accept of [undefined, '*/*', 'TEXT/EVENT-STREAM']) {
      const opened = await send(server.url, undefined, accept === undefined ? {} : { accept }, { isStream: true });
      assert.deepEqual([opened.status, opened.type], [200, events]);
    }
  });
});

describe('an initialize with the session id of', () => {
  let server: TestServer;
  before(async () => {
    server = await startMcpServer({ buildServer });
  });
  after(() => server.close());

  const ids: readonly (readonly [string, () => Promise<string> | string])[] = [
    ['another server', () => 'd5a5ba84-8eb0-4d6a-a6a4-fa4d6ee16a1f'],
    ['a session that is open', () => startSession(server.url)],
    [
      'a session that was deleted',
      async () => {
        const id = await startSession(server.url);
        await fetch(server.url, { method: 'DELETE', headers: { 'mcp-session-id': id } });
        return id;
      },
    ],
    ['another principal', () => startSession(server.url, 'bob')],
  ];
  for (const [whose, idOf] of ids) {
    it(`${whose} begins a session of its own`, async () => {
      const stale = await idOf();
      const { status, sessionId } = await send(server.url, initialize, { accept: json, 'mcp-session-id': stale });
      assert.equal(status, 200);
      assert.notEqual(sessionId, stale);
      const headers = { accept: json, 'mcp-session-id': sessionId };
      assert.match((await send(server.url, call('echo', 'hello'), headers)).body, /hello/);
    });
  }
});

it('the most exact range of an Accept header decides', () => {
  assert.deepEqual(acceptedForms('text/*;q=0, text/event-stream'), { json: false, events: true });
  assert.deepEqual(acceptedForms('*/*, application/*;q=0.000'), { json: false, events: true });
});
