import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startDoorOnHome } from './door-on-home.ts';
import type { DoorOnHome } from './door-on-home.ts';
import { modernSend, post, resultOf } from './modern-call.ts';

const mail = { to: 'ann@example.org', subject: 'Once', body: 'x' };
async function countSent({ mailbox }: DoorOnHome): Promise<number> {
  const query = { kind: 'label', label: 'SENT' } as const;
  return (await mailbox.searchMessages({ query, maxResults: 50, includeSpamTrash: true })).messages.length;
}

/** The text of a result. */
function textIn(result: Readonly<Record<string, unknown>>): string {
  return (result.content as { text: string }[])[0]?.text ?? '';
}

const modernCall = async (door: DoorOnHome, id: number, given: object): Promise<string> =>
  textIn(await modernSend(door, { id, mail: given }));

test('a request that a 2026-07-28 client repeats sends once', async (t) => {
  const door = await startDoorOnHome(t, {});
  const idOf = (text: string): string => /message ([\da-f]{16})/.exec(text)?.[1] ?? text;
  const first = idOf(await modernCall(door, 7, mail));
  assert.equal(idOf(await modernCall(door, 7, mail)), first);
  assert.equal(await countSent(door), 1);
  assert.notEqual(idOf(await modernCall(door, 8, mail)), first);
  assert.notEqual(idOf(await modernCall(door, 7, { ...mail, body: 'y' })), first);
  assert.equal(await countSent(door), 3);
});

test('a request that a 2025 client repeats in its session sends once, in another session anew', async (t) => {
  const door = await startDoorOnHome(t, {});
  const open = async (): Promise<Record<string, string>> => {
    const clientInfo = { name: 'test', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const response = await post(door, { id: 0, method: 'initialize', params });
    await response.text();
    const headers = { 'mcp-session-id': response.headers.get('mcp-session-id') ?? '' };
    await post(door, { method: 'notifications/initialized' }, headers);
    return headers;
  };
  const call = (headers: Record<string, string>): Promise<unknown> =>
    post(door, { id: 5, method: 'tools/call', params: { name: 'send_message', arguments: mail } }, headers).then(
      resultOf,
    );
  const session = await open();
  await call(session);
  await call(session);
  assert.equal(await countSent(door), 1);
  await call(await open());
  assert.equal(await countSent(door), 2);
});

test('a tool use that the client names is the same call whatever its request id', async (t) => {
  const door = await startDoorOnHome(t, {});
  const client = new Client({ name: 'test', version: '1' });
  const headers = { authorization: `Bearer ${door.token}` };
  await client.connect(new StreamableHTTPClientTransport(door.url, { requestInit: { headers } }));
  t.after(() => client.close());
  const call = (toolUseId: string) =>
    client.callTool({ name: 'send_message', arguments: mail, _meta: { 'claudecode/toolUseId': toolUseId } });
  await call('toolu_1');
  await call('toolu_1');
  assert.equal(await countSent(door), 1);
  await call('toolu_2');
  assert.equal(await countSent(door), 2);
});
