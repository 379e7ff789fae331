import type { Configuration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import type { HttpHandler } from '../server/http-server.ts';
import type { Services } from '../operations/kernel/services.ts';
import type { Operation } from '../operations/kernel/operation.ts';
import { operationServers } from './operation-server.ts';
import { createMcpTransports } from './transports.ts';

/** The MCP server: every client of every revision on `/mcp`. */
export function createMcpHandler(
  operations: readonly Operation[],
  services: Services,
  { toolsets }: Pick<Configuration, 'toolsets'>,
): HttpHandler {
  const service = operationServers(operations, toolsets, services);
  const transports = createMcpTransports({ ...service, logger: services.logger });
  return {
    name: 'mcp',
    publicRoutes: new Map(),
    async handle({ request, response, path, principal }) {
      if (path === '/mcp') return transports.handle(request, response, principal);
      throw new AppError('NOT_FOUND', 'No such endpoint.', { expected: '/mcp', got: path });
    },
    close: () => transports.close(),
  };
}
