import { createHash } from 'node:crypto';
import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import type { RequestId, ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { clientName } from '../core/client-name.ts';
import { currentContext, requestIdFrom, type CallContext } from '../core/context.ts';
import { toolUseIdKey, type PlainCall } from './plain-call.ts';

/** Where a call comes from, as far as the connection tells. */
export interface CallOrigin {
  readonly principalName: string;
  /** Of the pipe or stream; over stateless HTTP every request has another. */
  readonly connectionId: string;
}

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** The client's own id of a tool use, whatever the connection. */
function toolUse(principalName: string, toolUseId: string): string {
  return hashOf(['tool use', principalName, toolUseId]);
}

/** A call of a client that has no connection, among the calls of this client program under this token. */
function ofClient(principalName: string, client: PlainCall['client'], id: RequestId): string {
  return hashOf(['client', principalName, client?.name, client?.version, id]);
}

/** What a client says of itself; of what it says, only who it is counts. */
const envelope = z.object({ [CLIENT_INFO_META_KEY]: z.object({ name: z.string(), version: z.string() }) });

/**
 * What the client calls a call: one that is repeated has the same. The client's own id of the tool use where it tells
 * one; else the JSON-RPC id within its session, its pipe or, in 2026-07-28 over HTTP, where there is neither, among the
 * calls of this client program under this token.
 */
export function callIdOf(context: ServerContext, origin: CallOrigin): string {
  const { mcpReq, sessionId, http } = context;
  const { id } = mcpReq;
  const toolUseId = mcpReq._meta?.[toolUseIdKey];
  const { principalName, connectionId } = origin;
  if (typeof toolUseId === 'string') return toolUse(principalName, toolUseId);
  if (sessionId !== undefined) return hashOf(['session', sessionId, id]);
  if (http === undefined) return hashOf(['pipe', connectionId, id]);
  return ofClient(principalName, clientOf(context, undefined), id);
}

/** The same for a plain call of 2026-07-28 over HTTP. */
export function plainCallId({ id, client, toolUseId }: PlainCall, principalName: string): string {
  return toolUseId === undefined ? ofClient(principalName, client, id) : toolUse(principalName, toolUseId);
}

/** Who a client says it is with this call; a client before 2026-07-28 has said so when it connected. */
export function clientOf({ mcpReq }: ServerContext, connected: PlainCall['client']): PlainCall['client'] {
  return envelope.safeParse(mcpReq.envelope).data?.[CLIENT_INFO_META_KEY] ?? connected;
}

/**
 * The context of a call with this id, of a client that says this of itself; one that says nothing has its User-Agent. On a
 * pipe there is no HTTP request that has made a context already.
 */
export function contextOfCall(callId: string, client: PlainCall['client']): CallContext {
  const context = currentContext() ?? { requestId: requestIdFrom(undefined), transport: 'mcp' };
  return { ...context, callId, client: clientName(client?.name, client?.version) ?? context.client };
}
