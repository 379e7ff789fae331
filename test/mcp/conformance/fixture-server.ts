import { randomBytes } from 'node:crypto';
import { McpServer, createRequestStateCodec } from '@modelcontextprotocol/server';
import type { ServerEventBus } from '@modelcontextprotocol/server';
import { addContentTools } from './content-tools.ts';
import { addInputTools } from './input-tools.ts';
import { addPrompts } from './prompts.ts';
import { addResources } from './resources.ts';

/**
 * What the conformance suites expect a server to have, on our own transports: one fresh server for each request,
 * session or stream, as in production. Its names and texts are the suites' own.
 */
export function createFixture(bus: ServerEventBus): () => McpServer {
  const requestState = createRequestStateCodec<string>({ key: randomBytes(32) });
  return () => {
    const server = new McpServer(
      { name: 'conformance-fixture', version: '1.0.0' },
      {
        capabilities: { logging: {}, completions: {}, resources: { subscribe: true } },
        requestState: { verify: requestState.verify },
      },
    );
    addContentTools(server, bus);
    addInputTools(server, (state) => requestState.mint(state));
    addResources(server);
    addPrompts(server);
    return server;
  };
}
