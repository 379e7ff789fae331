import { createHash } from 'node:crypto';
import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import type { ServerContext } from '@modelcontextprotocol/server';

/** The key under which Claude Code says which of a model's tool uses a call is. */
const toolUseIdKey = 'claudecode/toolUseId';

/** Where a call comes from, as far as the connection tells. */
export interface CallOrigin {
  readonly principalName: string;
  /** Of the pipe or stream; over stateless HTTP every request has another. */
  readonly connectionId: string;
}

/**
 * What the client calls a call: one that is repeated has the same. The client's own id of the tool use where it tells
 * one; else the JSON-RPC id within its session, its pipe or, in 2026-07-28 over HTTP, where there is neither, among the
 * calls of this client program under this token.
 */
export function callIdOf({ mcpReq, sessionId, http }: ServerContext, origin: CallOrigin): string {
  const { id, envelope } = mcpReq;
  const toolUseId = mcpReq._meta?.[toolUseIdKey];
  const { principalName, connectionId } = origin;
  const parts =
    typeof toolUseId === 'string'
      ? ['tool use', principalName, toolUseId]
      : sessionId !== undefined
        ? ['session', sessionId, id]
        : http === undefined
          ? ['pipe', connectionId, id]
          : ['client', principalName, Reflect.get(envelope ?? {}, CLIENT_INFO_META_KEY), id];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
