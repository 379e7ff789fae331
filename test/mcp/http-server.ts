import type { Grant } from '../../src/core/grants.ts';
import { startHttpServer } from '../../src/server/http-server.ts';
import { createMcpTransports } from '../../src/mcp/transports.ts';
import type { McpTransportsOptions } from '../../src/mcp/transports.ts';
import { silent } from './silent.ts';

export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** What every principal may do; at first, reading. */
  readonly grants: Set<Grant>;
  /** Ends the server as a process that is told to stop would end it. */
  close(): Promise<void>;
}

/**
 * The MCP transports in the production HTTP server, on 127.0.0.1. The bearer token stands for its own name, so that
 * tests can be several principals; without one the caller is "anyone".
 */
export async function startMcpServer(options: Omit<McpTransportsOptions, 'logger'>, port = 0): Promise<TestServer> {
  const grants = new Set<Grant>(['read']);
  const transports = createMcpTransports({ logger: silent, ...options });
  const server = await startHttpServer({
    handler: {
      name: 'mcp',
      publicRoutes: new Map(),
      handle: ({ request, response, principal }) => transports.handle(request, response, principal),
      close: () => transports.close(),
    },
    health: [],
    renderMetrics: async () => '',
    configuration: { host: '127.0.0.1', allowedHosts: [], auth: 'token', grants: new Set() },
    port,
    portVariable: 'GMAIL_MCP_PORT',
    checkToken: (authorization) => ({ name: authorization?.slice('Bearer '.length) ?? 'anyone', grants }),
    logger: silent,
    environment: {},
  });
  return {
    url: `http://127.0.0.1:${server.port}/mcp`,
    port: server.port,
    grants,
    close: () => server.close(1000),
  };
}
