import type { DoorOnHome } from './door-on-home.ts';

type Json = Readonly<Record<string, unknown>>;

const versionKey = 'io.modelcontextprotocol/protocolVersion';
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';

/** Posts a JSON-RPC message to a door. */
export function post(
  { url, token }: DoorOnHome,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...body }),
  });
}

/** The result of an answer, whether it comes as JSON or as an event. */
export async function resultOf(response: Response): Promise<Json> {
  return (JSON.parse(/\{.*\}/s.exec(await response.text())?.[0] ?? '{}') as { result: Json }).result;
}

/** Calls `send_message` as a 2026-07-28 client without a library: exactly what is written here goes over the wire. */
export async function modernSend(
  door: DoorOnHome,
  call: { readonly id: number; readonly mail: object; readonly capabilities?: object; readonly more?: object },
): Promise<Json> {
  const _meta = { [versionKey]: '2026-07-28', [capabilitiesKey]: call.capabilities ?? {} };
  const params = { name: 'send_message', arguments: call.mail, _meta, ...call.more };
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'send_message' };
  return resultOf(await post(door, { id: call.id, method: 'tools/call', params }, headers));
}
