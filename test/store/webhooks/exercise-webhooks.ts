import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import type { FeedEvent } from '../../../src/store/feed/event.ts';
import type { WebhookStore } from '../../../src/store/webhooks/webhook-store.ts';
import type { Webhook } from '../../../src/store/webhooks/webhook.ts';

/** Opens a store without webhooks. */
type OpenWebhooks = (t: TestContext) => WebhookStore | Promise<WebhookStore>;

const webhook: Webhook = {
  id: 'wh_1',
  url: 'https://example.org/hook',
  kinds: ['messageAdded'],
  q: 'from:ann',
  includes: 'ids',
  secrets: [{ secret: 'whsec_a' }],
  createdMs: 1e12,
  createdBy: 'owner',
  isOn: true,
  cursor: 7,
};

const event = (sequence: number): FeedEvent => ({
  sequence,
  at: '2026-11-28T12:00:00.000Z',
  account: 'ann@example.org',
  kind: 'messageAdded',
  ids: { messageId: `m${sequence}` },
  cause: { by: 'arrival' },
});

/** What every store of webhooks does, whatever it is kept in. */
export function exerciseWebhooks(engine: string, open: OpenWebhooks): void {
  suite(`webhooks: ${engine}`, () => {
    test('come back as they were made, and change', async (t) => {
      const store = await open(t);
      await store.add(webhook);
      await store.add({
        id: 'wh_2',
        url: 'https://example.org/2',
        includes: 'message',
        secrets: [],
        createdMs: 1,
        isOn: false,
        cursor: 0,
      });
      assert.deepEqual(await store.get('wh_1'), webhook);
      assert.deepEqual(
        (await store.list()).map(({ id }) => id),
        ['wh_1', 'wh_2'],
      );
      assert.equal(await store.update('wh_1', { isOn: false, offReason: 'it failed', cursor: 8 }), true);
      const { isOn, ...others } = webhook;
      assert.deepEqual(await store.get('wh_1'), { ...others, isOn: !isOn, offReason: 'it failed', cursor: 8 });
      assert.equal(await store.update('wh_1', { isOn: true, secrets: [] }), true);
      assert.deepEqual(await store.get('wh_1'), { ...webhook, cursor: 8, secrets: [] });
      assert.equal(await store.update('wh_9', { cursor: 1 }), false);
      assert.deepEqual(
        [await store.remove('wh_1'), await store.remove('wh_1'), await store.get('wh_1')],
        [true, false, undefined],
      );
    });

    test('deliveries are made out once, in the order of their events, and remember what came of them', async (t) => {
      const store = await open(t);
      await store.add(webhook);
      const piece = { from: 7, to: 9, events: [event(8), event(9)], nowMs: 1000 };
      const made = await Promise.all([store.enqueue('wh_1', piece), store.enqueue('wh_1', piece)]);
      assert.deepEqual(made.toSorted(), [false, true]);
      assert.deepEqual([await store.hasDue(999), await store.hasDue(1000)], [false, true]);
      const [first, second] = await store.due('wh_1', 1000, 10);
      assert.ok(first !== undefined && second !== undefined);
      assert.deepEqual([first.event, second.event], [event(8), event(9)]);
      const attempt = { webhookId: 'wh_1', atMs: 2000, nextMs: 3000.2 };
      await store.record({ ...attempt, deliveryId: first.id, state: 'pending', status: 500, failure: 'HTTP 500' });
      await store.record({ ...attempt, deliveryId: second.id, state: 'failed', failure: 'refused' });
      assert.equal((await store.get('wh_1'))?.failingSinceMs, 2000);
      assert.deepEqual(await store.due('wh_1', 3001, 10), [
        { ...first, attempts: 1, nextMs: 3001, lastAttemptMs: 2000, status: 500, failure: 'HTTP 500' },
      ]);
      await store.record({ ...attempt, atMs: 4000, deliveryId: first.id, state: 'delivered', status: 200 });
      const after = await store.get('wh_1');
      assert.deepEqual([after?.failingSinceMs, after?.lastDeliveredMs], [undefined, 4000]);
      assert.equal((await store.resend(second.id, 5000)).state, 'pending');
      await assert.rejects(store.resend('msg_9', 5000), { code: 'NOT_FOUND' });
      assert.equal(await store.prune(4001), 1);
      assert.deepEqual(
        (await store.deliveries('wh_1', 10)).map(({ id }) => id),
        [second.id],
      );
    });
  });
}
