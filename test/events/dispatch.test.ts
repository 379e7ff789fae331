import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Webhook as Verifier, WebhookVerificationError } from 'standardwebhooks';
import { createHttpClient } from '../../src/core/egress/http-client.ts';
import type { EventKind, NewEvent } from '../../src/store/feed/event.ts';
import { openSqliteFeed } from '../../src/store/sqlite/feed/open-feed.ts';
import { openSqliteWebhookStore } from '../../src/store/sqlite/webhooks/open-webhook-store.ts';
import type { Webhook } from '../../src/store/webhooks/webhook.ts';
import { dispatchWebhooks } from '../../src/events/dispatch-webhooks.ts';
import { makeSecret, overlapMs, rotateSecrets, signedHeaders } from '../../src/events/sign-webhook.ts';
import { startPlain } from '../core/egress/egress-servers.ts';
import { buildMail } from '../build-mail.ts';
import { emailAddress, openMailbox } from '../local/temporary-mailbox.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on this machine whose answers the test decides, with what it was sent. */
async function startReceiver(t: TestContext, answer: (received: Received, response: ServerResponse) => void) {
  const received: Received[] = [];
  const port = await startPlain(t, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body };
      received.push(one);
      answer(one, response);
    });
  });
  return { url: `http://127.0.0.1:${port}`, received };
}

/** A home whose clock the test moves. */
function openHome(t: TestContext) {
  const folder = temporaryFolder(t);
  const clock = { ms: Date.UTC(2026, 10, 28) };
  const now = () => clock.ms;
  const feed = openSqliteFeed(join(folder, 'events.db'), now);
  const store = openSqliteWebhookStore(join(folder, 'webhooks.db'));
  const mailbox = openMailbox(t, join(folder, 'mailbox'));
  const http = createHttpClient({ reach: ({ address }) => address === '127.0.0.1' });
  t.after(() => {
    for (const part of [feed, store, http]) part.close();
  });
  const secret = makeSecret();
  let made = 0;
  return {
    clock,
    feed,
    store,
    mailbox,
    secret,
    async add(url: string, rules: Partial<Webhook> = {}): Promise<string> {
      made += 1;
      const id = `wh_${made}`;
      const { newest } = await feed.bounds();
      await store.add({
        id,
        url,
        includes: 'ids',
        secrets: [{ secret }],
        createdMs: now(),
        isOn: true,
        cursor: newest,
        ...rules,
      });
      return id;
    },
    happen: (...kinds: readonly EventKind[]) =>
      feed.append(kinds.map((kind): NewEvent => ({ account: emailAddress, kind, ids: {}, cause: { by: 'google' } }))),
    run: (signal = new AbortController().signal) =>
      dispatchWebhooks(
        { store, feed, http, now, random: () => 0, open: async () => mailbox, timeZone: () => 'UTC' },
        { signal, fence: 1, refuseIfLost: () => signal.throwIfAborted() },
      ),
  };
}

test('an event is told once, signed, with ids and facts and no words', async (t) => {
  const { add, happen, run, store, secret, clock } = openHome(t);
  const { url, received } = await startReceiver(t, (_, response) => response.writeHead(204).end());
  const id = await add(`${url}/hook`);
  await happen('labelChanged');
  await run();
  await run();
  assert.equal(received.length, 1);
  const [{ headers, body, path } = assert.fail()] = received;
  assert.deepEqual([path, headers['content-type']], ['/hook', 'application/json']);
  assert.deepEqual(JSON.parse(body), {
    type: 'labelChanged',
    timestamp: '2026-11-28T00:00:00.000Z',
    data: { sequence: 1, account: emailAddress, ids: {}, cause: { by: 'google' } },
  });
  const [delivery = assert.fail()] = await store.deliveries(id, 10);
  const signed = signedHeaders({ id: delivery.id, body, nowMs: clock.ms }, [{ secret }]);
  for (const [name, value] of Object.entries(signed)) assert.equal(headers[name], value);
  assert.deepEqual([delivery.state, delivery.attempts, delivery.status], ['delivered', 1, 204]);
});

test("receivers verify deliveries with the scheme's own library, and go on doing so while secrets are rotated", async (t) => {
  const { add, happen, run, clock } = openHome(t);
  // The library holds the time of a delivery against the system's clock.
  clock.ms = Date.now();
  const { url, received } = await startReceiver(t, (_, response) => response.end());
  const [before, after] = [makeSecret(), makeSecret()];
  await add(`${url}/one`, { secrets: [{ secret: before }] });
  await add(`${url}/rotated`, { secrets: rotateSecrets([{ secret: before }], after, clock.ms) });
  await add(`${url}/later`, { secrets: rotateSecrets([{ secret: before }], after, clock.ms - overlapMs) });
  await happen('labelChanged');
  await run();
  const isVerified = (path: string, secret: string, spoil = (body: string) => body) => {
    const { headers, body } = received.find((one) => one.path === path) ?? assert.fail(path);
    const texts = Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    );
    try {
      const event = new Verifier(secret).verify(spoil(body), Object.fromEntries(texts));
      assert.equal(Object(event).type, 'labelChanged');
      return true;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return false;
      throw error;
    }
  };
  assert.ok(isVerified('/one', before));
  assert.ok(!isVerified('/one', after));
  assert.ok(!isVerified('/one', before, (body) => body.replace('google', 'call')));
  assert.ok(isVerified('/rotated', before) && isVerified('/rotated', after));
  assert.ok(!isVerified('/later', before) && isVerified('/later', after));
});

test('a webhook hears of its kinds, accounts and queries only, from the moment it was made', async (t) => {
  const { add, happen, run, feed, mailbox } = openHome(t);
  const { url, received } = await startReceiver(t, (_, response) => response.end());
  await happen('labelChanged');
  await add(`${url}/kinds`, { kinds: ['settingChanged'] });
  await add(`${url}/other`, { accounts: ['other@example.org'] });
  await add(`${url}/query`, { q: 'subject:invoice is:unread' });
  await add(`${url}/text`, { kinds: ['messageAdded'], includes: 'message', q: 'from:ann' });
  await happen('settingChanged', 'labelChanged');
  for (const subject of ['Invoice 7', 'Hello']) {
    const raw = buildMail({ from: subject === 'Hello' ? 'ann@x.example' : 'bob@x.example', subject, text: 'words' });
    const { id, threadId } = await mailbox.receiveMessage({ raw });
    await feed.append([
      { account: emailAddress, kind: 'messageAdded', ids: { messageId: id, threadId }, cause: { by: 'arrival' } },
    ]);
  }
  await run();
  const heard = received.map(({ path, body }) => [path, JSON.parse(body)] as const);
  assert.deepEqual(heard.map(([path, { type }]) => `${path} ${type}`).toSorted(), [
    '/kinds settingChanged',
    '/query messageAdded',
    '/text messageAdded',
  ]);
  const facts = (of: string) => heard.find(([path]) => path === of)?.[1].data;
  assert.equal(facts('/query').message, undefined);
  assert.deepEqual([facts('/text').message.subject, facts('/text').message.text], ['Hello', 'words']);
});

test('a receiver that is down for an hour misses nothing, and each attempt comes when it should', async (t) => {
  const { add, happen, run, clock, store } = openHome(t);
  let isDown = true;
  const { url, received } = await startReceiver(t, (_, response) => response.writeHead(isDown ? 503 : 200).end());
  const id = await add(url);
  await happen('labelChanged');
  const startedMs = clock.ms;
  const attempts: number[] = [];
  for (; clock.ms < startedMs + 3_600_000; clock.ms += 1000) {
    const before = received.length;
    if ((await store.due(id, clock.ms, 1)).length > 0 || before === 0) await run();
    if (received.length > before) attempts.push((clock.ms - startedMs) / 1000);
  }
  assert.deepEqual(attempts, [0, 5, 65, 365, 2165]);
  isDown = false;
  clock.ms += 3_600_000;
  await run();
  const [delivery] = await store.deliveries(id, 1);
  assert.deepEqual(
    [delivery?.state, delivery?.attempts, (await store.get(id))?.failingSinceMs],
    ['delivered', 6, undefined],
  );
  // The same id each time: a receiver can tell a repetition.
  assert.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 1);
});

test('after ten attempts a delivery has failed, can be seen, and is sent again when that is asked for', async (t) => {
  const { add, happen, run, clock, store } = openHome(t);
  let status = 500;
  const { url, received } = await startReceiver(t, (_, response) => response.writeHead(status).end());
  const id = await add(url);
  await happen('labelChanged');
  for (let hour = 0; hour < 20; hour += 1) {
    await run();
    clock.ms += 3_600_000;
  }
  assert.equal(received.length, 10);
  const [delivery = assert.fail()] = await store.deliveries(id, 1);
  assert.deepEqual([delivery.state, delivery.failure], ['failed', 'the receiver answered HTTP 500']);
  status = 200;
  await store.resend(delivery.id, clock.ms);
  await run();
  assert.deepEqual([received.length, (await store.deliveries(id, 1))[0]?.state], [11, 'delivered']);
  await assert.rejects(store.resend('msg_none', 0), { code: 'NOT_FOUND' });
});

test('a webhook that fails for three days is turned off, with an event that says so', async (t) => {
  const { add, happen, run, clock, store, feed } = openHome(t);
  const { url, received } = await startReceiver(t, (_, response) => response.writeHead(500).end());
  const id = await add(url);
  for (let hour = 0; hour <= 72; hour += 1) {
    await happen('labelChanged');
    await run();
    clock.ms += 3_600_000;
  }
  const webhook = await store.get(id);
  assert.deepEqual(
    [webhook?.isOn, webhook?.offReason],
    [false, 'nothing was delivered for three days: the receiver answered HTTP 500'],
  );
  const { events } = await feed.read({ after: 0, limit: 1000, filter: { kinds: ['webhookChanged'] } });
  assert.deepEqual(
    events.map(({ ids, state, account }) => [ids.webhookId, state, account]),
    [[id, 'off', '']],
  );
  const before = received.length;
  await happen('labelChanged');
  await run();
  assert.equal(received.length, before);
  // Turned on again it goes on where it was.
  assert.equal(await store.update(id, { isOn: true }), true);
  await run();
  assert.ok(received.length > before);
});

test('a receiver that says that it is gone is not asked again', async (t) => {
  const { add, happen, run, store } = openHome(t);
  const { url, received } = await startReceiver(t, (_, response) => response.writeHead(410).end());
  const id = await add(url);
  await happen('labelChanged', 'labelChanged');
  await run();
  assert.deepEqual([received.length, (await store.get(id))?.isOn], [1, false]);
});

test('a receiver that has said 200 was told, however its body goes on', { timeout: 30_000 }, async (t) => {
  const { add, happen, run, store } = openHome(t);
  const receiver = await startReceiver(t, ({ path }, response) => {
    response.writeHead(200, path === '/damaged' ? { 'content-encoding': 'gzip' } : {});
    if (path === '/large') response.end('x'.repeat(2_000_000));
    else if (path === '/cut') response.write('x', () => response.destroy());
    else response.end('x');
  });
  const ids: string[] = [];
  for (const path of ['/large', '/cut', '/damaged']) ids.push(await add(`${receiver.url}${path}`));
  await happen('labelChanged');
  await run();
  for (const id of ids) {
    const [delivery] = await store.deliveries(id, 10);
    assert.deepEqual([delivery?.state, delivery?.attempts], ['delivered', 1]);
  }
});

test('a slow receiver holds nobody up', { timeout: 30_000 }, async (t) => {
  const { add, happen, run } = openHome(t);
  const heard = Promise.withResolvers<void>();
  const slow = await startReceiver(t, () => {});
  let count = 0;
  const fast = await startReceiver(t, (_, response) => {
    response.end();
    count += 1;
    if (count === 2) heard.resolve();
  });
  await add(slow.url);
  await add(fast.url);
  const stop = new AbortController();
  await happen('labelChanged');
  const running = run(stop.signal).catch(() => {});
  // While the slow one is waited for, what happens next is told as well.
  await happen('labelChanged');
  await heard.promise;
  assert.equal(slow.received.length, 1);
  stop.abort();
  await running;
});

test('an address that policy does not allow is a failed attempt that says so', async (t) => {
  const { add, happen, run, store } = openHome(t);
  const id = await add('http://127.0.0.2:1/');
  await happen('labelChanged');
  await run();
  const [delivery] = await store.deliveries(id, 1);
  assert.deepEqual(
    [delivery?.state, delivery?.failure],
    ['pending', 'http://127.0.0.2:1 may not be called from here.'],
  );
});

test('two processes make out each delivery once', async (t) => {
  const { add, happen, store, feed } = openHome(t);
  const id = await add('http://127.0.0.1:1/');
  await happen('labelChanged');
  const { events } = await feed.read({ after: 0, limit: 10 });
  const piece = { from: 0, to: 1, events, nowMs: 0 };
  assert.deepEqual([await store.enqueue(id, piece), await store.enqueue(id, piece)], [true, false]);
  assert.equal((await store.deliveries(id, 10)).length, 1);
});

test('what became of old deliveries is forgotten, not what is still to be sent', async (t) => {
  const { add, happen, run, store, clock } = openHome(t);
  let status = 200;
  const { url } = await startReceiver(t, (_, response) => response.writeHead(status).end());
  const id = await add(url);
  await happen('labelChanged');
  await run();
  status = 500;
  await happen('labelChanged');
  await run();
  assert.equal(await store.prune(clock.ms + 1), 1);
  assert.deepEqual(
    (await store.deliveries(id, 10)).map(({ state }) => state),
    ['pending'],
  );
});
