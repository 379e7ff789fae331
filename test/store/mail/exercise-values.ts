import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { OpenStore } from './store-under-test.ts';

export function exerciseValues(open: OpenStore): void {
  suite('values', () => {
    test('are kept by kind and name, in the order in which they came', async (t) => {
      const { store, openAgain } = await open(t);
      await store.write(async ({ values }) => {
        await values.put('filter', 'b', '1');
        await values.put('setting', 'b', 'of another kind');
        await values.put('filter', 'a', '2');
        await values.put('filter', 'b', 'ü "quoted" \u0001');
      });
      const other = await openAgain();
      await other.read(async ({ values }) => {
        assert.deepEqual(await values.list('filter'), [
          { name: 'b', value: 'ü "quoted" \u0001' },
          { name: 'a', value: '2' },
        ]);
        assert.equal(await values.get('setting', 'b'), 'of another kind');
        assert.equal(await values.get('setting', 'a'), undefined);
        assert.deepEqual(await values.list('delegate'), []);
      });
    });

    test('go, and come again as new ones', async (t) => {
      const { store } = await open(t);
      await store.write(async ({ values }) => {
        for (const name of ['a', 'b']) await values.put('mark', name, name);
        assert.equal(await values.delete('mark', 'a'), true);
        assert.equal(await values.delete('mark', 'a'), false);
        assert.equal(await values.delete('setting', 'b'), false);
        await values.put('mark', 'a', 'again');
      });
      const marks = await store.once((rows) => rows.values.list('mark'));
      assert.deepEqual(
        marks.map(({ name }) => name),
        ['b', 'a'],
      );
    });
  });
}
