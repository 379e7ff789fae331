import type { McpServer } from '@modelcontextprotocol/server';
import type { Principal } from '../server/tokens.ts';

/**
 * Makes a fresh, unconnected MCP server for one request (2026-07-28), one session (2025), one stream (HTTP+SSE) or one
 * pipe. It must be cheap: it is on the way of every modern request.
 *
 * `principal` answers who makes the call that is being served. A session outlives a token: one that is made anew under
 * the same name may have other grants.
 */
export type BuildServer = (principal: () => Principal) => McpServer;
