import type { CallToolResult, McpServer } from '@modelcontextprotocol/server';
import type { Principal } from '../safety/tokens/check-token.ts';
import type { PlainCall } from './plain-call.ts';
import type { ResourceUpdates } from './resource-updates.ts';

/**
 * Makes a fresh, unconnected MCP server for one request (2026-07-28), one session (2025), one stream (HTTP+SSE) or one
 * pipe. It must be cheap: it is on the way of every modern request.
 *
 * `principal` answers who makes the call that is being served. A session outlives a token: one that is made anew under
 * the same name may have other grants.
 */
export type BuildServer = (principal: () => Principal) => McpServer;

/**
 * Calls a tool without an MCP server, the short way of plain calls. Returns undefined where the call needs one: an unknown
 * tool, or one that may ask the person at the client.
 */
type CallPlainly = (call: PlainCall, principal: Principal, signal: AbortSignal) => Promise<CallToolResult> | undefined;

/** What serves MCP clients. */
export interface McpService {
  readonly buildServer: BuildServer;
  /** Without it every call is the SDK's. */
  readonly callPlainly?: CallPlainly;
  /** Without them nobody is told of changes. */
  readonly updates?: ResourceUpdates;
}
