import type { TestContext } from 'node:test';
import type { Home } from '../../src/core/home.ts';
import { createMcpHandler } from '../../src/mcp/mcp-handler.ts';
import type { Services } from '../../src/operations/kernel/services.ts';
import { operations } from '../../src/operations/operations.ts';
import { createTokenCheck } from '../../src/safety/tokens/check-token.ts';
import { startHttpServer } from '../../src/server/http-server.ts';
import { silent } from '../mcp/silent.ts';
import { openHomeServices } from './home-services.ts';

/** The MCP server of a home in this process, on a port that the system gives; closed with the test. */
export async function startMcpServer(
  context: Pick<TestContext, 'after'>,
  home: Home,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly url: URL; readonly services: Services }> {
  const { services, close } = openHomeServices(home, environment);
  const { configuration } = services;
  const server = await startHttpServer({
    handler: createMcpHandler(operations, services, configuration),
    health: [],
    renderMetrics: async () => '',
    configuration,
    port: 0,
    portVariable: 'GMAIL_MCP_PORT',
    checkToken: createTokenCheck(home.dataFolder, configuration.grants),
    logger: silent,
    environment: {},
  });
  context.after(async () => {
    await server.close(1000);
    await close();
  });
  return { url: new URL(`http://127.0.0.1:${server.port}/mcp`), services };
}
