import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { tokensFreshMs } from '../../src/safety/tokens/check-token.ts';
import { createToken, revokeToken } from '../../src/safety/tokens/token-store.ts';
import { buildMail } from '../build-mail.ts';
import { startDoorOnHome, type DoorOnHome } from './door-on-home.ts';
import { post, resultOf } from './modern-call.ts';
import { modernToolCall, plainMeta } from './raw-http.ts';

/** Changes labels through the server. */
async function modify(
  door: DoorOnHome,
  id: string,
  addLabelIds: readonly string[],
  removeLabelIds: readonly string[] = [],
): Promise<void> {
  const input = { ids: [id], addLabelIds, removeLabelIds };
  const { message, headers } = modernToolCall('modify_messages', input, { id: 9 });
  const result = await resultOf(await post(door, message, headers));
  assert.notEqual(result.isError, true, JSON.stringify(result));
}

/** The URIs that a stream of `subscriptions/listen` is told of, as they come. */
async function* listen(t: TestContext, door: DoorOnHome, uris: readonly string[]): AsyncGenerator<string> {
  const params = { notifications: { resourceSubscriptions: uris }, _meta: plainMeta };
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
  const response = await post(door, { id: 1, method: 'subscriptions/listen', params }, headers);
  assert.equal(response.status, 200, response.ok ? '' : await response.text());
  const reader = (response.body ?? assert.fail('no stream')).pipeThrough(new TextDecoderStream()).getReader();
  // One that was cut off cannot be cancelled.
  t.after(() => reader.cancel().catch(() => {}));
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data === undefined) continue;
      const message = JSON.parse(data);
      yield message.method === 'notifications/resources/updated' ? message.params.uri : message.method;
    }
  }
}

async function nextOf(stream: AsyncGenerator<string>): Promise<string | undefined> {
  const { value, done } = await stream.next();
  return done === true ? undefined : value;
}

suite('subscriptions', () => {
  test('tell a stream of 2026-07-28 of what changed, and of nothing else', { timeout: 60_000 }, async (t) => {
    const door = await startDoorOnHome(t, {});
    const first = await door.mailbox.receiveMessage({ raw: buildMail({ subject: 'first', messageId: '1@x' }) });
    const second = await door.mailbox.receiveMessage({ raw: buildMail({ subject: 'second', messageId: '2@x' }) });
    const label = await door.mailbox.createLabel({ name: 'Work/Big' });
    // So that the account is followed from here on.
    await modify(door, first.id, ['IMPORTANT']);
    const uris = [`gmail://threads/${first.threadId}`, 'gmail://labels/work%2Fbig'];
    const stream = listen(t, door, uris);
    assert.equal(await nextOf(stream), 'notifications/subscriptions/acknowledged');
    await modify(door, second.id, ['STARRED']);
    await modify(door, first.id, ['STARRED']);
    assert.equal(await nextOf(stream), uris[0]);
    await modify(door, second.id, [label.id]);
    assert.equal(await nextOf(stream), uris[1]);
  });

  test('tell of a search what matches now, and what has matched until now', { timeout: 60_000 }, async (t) => {
    const door = await startDoorOnHome(t, {});
    const first = await door.mailbox.receiveMessage({ raw: buildMail({ subject: 'bill one', messageId: '1@x' }) });
    const other = await door.mailbox.receiveMessage({ raw: buildMail({ subject: 'hello', messageId: '2@x' }) });
    await modify(door, first.id, ['IMPORTANT']);
    const uri = `gmail://search/${encodeURIComponent('subject:bill is:unread')}`;
    const all = `gmail://threads/${other.threadId}`;
    const stream = listen(t, door, [uri, all, 'gmail://search/before%3A', 'gmail://search/from%3A(']);
    assert.equal(await nextOf(stream), 'notifications/subscriptions/acknowledged');
    // It matches no longer.
    await modify(door, first.id, [], ['UNREAD']);
    assert.equal(await nextOf(stream), uri);
    await modify(door, first.id, ['STARRED']);
    await modify(door, other.id, ['STARRED']);
    assert.equal(await nextOf(stream), all, 'nothing of what matches neither before nor after');
    await modify(door, first.id, ['UNREAD']);
    assert.equal(await nextOf(stream), uri);
  });

  test('tell a client of 2025 on its session, until it unsubscribes', { timeout: 60_000 }, async (t) => {
    const door = await startDoorOnHome(t, {});
    const { id } = await door.mailbox.receiveMessage({ raw: buildMail({ subject: 'first', messageId: '1@x' }) });
    await modify(door, id, ['IMPORTANT']);
    const client = new Client({ name: 'reader', version: '1' });
    const told: string[] = [];
    const waiting = Promise.withResolvers<void>();
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      told.push(params.uri);
      waiting.resolve();
    });
    const requestInit = { headers: { authorization: `Bearer ${door.token}` } };
    await client.connect(new StreamableHTTPClientTransport(door.url, { requestInit }));
    t.after(() => client.close());
    await client.subscribeResource({ uri: 'gmail://inbox' });
    await assert.rejects(client.subscribeResource({ uri: 'gmail://nothing' }), { code: -32602 });
    const faulty = client.subscribeResource({ uri: 'gmail://search/from%3A(' });
    await assert.rejects(faulty, { code: -32602, message: /The query is not understood at position 6/ });
    await modify(door, id, ['STARRED']);
    await waiting.promise;
    await client.unsubscribeResource({ uri: 'gmail://inbox' });
    assert.deepEqual(told, ['gmail://inbox']);
  });

  test('tell a token of its accounts only', { timeout: 60_000 }, async (t) => {
    const door = await startDoorOnHome(t, {});
    const rights = { name: 'other', grants: ['read'], accounts: ['ann@example.org'] } as const;
    const token = createToken(door.dataFolder, rights, new Date());
    const { id } = await door.mailbox.receiveMessage({ raw: buildMail({ subject: 'first', messageId: '1@x' }) });
    await modify(door, id, ['IMPORTANT']);
    const uri = `gmail://messages/${id}?account=me%40example.org`;
    const [stranger, own] = [listen(t, { ...door, token }, [uri]), listen(t, door, [uri])];
    assert.equal(await nextOf(stranger), 'notifications/subscriptions/acknowledged');
    assert.equal(await nextOf(own), 'notifications/subscriptions/acknowledged');
    await modify(door, id, ['STARRED']);
    assert.equal(await nextOf(own), uri);
    const waited = await Promise.race([nextOf(stranger), nextOf(listen(t, door, [uri]))]);
    assert.equal(waited, 'notifications/subscriptions/acknowledged', 'of the second, and nothing for the first');
  });

  test('end with a token that is revoked, and tell it nothing more', { timeout: 60_000 }, async (t) => {
    const door = await startDoorOnHome(t, {});
    const token = createToken(door.dataFolder, { name: 'other', grants: ['read'] }, new Date());
    const { id } = await door.mailbox.receiveMessage({ raw: buildMail({ subject: 'first', messageId: '1@x' }) });
    await modify(door, id, ['IMPORTANT']);
    const uri = `gmail://messages/${id}`;
    const revoked = listen(t, { ...door, token }, [uri]);
    const own = listen(t, door, [uri]);
    assert.equal(await nextOf(revoked), 'notifications/subscriptions/acknowledged');
    assert.equal(await nextOf(own), 'notifications/subscriptions/acknowledged');
    const client = new Client({ name: 'reader', version: '1' });
    const told: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => void told.push(params.uri));
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(door.url, { requestInit }));
    t.after(() => client.close());
    await client.subscribeResource({ uri });

    revokeToken(door.dataFolder, 'other');
    // Tokens are taken to be as they were for a moment.
    await delay(tokensFreshMs);
    await modify(door, id, ['STARRED']);
    assert.equal(await nextOf(own), uri);
    await assert.rejects(nextOf(revoked), 'cut off, and nothing told before');
    assert.deepEqual(told, []);
  });
});
