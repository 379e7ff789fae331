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

test('an entry of the outbox and of the audit log has what the client calls itself, in one bounded line', async (t) => {
  const door = await startDoorOnHome(t, {});
  const connect = async (client: Client, headers = {}): Promise<void> => {
    const init = { headers: { authorization: `Bearer ${door.token}`, ...headers } };
    await client.connect(new StreamableHTTPClientTransport(door.url, { requestInit: init }));
    t.after(() => client.close());
    await client.callTool({ name: 'send_message', arguments: mail });
  };
  await connect(
    new Client({ name: 'modern', version: '1.0' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
  );
  await connect(new Client({ name: 'legacy', version: '2.0' }, { versionNegotiation: { mode: 'legacy' } }));
  await modernSend(door, { id: 9, mail });
  const bidi = `evil\u202e\n\u001b[2J ${'x'.repeat(5000)}`;
  await connect(new Client({ name: bidi, version: '3' }, { versionNegotiation: { mode: 'legacy' } }));
  const entries = await door.safety.outboxStore().list({ limit: 10 });
  const names = entries.map(({ actor }) => actor.client);
  assert.deepEqual(names.slice(1), ['node', 'legacy 2.0', 'modern 1.0'], 'a User-Agent where nothing is said');
  assert.match(names[0] ?? '', /^evil \[2J x{89} 3$/);
  const audit = await door.safety.audit().list({ limit: 20 });
  const [first] = audit.filter(({ event }) => event === 'begun');
  assert.equal(first?.facts.client, names[0]);
  assert.equal(await door.safety.audit().findBreak(), undefined);
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
