import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { parseConfiguration } from '../core/configuration.ts';
import { portVariables } from '../core/variables.ts';
import type { CommandContext } from './command.ts';

async function listening(host: string): Promise<Server> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  return server;
}

function portOf(server: Server | undefined): string {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? String(address.port) : '0';
}

/**
 * The context with a port of the system's in place of each 0, so that the supervisor can hold it and look whether its
 * server is ready, and every program and other shell knows it.
 */
export async function withChosenPorts(context: CommandContext): Promise<CommandContext> {
  const { environment, shell } = context;
  const { host } = parseConfiguration(environment);
  const names = portVariables.filter((name) => environment[name] === '0');
  // All are open at once, so that none is chosen twice.
  const servers = await Promise.all(names.map(async () => listening(host)));
  const chosen = Object.fromEntries(names.map((name, index) => [name, portOf(servers[index])]));
  for (const server of servers) server.close();
  return { ...context, environment: { ...environment, ...chosen }, shell: { ...shell, ...chosen } };
}
