import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ClientOptions, Transport } from '@modelcontextprotocol/client';
import { InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { version } from '../../src/core/version.ts';
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

/** A client whose user is called Ann when asked. */
async function connectAsAnn(era: Era, url: string): Promise<Client> {
  const client = await connect(era, url, { capabilities: { elicitation: {} } });
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ann' } }));
  return client;
}

/** Calls a tool that asks the client for a name. */
async function askName(client: Client): Promise<string> {
  const { content } = await client.callTool({ name: 'test_input_required_result_elicitation' });
  return (content[0] as { text: string }).text;
}

/**
 * Calls until the server answers: an HTTP+SSE client that has lost its stream comes back by itself, but not before its
 * `retry` is over. Other clients must not need a second call.
 */
async function callAfterRestart(era: Era, client: Client): Promise<unknown> {
  const deadlineMs = Date.now() + 10_000;
  for (;;) {
    try {
      const { content } = await client.callTool({ name: 'test_simple_text' });
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
      const server = await startMcpServer(createTestOperations());
      const client = await connect(era, server.url);
      try {
        assert.equal(client.getNegotiatedProtocolVersion(), era.protocolVersion);
        assert.deepEqual(client.getServerVersion(), { name: 'gmail-llm', title: 'Gmail', version });
        const { tools } = await client.listTools();
        assert.deepEqual(
          tools.map(({ name }) => name),
          ['echo', 'request_id', 'miss', 'crash', 'unwritable', 'wait', 'hold'],
        );
        const echoed = await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
        assert.deepEqual(echoed.content, [{ type: 'text', text: 'hello' }]);
        assert.equal(echoed.structuredContent, undefined);
        const missed = await client.callTool({ name: 'miss' });
        assert.equal(missed.isError, true);
        assert.match(
          JSON.stringify(missed.content),
          /NOT_FOUND: Not found\\n\[\w+\] untrusted details of the error\\nNo such message\.\\nfield: id\\ngot: x\\n/,
        );
        await assert.rejects(client.callTool({ name: 'no_such_tool' }), {
          code: -32602,
          message: /Unknown tool: no_such_tool\. tools\/list names/,
        });
      } finally {
        await client.close();
        await server.close();
      }
    });

    it('goes on after the server has been killed or stopped, and started anew', async () => {
      let server = await startServerProcess();
      const client = await connectAsAnn(era, server.url);
      try {
        for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
          await server.kill(signal);
          server = await startServerProcess(server.port);
          const answer = await callAfterRestart(era, client);
          assert.deepEqual(answer, [{ type: 'text', text: 'This is a simple text response for testing.' }]);
          assert.ok((await client.listTools()).tools.length > 10);
          // A stream of HTTP+SSE starts without a handshake: what its client can do is not known any more.
          if (era.name !== 'HTTP+SSE') assert.equal(await askName(client), 'Hello, Ann!');
        }
      } finally {
        await client.close();
        await server.kill('SIGTERM');
      }
    });

    it('answers what the server asks of it', async () => {
      const server = await startMcpServer({ buildServer: createFixture(new InMemoryServerEventBus()) });
      const client = await connectAsAnn(era, server.url);
      assert.equal(await askName(client), 'Hello, Ann!');
      await client.close();
      await server.close();
    });
  });
}
