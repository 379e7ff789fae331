import { serveStdio as serveSdkStdio } from '@modelcontextprotocol/server/stdio';
import type { Logger } from '../core/logger.ts';
import type { Principal } from '../server/tokens.ts';
import type { BuildServer } from './build-server.ts';

export interface StdioOptions {
  readonly buildServer: BuildServer;
  /** Must not write to standard output, which belongs to the protocol. */
  readonly logger: Logger;
  /** Who is on the other end, and what they may do: there is no token on a pipe. */
  readonly principal: Principal;
}

/**
 * Serves one client on standard input and output, in whichever revision it opens with. The connection is over when
 * standard input ends; the process then has nothing left to wait for. `close` ends it from this side.
 */
export function serveStdio({ buildServer, logger, principal }: StdioOptions): { close(): Promise<void> } {
  const onerror = (error: Error): void => logger.debug('mcp stdio', { reason: error.message });
  return serveSdkStdio(() => buildServer(() => principal), { onerror });
}
