import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startMcpServer, type TestServer } from './http-server.ts';
import { jsonHeaders, openStream, post, startSession } from './raw-http.ts';
import { createTestOperations } from './test-operations.ts';

const { buildServer } = createTestOperations();
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Messages of clients that send `null` for what they leave out, and what the answer says. */
const messages = [
  { method: 'tools/list', params: { cursor: null }, expected: /"name":"echo"/ },
  { method: 'tools/list', params: { cursor: null, _meta: { progressToken: null } }, expected: /"name":"echo"/ },
  { method: 'tools/call', params: { name: 'echo', arguments: null }, expected: /"content":\[\{"type":"text"/ },
  {
    method: 'tools/call',
    params: { name: 'echo', arguments: { text: null } },
    expected: /"content":\[\{"type":"text"/,
  },
  {
    method: 'tools/call',
    params: { name: 'echo', arguments: { text: null, colour: null } },
    expected: /no such field/,
  },
] as const;

describe('null for what is left out', () => {
  let server: TestServer;
  before(async () => {
    server = await startMcpServer({ buildServer });
  });
  after(() => server.close());

  for (const { method, params, expected } of messages) {
    const message = { jsonrpc: '2.0', id: 7, method, params };
    it(`${method} ${JSON.stringify(params)} in a 2025 session`, async () => {
      const headers = { ...jsonHeaders(), 'mcp-session-id': await startSession(server.url) };
      assert.match(await (await post(server.url, message, headers)).text(), expected);
    });

    it(`${method} ${JSON.stringify(params)} in 2026-07-28`, async () => {
      const named = 'name' in params ? { 'mcp-name': params.name } : {};
      const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...named };
      const modern = {
        ...message,
        params: { ...params, _meta: { ...('_meta' in params ? params._meta : {}), ...meta } },
      };
      assert.match(await (await post(server.url, modern, headers)).text(), expected);
    });

    it(`${method} ${JSON.stringify(params)} over HTTP+SSE`, async () => {
      const stream = await openStream(server.url);
      await post(stream.endpoint, message);
      assert.match((await stream.events.next()).value?.data ?? '', expected);
      stream.close();
    });
  }

  it('also for all of params, and for _meta', async () => {
    const headers = { ...jsonHeaders(), 'mcp-session-id': await startSession(server.url) };
    const answer = await post(server.url, { jsonrpc: '2.0', id: 1, method: 'tools/list', params: null }, headers);
    assert.match(await answer.text(), /"name":"echo"/);
    const called = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'echo', _meta: null } };
    assert.match(await (await post(server.url, called, headers)).text(), /"content":/);
  });
});
