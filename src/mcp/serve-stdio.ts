import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio as serveSdkStdio } from '@modelcontextprotocol/server/stdio';
import type { Logger } from '../core/logger.ts';
import type { Principal } from '../safety/tokens/check-token.ts';
import type { BuildServer } from './build-server.ts';
import { channelCapability, type ChannelMessage } from './mail-channel.ts';
import type { ResourceUpdates } from './resource-updates.ts';
import { StdioTransport } from './stdio-transport.ts';

export interface StdioOptions {
  readonly buildServer: BuildServer;
  /** Without them nobody is told of changes. */
  readonly updates?: ResourceUpdates;
  /** Tells of mail that wakes the agent, until the signal aborts; without it none does. */
  readonly followChannel?: (tell: (message: ChannelMessage) => Promise<void>, signal: AbortSignal) => Promise<void>;
  /** Must not write to standard output, which belongs to the protocol. */
  readonly logger: Logger;
  /** Who is on the other end, and what they may do: there is no token on a pipe. */
  readonly principal: Principal;
}

/** A client on standard input and output. */
export interface StdioConnection {
  /** Fulfilled when it is over: input has ended and what was being served is answered, or the client reads no more. */
  readonly closed: Promise<void>;
  /** Ends it from this side. */
  close(): Promise<void>;
}

/** Serves one client on standard input and output, in whichever revision it opens with. */
export function serveStdio({ buildServer, updates, followChannel, logger, principal }: StdioOptions): StdioConnection {
  const transport = new StdioTransport(process.stdin, process.stdout);
  const onerror = (error: Error): void => logger.debug('mcp stdio', { reason: error.message });
  let product: McpServer | undefined;
  const build = () => {
    product = buildServer(() => principal);
    if (followChannel !== undefined) product.server.registerCapabilities({ experimental: channelCapability });
    return product;
  };
  const connection = serveSdkStdio(build, { transport, onerror });
  // The SDK passes on what the client has asked for, with the id of its subscription.
  const tell = (uri: string) => void product?.server.sendResourceUpdated({ uri }).catch(onerror);
  transport.onListen = (uris) => {
    updates?.listen({ principal: () => principal, uris, tell });
  };
  const over = new AbortController();
  // Only the revisions with a handshake let a server speak unasked.
  const wake = async (message: ChannelMessage): Promise<void> => {
    if (product?.server.getClientVersion() !== undefined) await transport.send({ jsonrpc: '2.0', ...message });
  };
  void followChannel?.(wake, over.signal);
  void transport.closed.then(() => {
    over.abort();
    updates?.close();
  });
  return { closed: transport.closed, close: () => connection.close() };
}
