import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MailStore, MailWriter } from '../../../src/store/mail/mail-store.ts';
import { insertAll, messageOf, newId, putAll } from './store-under-test.ts';
import type { OpenStore } from './store-under-test.ts';

async function valueOf(store: MailStore, name: string): Promise<string | undefined> {
  return store.once((rows) => rows.values.get('mark', name));
}

/** Adds one to a number that is kept as a value, slowly. */
async function countUp(rows: MailWriter): Promise<void> {
  const value = Number((await rows.values.get('mark', 'n')) ?? 0);
  for (let step = 0; step < 5; step += 1) await rows.totals();
  await rows.values.put('mark', 'n', String(value + 1));
}

export function exerciseTransactions(open: OpenStore): void {
  suite('transactions', () => {
    test('what fails is not stored, of whatever kind it was', async (t) => {
      const { store } = await open(t);
      const id = newId();
      const before = await store.once((rows) => rows.totals());
      const [bytesKey = 0] = await store.bytes.put([{ raw: Buffer.from('x'), sha256: Buffer.alloc(32) }]);
      const failing = store.write(async (rows) => {
        const label = await rows.labels.insert({ name: 'Work', type: 'user' }, () => 'Label_told');
        await insertAll(rows, [{ id, labelIds: ['Label_told'], texts: { body: 'alpha' } }], [bytesKey]);
        await rows.values.put('mark', 'n', '1');
        await rows.deliveries.add(1, ['ann@example.org']);
        assert.deepEqual((await rows.messages.byId(id))?.summary.labelIds, ['Label_told']);
        assert.ok(label.key >= 100);
        throw new RangeError('no further');
      });
      await assert.rejects(failing, new RangeError('no further'));
      await store.read(async (rows) => {
        assert.deepEqual(await rows.totals(), before);
        assert.equal(await rows.messages.byId(id), undefined);
        assert.equal(await rows.deliveries.count(), 0);
        assert.deepEqual(
          await rows.search.keys({ kind: 'text', words: ['alpha'] }, { belowKey: 2 ** 52, limit: 9 }),
          [],
        );
      });
      assert.equal(await valueOf(store, 'n'), undefined);
      // The key of the label that never was may be given again: its messages have the new one's id.
      await store.write((rows) => rows.labels.insert({ name: 'Other', type: 'user' }, () => 'Label_other'));
      const [key = 0] = await putAll(store, [{ labelIds: ['Label_other'] }]);
      assert.deepEqual((await messageOf(store, key)).summary.labelIds, ['Label_other']);
    });

    test('writers of one mailbox come one after the other, in one opening and in several', async (t) => {
      const { store, openAgain } = await open(t);
      const other = await openAgain();
      const writes = Array.from({ length: 40 }, (_, index) => (index % 3 === 0 ? other : store).write(countUp));
      await Promise.all(writes);
      assert.equal(await valueOf(store, 'n'), '40');
      assert.equal(await valueOf(other, 'n'), '40');
    });

    test('readers see a state that was, never half of a change', async (t) => {
      const { store, openAgain } = await open(t);
      const other = await openAgain();
      const change = (value: string) => async (rows: MailWriter) => {
        await rows.values.put('mark', 'a', value);
        await rows.totals();
        await rows.values.put('mark', 'b', value);
      };
      await store.write(change('0'));
      const pairs: Promise<readonly (string | undefined)[]>[] = [];
      const writes: Promise<void>[] = [];
      for (let round = 1; round <= 20; round += 1) {
        writes.push(store.write(change(String(round)), { onDisk: round % 5 === 0 }));
        for (const reader of [store, other]) {
          pairs.push(
            reader.read(async (rows) => {
              const a = await rows.values.get('mark', 'a');
              await rows.totals();
              return [a, await rows.values.get('mark', 'b')];
            }),
          );
        }
      }
      await Promise.all(writes);
      for (const [a, b] of await Promise.all(pairs)) assert.equal(a, b);
    });

    test('what one opening wrote, another reads', async (t) => {
      const { store, openAgain } = await open(t);
      const [key = 0] = await putAll(store, [{ texts: { body: 'alpha' } }]);
      const other = await openAgain();
      assert.equal((await messageOf(other, key)).key, key);
      const label = await other.write((rows) => rows.labels.insert({ name: 'Work', type: 'user' }, () => 'Label_x'));
      await other.write((rows) => rows.messages.relabel({ messageKeys: [key], addKeys: [label.key], removeKeys: [] }));
      assert.deepEqual((await messageOf(store, key)).summary.labelIds, ['INBOX', 'Label_x']);
    });

    test('work that waits for other things holds nobody up unseen', async (t) => {
      const { store, capabilities } = await open(t);
      const hasBegun = Promise.withResolvers<void>();
      const slow = store.write(async (rows) => {
        await rows.values.put('mark', 'n', 'slow');
        hasBegun.resolve();
        for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      });
      await hasBegun.promise;
      const waiting = store.write((rows) => rows.values.put('mark', 'n', 'waiting'));
      if (capabilities.waitsForWork) {
        await Promise.all([slow, waiting]);
        assert.equal(await valueOf(store, 'n'), 'waiting');
      } else {
        await assert.rejects(waiting, /waits for something other than its rows/);
        await slow;
        assert.equal(await valueOf(store, 'n'), 'slow');
      }
    });
  });
}
