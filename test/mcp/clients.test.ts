import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ClientOptions, Transport } from '@modelcontextprotocol/client';
import { InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { createFixture } from './conformance/fixture-server.ts';
import { startMcpServer } from './http-server.ts';
import { startServerProcess } from './server-process.ts';
import { createTestOperations } from './test-operations.ts';

interface Era {
  readonly name: string;
  readonly options: ClientOptions;
  readonly transport: (url: URL) => Transport;
  readonly protocolVersion: string;
}

const eras: readonly Era[] = [
  {
    name: '2026-07-28',
    options: { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    transport: (url) => new StreamableHTTPClientTransport(url),
    protocolVersion: '2026-07-28',
  },
  {
    name: '2025-11-25 over Streamable HTTP',
    options: {},
    transport: (url) => new StreamableHTTPClientTransport(url),
    protocolVersion: '2025-11-25',
  },
  {
    name: 'HTTP+SSE',
    options: {},
    transport: (url) => new SSEClientTransport(url),
    protocolVersion: '2025-11-25',
  },
];

async function connect(era: Era, url: string, options: ClientOptions = {}): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { ...era.options, ...options });
  await client.connect(era.transport(new URL(url)));
  return client;
}

/**
 * Calls until the server answers: an HTTP+SSE client that has lost its stream comes back by itself, but not before its
 * `retry` is over. Other clients must not need a second call.
 */
async function callAfterRestart(era: Era, client: Client): Promise<unknown> {
  const deadlineMs = Date.now() + 10_000;
  for (;;) {
    try {
      const { content } = await client.callTool({ name: 'echo', arguments: { text: 'still here' } });
      return content;
    } catch (error) {
      if (era.name !== 'HTTP+SSE' || Date.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

for (const era of eras) {
  describe(`a client of ${era.name}`, () => {
    it('lists, calls, and is told errors as text', async () => {
      const { buildServer } = createTestOperations();
      const server = await startMcpServer({ buildServer });
      const client = await connect(era, server.url);
      try {
        assert.equal(client.getNegotiatedProtocolVersion(), era.protocolVersion);
        assert.deepEqual(client.getServerVersion(), { name: 'gmail-llm', title: 'Gmail', version: '0.1.0' });
        const { tools } = await client.listTools();
        assert.deepEqual(
          tools.map(({ name }) => name),
          ['echo', 'request_id', 'miss', 'crash', 'wait'],
        );
        const echoed = await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
        assert.deepEqual(echoed.content, [{ type: 'text', text: 'hello' }]);
        assert.equal(echoed.structuredContent, undefined);
        const missed = await client.callTool({ name: 'miss' });
        assert.equal(missed.isError, true);
        assert.match(JSON.stringify(missed.content), /NOT_FOUND: No such message\.\\nfield: id\\ngot: x\\nrequestId: /);
        await assert.rejects(client.callTool({ name: 'no_such_tool' }), {
          code: -32602,
          message: /Unknown tool: no_such_tool$/,
        });
      } finally {
        await client.close();
        await server.close();
      }
    });

    it('goes on after the server has been killed or stopped, and started anew', async () => {
      let server = await startServerProcess('operations');
      const client = await connect(era, server.url);
      try {
        for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
          await server.kill(signal);
          server = await startServerProcess('operations', server.port);
          assert.deepEqual(await callAfterRestart(era, client), [{ type: 'text', text: 'still here' }]);
          assert.equal((await client.listTools()).tools.length, 5);
        }
      } finally {
        await client.close();
        await server.kill('SIGTERM');
      }
    });

    it('answers what the server asks of it', async () => {
      const server = await startMcpServer({ buildServer: createFixture(new InMemoryServerEventBus()) });
      const client = await connect(era, server.url, { capabilities: { elicitation: {} } });
      client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ann' } }));
      try {
        const { content } = await client.callTool({ name: 'test_input_required_result_elicitation' });
        assert.deepEqual(content, [{ type: 'text', text: 'Hello, Ann!' }]);
      } finally {
        await client.close();
        await server.close();
      }
    });
  });
}

for (const era of eras.filter(({ name }) => name !== 'HTTP+SSE')) {
  it(`a client of ${era.name} is still asked by a server that was started anew`, async () => {
    const first = await startServerProcess('fixture');
    const client = await connect(era, first.url, { capabilities: { elicitation: {} } });
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ann' } }));
    await first.kill('SIGKILL');
    const second = await startServerProcess('fixture', first.port);
    try {
      const { content } = await client.callTool({ name: 'test_input_required_result_elicitation' });
      assert.deepEqual(content, [{ type: 'text', text: 'Hello, Ann!' }]);
    } finally {
      await client.close();
      await second.kill('SIGTERM');
    }
  });
}
