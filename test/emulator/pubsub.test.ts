import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { suite, test } from 'node:test';
import { buildMail } from '../build-mail.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';

const topic = 'projects/my-project/topics/mail';
const subscription = 'projects/my-project/subscriptions/mail-here';
const scope = 'https://www.googleapis.com/auth/pubsub';

interface Received {
  readonly ackId: string;
  readonly message: { readonly data: string; readonly messageId: string; readonly publishTime: string };
}

interface Subscriber {
  readonly emulator: TestEmulator;
  readonly ask: (method: string, path: string, body?: unknown) => Promise<{ status: number; json: unknown }>;
  /** Pulls without waiting; the notices in it, and their ids. */
  readonly pull: () => Promise<{ notices: readonly unknown[]; ackIds: readonly string[] }>;
  readonly watch: (more?: object) => Promise<void>;
}

async function subscriber(t: TestContext): Promise<Subscriber> {
  const emulator = await startTestEmulator(t, { settings: { pullSeconds: 0, accessTokenSeconds: 30 * 24 * 3600 } });
  const { accessToken: token } = emulator.tokens.issue({ scopes: [scope], isServiceAccount: true });
  const ask: Subscriber['ask'] = (method, path, body) => emulator.call(method, `/v1/${path}`, { body, token });
  await ask('PUT', topic);
  const made = await ask('PUT', subscription, { topic });
  assert.deepEqual(made.json, { name: subscription, topic, ackDeadlineSeconds: 10 });
  return {
    emulator,
    ask,
    async pull() {
      const { status, json } = await ask('POST', `${subscription}:pull`, { maxMessages: 10 });
      assert.equal(status, 200);
      const received: readonly Received[] = Object(json).receivedMessages ?? [];
      const notices = received.map(({ message }) => JSON.parse(Buffer.from(message.data, 'base64').toString()));
      return { notices, ackIds: received.map(({ ackId }) => ackId) };
    },
    async watch(more = {}) {
      const body = { topicName: topic, ...more };
      assert.equal((await emulator.call('POST', '/gmail/v1/users/me/watch', { body })).status, 200);
    },
  };
}

suite('Pub/Sub', () => {
  test('tells a subscriber of a watch and of every change, until he has acknowledged it', async (t) => {
    const { emulator, ask, pull, watch } = await subscriber(t);
    assert.deepEqual((await pull()).notices, []);
    await watch();
    const historyId = async (): Promise<number> => Number((await emulator.mailbox().getProfile()).historyId);
    const first = await pull();
    assert.deepEqual(first.notices, [{ emailAddress: 'me@example.org', historyId: await historyId() }]);
    assert.deepEqual((await pull()).notices, [], 'somebody has it');
    emulator.clock.advance(11_000);
    const again = await pull();
    assert.deepEqual(again.notices, first.notices, 'not acknowledged in time');
    await ask('POST', `${subscription}:acknowledge`, { ackIds: again.ackIds });

    await emulator.deliver(undefined, buildMail({}));
    const arrived = await pull();
    assert.deepEqual(arrived.notices, [{ emailAddress: 'me@example.org', historyId: await historyId() }]);
    await ask('POST', `${subscription}:modifyAckDeadline`, { ackIds: arrived.ackIds, ackDeadlineSeconds: 0 });
    const repeated = await pull();
    assert.deepEqual(repeated.notices, arrived.notices, 'handed back');
    await ask('POST', `${subscription}:acknowledge`, { ackIds: repeated.ackIds });
    emulator.clock.advance(60_000);
    assert.deepEqual((await pull()).notices, []);
  });

  test('is silent after a stop, after the end of a watch, and of labels that are not watched', async (t) => {
    const { emulator, pull, watch } = await subscriber(t);
    await watch({ labelIds: ['STARRED'], labelFilterBehavior: 'include' });
    await pull();
    const { id } = await emulator.deliver(undefined, buildMail({ messageId: '1@x' }));
    assert.deepEqual((await pull()).notices, []);
    await emulator.mailbox().modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: [] });
    assert.equal((await pull()).notices.length, 1);
    await watch({ labelIds: ['SPAM'], labelFilterBehavior: 'exclude' });
    await pull();
    await emulator.deliver(undefined, buildMail({ messageId: '2@x' }), ['SPAM']);
    assert.deepEqual((await pull()).notices, []);
    await emulator.deliver(undefined, buildMail({ messageId: '3@x' }));
    assert.equal((await pull()).notices.length, 1);
    emulator.clock.advance(8 * 24 * 3_600_000);
    await emulator.deliver(undefined, buildMail({ messageId: '4@x' }));
    assert.equal((await pull()).notices.length, 4, 'those that were never acknowledged, and no more');
    await watch();
    assert.equal((await emulator.call('POST', '/gmail/v1/users/me/stop')).status, 204);
    await emulator.deliver(undefined, buildMail({ messageId: '5@x' }));
    assert.deepEqual((await pull()).notices, []);
  });

  test('answers a pull that waits as soon as there is something', async (t) => {
    const { emulator, ask, watch } = await subscriber(t);
    emulator.settings.change({ pullSeconds: 60 });
    const pulled = ask('POST', `${subscription}:pull`, { maxMessages: 10 });
    await watch();
    assert.equal(Object((await pulled).json).receivedMessages.length, 1);
  });

  test('refuses who may not pull, and what is not there', async (t) => {
    const { emulator, ask } = await subscriber(t);
    const { status, json } = await emulator.call('POST', `/v1/${subscription}:pull`, { body: { maxMessages: 1 } });
    assert.deepEqual([status, Object(json).error.status], [403, 'PERMISSION_DENIED']);
    assert.equal((await emulator.call('POST', `/v1/${subscription}:pull`, { token: null })).status, 401);
    const missing = await ask('POST', 'projects/my-project/subscriptions/none:pull', { maxMessages: 1 });
    assert.deepEqual(
      [missing.status, Object(missing.json).error.message],
      [404, 'Resource not found (resource=none).'],
    );
    assert.equal((await ask('POST', `${subscription}:pull`, { maxMessages: 0 })).status, 400);
    assert.equal((await ask('PUT', subscription, { topic })).status, 409);
    assert.deepEqual((await ask('GET', subscription)).json, { name: subscription, topic, ackDeadlineSeconds: 10 });
  });
});
