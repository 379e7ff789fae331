import { once } from 'node:events';
import { assemble } from '../server/assemble.ts';
import { startHomeJobs } from '../server/jobs/home-jobs.ts';
import type { Operation } from '../operations/kernel/operation.ts';
import type { Principal } from '../safety/tokens/check-token.ts';
import { followChannel } from './mail-channel.ts';
import { operationServers } from './operation-server.ts';
import { serveStdio } from './serve-stdio.ts';

/**
 * Serves one client on standard input and output until standard input ends. There is no token on a pipe: who started
 * the process may do what `GMAIL_GRANTS` allows. Logs go to standard error. Throws what assembling throws.
 */
export async function runStdio(operations: readonly Operation[]): Promise<void> {
  const { configuration, logger, services, close } = await assemble({
    program: 'gmail-mcp-server',
    environment: process.env,
    logTo: 2,
  });
  const { buildServer, updates } = operationServers(operations, configuration.toolsets, services);
  // Whoever starts it on a pipe has the owner's shell.
  const principal: Principal = { name: 'stdio', grants: new Set([...configuration.grants, 'admin']) };
  const { channelSenders: senders } = configuration;
  const connection = serveStdio({
    buildServer,
    updates,
    ...(senders.length === 0
      ? {}
      : { followChannel: (tell, signal) => followChannel({ services, operations, principal, senders }, tell, signal) }),
    logger,
    principal,
  });
  const jobs = startHomeJobs(services);
  const stopped = ['SIGTERM', 'SIGINT'].map((signal) => once(process, signal));
  await Promise.race([connection.closed, ...stopped]);
  await Promise.all([connection.close(), jobs.stop()]);
  await close();
}
