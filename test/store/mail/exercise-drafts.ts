import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { all, messageOf, minuteMs, noonMs, putAll } from './store-under-test.ts';
import type { OpenStore } from './store-under-test.ts';

export function exerciseDrafts(open: OpenStore): void {
  suite('drafts', () => {
    test('have the message that they were given last', async (t) => {
      const { store } = await open(t);
      const [first = 0, second = 0] = await putAll(store, [{}, { internalDateMs: noonMs + minuteMs }]);
      await store.write((rows) => rows.drafts.put('r-1', first));
      const find = () => store.once((rows) => rows.drafts.find('r-1'));
      assert.deepEqual(await find(), { id: 'r-1', message: await messageOf(store, first) });
      await store.write(async (rows) => {
        await rows.drafts.put('r-1', second);
        await rows.messages.delete([first]);
      });
      assert.equal((await find())?.message.key, second);
      assert.equal(await store.once((rows) => rows.drafts.find('r-2')), undefined);
      await store.write((rows) => rows.messages.delete([second]));
      assert.equal(await find(), undefined);
    });

    test('are listed by their messages, the newest first', async (t) => {
      const { store } = await open(t);
      const keys = await putAll(
        store,
        [0, 1, 2].map((minutes) => ({ internalDateMs: noonMs + minutes * minuteMs })),
      );
      await store.write(async (rows) => {
        for (const key of keys) await rows.drafts.put(`r${key}`, key);
      });
      const list = async (belowKey: number, limit: number) =>
        (await store.once((rows) => rows.drafts.list(belowKey, limit))).map(({ message }) => message.key);
      assert.deepEqual(await list(all.belowKey, 10), keys.toReversed());
      assert.deepEqual(await list(all.belowKey, 2), keys.toReversed().slice(0, 2));
      assert.deepEqual(await list(keys[1] ?? 0, 10), keys.slice(0, 1));
    });
  });
}
