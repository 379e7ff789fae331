import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { countNewest } from '../../../src/store/mail/count-newest.ts';

/** Messages with the keys 1 to `messages`, of which some match; tells how many were looked at. */
async function count(messages: number, isMatch: (key: number) => boolean) {
  let looked = 0;
  const counted = await countNewest(
    { limit: 1001, mostLooked: 3000 },
    {
      keyFurtherDown: (key, further) => Math.max(0, Math.min(key, messages) - further),
      countWithin({ fromKey, toKey }, limit) {
        const keys = Array.from({ length: messages }, (_, index) => index + 1);
        const within = keys.filter((key) => key >= fromKey && key <= toKey);
        looked += within.length;
        return Math.min(within.filter(isMatch).length, limit);
      },
    },
  );
  return { counted, looked };
}

suite('counts of matches that no index leads to', () => {
  test('are of all messages where these may all be looked at', async () => {
    assert.deepEqual(await count(2900, (key) => key < 100), { counted: 99, looked: 2900 });
    assert.deepEqual(await count(0, () => true), { counted: 0, looked: 0 });
  });

  test('end as soon as there are enough', async () => {
    const { counted, looked } = await count(100_000, () => true);
    assert.equal(counted, 1001);
    assert.ok(looked < 1200, `looked at ${looked}`);
    assert.equal((await count(100_000, (key) => key % 5 < 2)).counted, 1001);
  });

  test('are given up where the newest messages hold too few, and never pass what may be looked at', async () => {
    const none = await count(100_000, () => false);
    assert.deepEqual(none, { counted: undefined, looked: 301 });
    assert.deepEqual(await count(100_000, (key) => key % 20 === 0), { counted: undefined, looked: 301 });
    const likely = await count(100_000, (key) => key % 4 === 0);
    assert.equal(likely.counted, undefined);
    assert.ok(likely.looked <= 3001, `looked at ${likely.looked}`);
  });
});
