import { isJsonObject, type JsonObject } from '../core/json-object.ts';

function withoutNulls(object: JsonObject): JsonObject {
  const entries = Object.entries(object);
  return entries.some(([, value]) => value === null)
    ? Object.fromEntries(entries.filter(([, value]) => value !== null))
    : object;
}

/**
 * A JSON-RPC message, or a batch of them, without the optional members that a client has sent as `null`: `params`, each
 * of its members (`cursor`, `arguments`, `_meta`) and each of `_meta`. MCP gives none of them a meaning, and the SDK
 * refuses them. Arguments themselves are left to the operation.
 */
export function dropNulls(message: unknown): unknown {
  if (Array.isArray(message)) return message.map(dropNulls);
  if (!isJsonObject(message) || typeof message['method'] !== 'string') return message;
  const { params, ...rest } = message;
  if (params === null) return rest;
  if (!isJsonObject(params)) return message;
  const given = withoutNulls(params);
  const { _meta: meta } = given;
  return { ...message, params: isJsonObject(meta) ? { ...given, _meta: withoutNulls(meta) } : given };
}
