import { INVALID_PARAMS, INVALID_REQUEST, PROTOCOL_VERSION_META_KEY } from '@modelcontextprotocol/server';
import type { RequestId } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../core/json-object.ts';
import { issuesFault, paramsFault } from './params-fault.ts';

/** The answer to a message that no MCP server need be asked about. */
export interface RequestFault {
  readonly jsonrpc: '2.0';
  /** Null where the message has none that can be repeated. */
  readonly id: RequestId | null;
  readonly error: { readonly code: number; readonly message: string };
}

/** What begins a session: a client that says it wrongly would only hear that it has none. */
const initialize = z.object({
  params: z.object({
    protocolVersion: z.string(),
    capabilities: z.looseObject({}),
    clientInfo: z.looseObject({ name: z.string(), version: z.string() }),
  }),
});

/** What opens a stream, in the revisions with an envelope in `_meta`. */
const listen = z.object({
  params: z.object({
    notifications: z.object({
      toolsListChanged: z.boolean().optional(),
      promptsListChanged: z.boolean().optional(),
      resourcesListChanged: z.boolean().optional(),
      resourceSubscriptions: z.array(z.string()).optional(),
    }),
  }),
});

/** What stands beside `arguments` in a call (revisions 2024-11-05 to 2026-07-28). */
const besideArguments: ReadonlySet<string> = new Set(['name', '_meta', 'task', 'inputResponses', 'requestState']);

function isId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/** What is wrong with the shape of a message; a response of the client, or a notification, has no id or no method. */
function shapeFault(message: JsonObject): string | undefined {
  const { jsonrpc, id, method, params } = message;
  if (jsonrpc !== '2.0') return 'jsonrpc: expected "2.0"';
  if ('result' in message || 'error' in message) return undefined;
  if (typeof method !== 'string') return 'method: expected a text, such as "tools/list"';
  if ('id' in message && !isId(id)) return 'id: expected a text or a whole number';
  return params === undefined || isJsonObject(params) ? undefined : 'params: expected an object';
}

/** A call whose input has another name than `arguments` would run without one, and find everything. */
function misplacedInput({ method, params }: JsonObject): string | undefined {
  if ((method !== 'tools/call' && method !== 'prompts/get') || !isJsonObject(params)) return undefined;
  if (params.arguments !== undefined) return undefined;
  const other = Object.keys(params).find((name) => !besideArguments.has(name));
  if (other === undefined) return undefined;
  return paramsFault(
    [`params.${other.slice(0, 100)}: no such member`],
    'What the call is given goes into params.arguments.',
  );
}

function schemaOf({ method, params }: JsonObject): z.ZodType | undefined {
  const meta = isJsonObject(params) ? params._meta : undefined;
  const hasEnvelope = isJsonObject(meta) && PROTOCOL_VERSION_META_KEY in meta;
  if (method === 'initialize' && !hasEnvelope) return initialize;
  return method === 'subscriptions/listen' && hasEnvelope ? listen : undefined;
}

/** The refusal of a message that is faulty whatever revision it is of; undefined for one that may be right, and for a batch. */
export function requestFault(message: unknown): RequestFault | undefined {
  if (Array.isArray(message)) return undefined;
  const refuse = (code: number, text: string): RequestFault => ({
    jsonrpc: '2.0',
    id: isJsonObject(message) && isId(message.id) ? message.id : null,
    error: { code, message: text },
  });
  const shape = isJsonObject(message) ? shapeFault(message) : 'expected an object';
  if (shape !== undefined || !isJsonObject(message)) {
    const form = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}';
    return refuse(INVALID_REQUEST, `The body is no JSON-RPC message (${shape}): expected one such as ${form}.`);
  }
  const misplaced = misplacedInput(message);
  if (misplaced !== undefined) return refuse(INVALID_PARAMS, misplaced);
  const schema = schemaOf(message);
  const issues = schema?.safeParse({ params: {}, ...message }).error?.issues;
  return issues === undefined ? undefined : refuse(INVALID_PARAMS, issuesFault(issues));
}
