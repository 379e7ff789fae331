import type { DoorOnHome } from './door-on-home.ts';
import { capabilitiesKey, jsonHeaders, modernToolCall } from './raw-http.ts';

type Json = Readonly<Record<string, unknown>>;

/** Posts a JSON-RPC message to a door. */
export function post(
  { url, token }: DoorOnHome,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { ...jsonHeaders(token), ...headers },
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
  const meta = { [capabilitiesKey]: call.capabilities ?? {} };
  const { message, headers } = modernToolCall('send_message', call.mail, { id: call.id, meta });
  return resultOf(await post(door, { ...message, params: { ...message.params, ...call.more } }, headers));
}
