import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import type { MailStore } from '../../../src/store/mail/mail-store.ts';
import { insertAll, newId } from './store-under-test.ts';
import type { OpenStore } from './store-under-test.ts';

function bytesOf(text: string) {
  const raw = Buffer.from(text);
  return { raw, sha256: createHash('sha256').update(raw).digest() };
}

/** Puts bytes and a message that has them. */
async function putMessage(store: MailStore, text: string): Promise<{ key: number; bytesKey: number; id: string }> {
  const id = newId();
  const [bytesKey = 0] = await store.bytes.put([bytesOf(text)]);
  const [key = 0] = await store.write((rows) => insertAll(rows, [{ id }], [bytesKey]));
  return { key, bytesKey, id };
}

export function exerciseBytes(open: OpenStore): void {
  suite('bytes', () => {
    test('come back as they were, each under one key however often they are stored', async (t) => {
      const { store, openAgain } = await open(t);
      const texts = ['one', 'two', '', 'x'.repeat(100_000), 'one'];
      const keys = await store.bytes.put(texts.map(bytesOf));
      assert.equal(keys[0], keys[4]);
      assert.equal(new Set(keys).size, 4);
      assert.deepEqual(await (await openAgain()).bytes.put(texts.map(bytesOf)), keys);
      for (const [index, key] of keys.entries()) {
        assert.equal(Buffer.from(await store.bytes.get(key)).toString(), texts[index]);
      }
      await assert.rejects(store.bytes.get(4711), { code: 'UNAVAILABLE', message: /missing/ });
    });

    test('lead to their message, and are missed where they are not', async (t) => {
      const { store } = await open(t);
      const { bytesKey, id } = await putMessage(store, 'one');
      const [lonely = 0] = await store.bytes.put([bytesOf('two')]);
      await store.read(async (rows) => {
        assert.deepEqual(await rows.messages.idsOfBytes([lonely, bytesKey, 4711]), new Map([[bytesKey, id]]));
        assert.deepEqual(await rows.messages.missingBytes([lonely, 4711, bytesKey]), [4711]);
      });
    });

    test('go with their message when they are swept, and not before', async (t) => {
      const { store } = await open(t);
      const { key, bytesKey } = await putMessage(store, 'one');
      await store.bytes.sweep();
      assert.equal(Buffer.from(await store.bytes.get(bytesKey)).toString(), 'one');
      await store.write((rows) => rows.messages.delete([key]));
      assert.equal(Buffer.from(await store.bytes.get(bytesKey)).toString(), 'one');
      await store.bytes.sweep();
      await assert.rejects(store.bytes.get(bytesKey), { code: 'UNAVAILABLE' });
    });

    test('stay while a copy is to be delivered, or when another message has them by now', async (t) => {
      const { store } = await open(t);
      const { key, bytesKey } = await putMessage(store, 'one');
      await store.write(async (rows) => {
        await rows.deliveries.add(bytesKey, ['ann@example.org']);
        await rows.messages.delete([key]);
      });
      await store.bytes.sweep();
      assert.equal(Buffer.from(await store.bytes.get(bytesKey)).toString(), 'one');
      const [copy] = await store.once((rows) => rows.deliveries.waiting(0, 1));
      await store.write((rows) => rows.deliveries.remove(copy?.key ?? 0));
      await store.write((rows) => insertAll(rows, [{}], [bytesKey]));
      await store.bytes.sweep();
      assert.equal(Buffer.from(await store.bytes.get(bytesKey)).toString(), 'one');
    });

    test('are discarded unless a message has them', async (t) => {
      const { store } = await open(t);
      const { bytesKey } = await putMessage(store, 'one');
      const [lonely = 0] = await store.bytes.put([bytesOf('two')]);
      await store.bytes.discard(bytesKey);
      await store.bytes.discard(lonely);
      assert.equal(Buffer.from(await store.bytes.get(bytesKey)).toString(), 'one');
      await assert.rejects(store.bytes.get(lonely), { code: 'UNAVAILABLE' });
    });
  });
}
