import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ThreadRow } from '../../../src/store/mail/thread-rows.ts';
import { messageOf, minuteMs, noonMs, putAll } from './store-under-test.ts';
import type { OpenStore } from './store-under-test.ts';

const unchanged = { threads: [], links: [], moves: [], threadsTotalChange: 0 };

function thread(key: number, id: string, more: Partial<ThreadRow> = {}): ThreadRow {
  return { key, id, messagesTotal: 1, gmailThreadHash: undefined, successorKey: undefined, ...more };
}

export function exerciseThreads(open: OpenStore): void {
  suite('threads', () => {
    test('are kept as they are told, and found by id, key and link with all that they lead to', async (t) => {
      const { store } = await open(t);
      const rows = [
        thread(1, 'a', { messagesTotal: 0, successorKey: 2 }),
        thread(2, 'b', { gmailThreadHash: 2 ** 53 - 1, successorKey: 3 }),
        thread(3, 'c'),
        thread(4, 'd'),
      ];
      const links = [
        { hash: 77, threadKey: 1 },
        { hash: 2 ** 52, threadKey: 4 },
      ];
      await store.write((writer) =>
        writer.threads.apply({ ...unchanged, threads: rows, links, threadsTotalChange: 3 }),
      );
      const sorted = (found: readonly ThreadRow[]) => found.toSorted((a, b) => a.key - b.key);
      await store.read(async ({ threads, totals }) => {
        const byId = await threads.around({ ids: ['a', 'nobody'] });
        assert.deepEqual(sorted(byId.threads), rows.slice(0, 3));
        assert.equal(byId.nextKey, 5);
        const byLink = await threads.around({ links: [2 ** 52, 77, 5], keys: [3] });
        assert.deepEqual(sorted(byLink.threads), rows);
        assert.deepEqual(
          byLink.links,
          new Map([
            [2 ** 52, 4],
            [77, 1],
          ]),
        );
        assert.deepEqual((await threads.around({})).threads, []);
        assert.equal((await totals()).threadsTotal, 3);
      });
    });

    test('change, and a link that is there already stays as it is', async (t) => {
      const { store } = await open(t);
      const link = { hash: 77, threadKey: 1 };
      await store.write((rows) =>
        rows.threads.apply({ ...unchanged, threads: [thread(1, 'a'), thread(2, 'b')], links: [link] }),
      );
      const changed = thread(1, 'a', { messagesTotal: 7, gmailThreadHash: 5, successorKey: 2 });
      await store.write((rows) =>
        rows.threads.apply({ ...unchanged, threads: [changed], links: [{ hash: 77, threadKey: 2 }] }),
      );
      const { threads, links } = await store.once((rows) => rows.threads.around({ keys: [1], links: [77] }));
      assert.deepEqual(
        threads.find(({ key }) => key === 1),
        changed,
      );
      assert.equal(links.get(77), 1);
    });

    test('give their messages to another, one move after the other', async (t) => {
      const { store } = await open(t);
      const [first = 0, second = 0] = await putAll(store, [{ threadId: 'a' }, { threadId: 'b' }, { threadId: 'c' }]);
      const keyOf = async (key: number) => (await messageOf(store, key)).threadKey;
      const [a, b] = [await keyOf(first), await keyOf(second)];
      const c = 3 + a - 1;
      await store.write((rows) =>
        rows.threads.apply({
          ...unchanged,
          moves: [
            { fromKey: a, toKey: b },
            { fromKey: b, toKey: c },
          ],
        }),
      );
      assert.deepEqual([await keyOf(first), await keyOf(second)], [c, c]);
      assert.equal((await messageOf(store, first)).summary.threadId, 'c');
    });

    test('neighbours of a subject are the nearest in time, with or without references', async (t) => {
      const { store } = await open(t);
      const participantHashes = Uint32Array.of(7, 2 ** 32 - 1);
      await putAll(
        store,
        [-3, -2, -1, 0, 1, 2, 3].map((minutes) => ({
          subjectHash: 2 ** 53 - 2,
          hasReferences: minutes % 2 === 0,
          internalDateMs: noonMs + minutes * minuteMs,
          participantHashes,
        })),
      );
      await putAll(store, [{ subjectHash: 1 }, {}]);
      const query = { subjectHash: 2 ** 53 - 2, limit: 2, fromMs: noonMs, toMs: noonMs };
      const earlier = { ...query, fromMs: noonMs - 2 * minuteMs, order: 'latest', isWithoutReferences: false } as const;
      const later = { ...query, toMs: noonMs + 9 * minuteMs, order: 'earliest', isWithoutReferences: true } as const;
      const { neighbours, threads } = await store.once((rows) =>
        rows.threads.around({
          neighbours: [earlier, { ...earlier, subjectHash: 12 }, later, { ...earlier, limit: 9 }],
        }),
      );
      const minutesOf = (found: typeof neighbours) =>
        found.map((messages) => messages.map(({ internalDateMs }) => (internalDateMs - noonMs) / minuteMs));
      assert.deepEqual(minutesOf(neighbours), [[0, -1], [], [1, 3], [0, -1, -2]]);
      const [[nearest] = []] = neighbours;
      assert.deepEqual(nearest?.participantHashes, participantHashes);
      assert.equal(nearest?.hasReferences, true);
      assert.ok(
        threads.some(({ key }) => key === nearest?.threadKey),
        'with their threads',
      );
    });
  });
}
