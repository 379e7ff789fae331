import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { OpenStore } from './store-under-test.ts';

export function exerciseDeliveries(open: OpenStore): void {
  suite('deliveries', () => {
    test('wait in the order in which they came, each recipient of a message once', async (t) => {
      const { store } = await open(t);
      await store.write(async ({ deliveries }) => {
        await deliveries.add(7, ['ann@example.org', 'bob@example.org']);
        await deliveries.add(7, ['ann@example.org']);
        await deliveries.add(8, ['ann@example.org']);
      });
      const waiting = await store.once((rows) => rows.deliveries.waiting(0, 10));
      assert.deepEqual(
        waiting.map(({ bytesKey, recipient }) => [bytesKey, recipient]),
        [
          [7, 'ann@example.org'],
          [7, 'bob@example.org'],
          [8, 'ann@example.org'],
        ],
      );
      const [first, second] = waiting;
      assert.ok(first !== undefined && second !== undefined);
      assert.deepEqual(await store.once((rows) => rows.deliveries.waiting(first.key, 1)), [second]);
      await store.write((rows) => rows.deliveries.remove(first.key));
      assert.equal(await store.once((rows) => rows.deliveries.count()), 2);
      await store.write((rows) => rows.deliveries.add(7, ['ann@example.org']));
      const last = (await store.once((rows) => rows.deliveries.waiting(0, 10))).at(-1);
      assert.ok((last?.key ?? 0) > first.key, 'no key is given twice');
    });
  });
}
