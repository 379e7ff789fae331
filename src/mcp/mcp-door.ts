import type { Configuration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import { answerHealth } from '../door/health.ts';
import type { Door } from '../door/http-server.ts';
import type { Metrics } from '../door/metrics.ts';
import type { Services } from '../operations/invoke.ts';
import type { Operation } from '../operations/operation.ts';
import { operationServers } from './operation-server.ts';
import { createMcpTransports } from './transports.ts';

/** The MCP door: every client of every revision on `/mcp`, health and figures beside it. */
export function createMcpDoor(
  operations: readonly Operation[],
  services: Services,
  metrics: Metrics,
  { toolsets }: Pick<Configuration, 'toolsets'>,
): Door {
  const buildServer = operationServers(operations, toolsets, services);
  const transports = createMcpTransports({ buildServer, logger: services.logger });
  return {
    name: 'mcp',
    open: new Map(answerHealth(services.accounts)),
    async handle({ request, response, path, principal }) {
      if (path === '/mcp') return transports.handle(request, response, principal);
      if (path !== '/metrics') throw new AppError('NOT_FOUND', 'Nothing is here.', { expected: '/mcp', got: path });
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
      response.end(metrics.render());
    },
    close: () => transports.close(),
  };
}
