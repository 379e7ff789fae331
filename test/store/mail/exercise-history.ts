import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { MailStore } from '../../../src/store/mail/mail-store.ts';
import { messageOf, newId, putAll } from './store-under-test.ts';
import type { OpenStore } from './store-under-test.ts';

async function idsAfter(store: MailStore, historyId: number, limit = 100): Promise<readonly number[]> {
  return (await store.once((rows) => rows.history.after(historyId, limit))).map((entry) => entry.historyId);
}

/** Records changes of a message whose thread has the key 1. */
async function record(store: MailStore, ids: readonly number[], messageId = 'gone'): Promise<void> {
  const change = { kind: 'deleted', messageId, threadKey: 1, labelsAdded: [], labelsRemoved: ['INBOX'] } as const;
  await store.write((rows) => rows.history.record(ids.map((historyId) => ({ ...change, historyId }))));
}

export function exerciseHistory(open: OpenStore): void {
  suite('history', () => {
    test('ids are taken one after the other, or told', async (t) => {
      const { store } = await open(t);
      const newest = async () => (await store.once((rows) => rows.totals())).historyId;
      const start = await newest();
      assert.equal(await store.write((rows) => rows.history.take(3)), start + 1);
      assert.equal(await store.write((rows) => rows.history.take(1)), start + 4);
      await store.write((rows) => rows.history.take(0));
      assert.equal(await newest(), start + 4);
      await store.write((rows) => rows.history.reach(123_456_789_012));
      assert.equal(await newest(), 123_456_789_012);
      await store.write((rows) => rows.history.reach(17));
      assert.equal(await newest(), 123_456_789_012);
    });

    test('changes are told with the thread and the labels that their message has now', async (t) => {
      const { store } = await open(t);
      const id = newId();
      const [key = 0] = await putAll(store, [{ id, threadId: 'a', labelIds: ['STARRED', 'INBOX'] }]);
      const { threadKey } = await messageOf(store, key);
      const first = await store.write((rows) => rows.history.take(3));
      const change = { messageId: id, threadKey, labelsAdded: [], labelsRemoved: [] };
      await store.write((rows) =>
        rows.history.record([
          { ...change, historyId: first, kind: 'added' },
          { ...change, historyId: first + 1, kind: 'relabelled', labelsAdded: ['STARRED'], labelsRemoved: ['A', 'B'] },
          { ...change, historyId: first + 2, kind: 'deleted', messageId: 'gone', labelsRemoved: ['INBOX'] },
        ]),
      );
      const now = { threadId: 'a', labelIds: ['INBOX', 'STARRED'] };
      assert.deepEqual(await store.once((rows) => rows.history.after(first - 1, 10)), [
        { historyId: first, kind: 'added', messageId: id, labelsAdded: [], labelsRemoved: [], ...now },
        {
          historyId: first + 1,
          kind: 'relabelled',
          messageId: id,
          labelsAdded: ['STARRED'],
          labelsRemoved: ['A', 'B'],
          ...now,
        },
        {
          historyId: first + 2,
          kind: 'deleted',
          messageId: 'gone',
          labelsAdded: [],
          labelsRemoved: ['INBOX'],
          threadId: 'a',
          labelIds: [],
        },
      ]);
      assert.equal((await messageOf(store, key)).summary.historyId, String(first + 1), 'of its last relabelling');
      assert.deepEqual(await idsAfter(store, first, 1), [first + 1]);
      assert.deepEqual(await idsAfter(store, first + 2), []);
    });

    test('is kept as long as is asked for, and says how far it reaches', async (t) => {
      const { store } = await open(t);
      await putAll(store, [{ threadId: 'a' }]);
      const first = await store.write((rows) => rows.history.take(10));
      await record(
        store,
        Array.from({ length: 10 }, (_, index) => first + index),
      );
      const oldest = async () => (await store.once((rows) => rows.totals())).oldestHistoryId;
      const before = await oldest();
      await store.write((rows) => rows.history.keep(1000));
      assert.equal(await oldest(), before);
      await store.write((rows) => rows.history.keep(4));
      assert.equal(await oldest(), first + 5);
      assert.deepEqual(await idsAfter(store, 0), [first + 6, first + 7, first + 8, first + 9]);
      await store.write((rows) => rows.history.keep(9));
      assert.equal(await oldest(), first + 5, 'what is forgotten stays so');
      await store.write((rows) => rows.history.keep(0));
      assert.equal(await oldest(), first + 9);
      assert.deepEqual(await idsAfter(store, 0), []);
    });
  });
}
