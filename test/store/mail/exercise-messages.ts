import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { all, messageOf, minuteMs, newId, noonMs, noTexts, putAll } from './store-under-test.ts';
import type { OpenStore } from './store-under-test.ts';

export function exerciseMessages(open: OpenStore): void {
  suite('messages', () => {
    test('are as they were told to be: ids, thread, history id, date and labels of Google', async (t) => {
      const { store } = await open(t);
      const google = { id: '19e830e1a0029bd8', threadId: '19e830e1a0020000', historyId: 987_654_321_012 };
      const [key = 0] = await putAll(store, [
        {
          ...google,
          internalDateMs: noonMs + 123,
          labelIds: ['UNREAD', 'INBOX'],
          sizeBytes: 4711,
          sender: 'Zoë <zoe@example.org>',
          recipients: 'a@example.org, b@example.org',
          cc: 'c@example.org',
          bcc: 'd@example.org',
          subject: 'Grüße "aus" Köln',
          snippet: 'Kurz',
          attachmentNames: ['a, b.pdf', '"c".txt'],
        },
      ]);
      const { summary, id, messageId } = await messageOf(store, key);
      assert.equal(id, google.id);
      assert.equal(messageId, '19e830e1a0029bd8@made-up.example');
      assert.deepEqual(summary, {
        id: google.id,
        threadId: google.threadId,
        historyId: '987654321012',
        internalDate: String(noonMs + 123),
        sizeEstimate: 4711,
        from: 'Zoë <zoe@example.org>',
        to: 'a@example.org, b@example.org',
        cc: 'c@example.org',
        bcc: 'd@example.org',
        subject: 'Grüße "aus" Köln',
        snippet: 'Kurz',
        labelIds: ['INBOX', 'UNREAD'],
        attachmentNames: ['a, b.pdf', '"c".txt'],
      });
      assert.deepEqual(await store.once((rows) => rows.messages.byId(google.id)), await messageOf(store, key));
      assert.equal(await store.once((rows) => rows.messages.byId('0000000000000000')), undefined);
    });

    test('have keys that grow with their dates, however many share a moment', async (t) => {
      const { store } = await open(t);
      const same = await putAll(
        store,
        Array.from({ length: 40 }, () => ({ internalDateMs: noonMs })),
      );
      const [before = 0, after = 0, atZero = 0] = await putAll(store, [
        { internalDateMs: noonMs - minuteMs },
        { internalDateMs: noonMs + minuteMs },
        { internalDateMs: 0 },
      ]);
      assert.equal(new Set(same).size, 40);
      assert.ok(atZero < before && before < Math.min(...same) && Math.max(...same) < after);
      const more = await putAll(store, [{ internalDateMs: noonMs }]);
      assert.ok(!same.includes(more[0] ?? 0));
    });

    test('are found by keys newest first, by thread oldest first, by id in the order of asking', async (t) => {
      const { store } = await open(t);
      const ids = [newId(), newId(), newId()] as const;
      const [first = 0, second = 0, other = 0] = await putAll(store, [
        { id: ids[0], threadId: 'a', internalDateMs: noonMs },
        { id: ids[1], threadId: 'a', internalDateMs: noonMs - minuteMs },
        { id: ids[2], threadId: 'b', internalDateMs: noonMs + minuteMs },
      ]);
      await store.read(async (rows) => {
        const byKeys = await rows.messages.byKeys([first, 12, second, other]);
        assert.deepEqual(
          byKeys.map(({ key }) => key),
          [other, first, second],
        );
        const { threads } = await rows.threads.around({ ids: ['a', 'b'] });
        const keyOf = (id: string) => threads.find((thread) => thread.id === id)?.key ?? 0;
        const ofThreads = await rows.messages.ofThreads([keyOf('b'), keyOf('a')]);
        assert.deepEqual(
          ofThreads.map((messages) => messages.map(({ key }) => key)),
          [[other], [second, first]],
        );
        assert.deepEqual(await rows.messages.targets([ids[1], 'nobody', ids[0], ids[1]]), [
          { id: ids[1], key: second, threadKey: keyOf('a') },
          { id: ids[0], key: first, threadKey: keyOf('a') },
        ]);
      });
    });

    test('are counted, with their threads', async (t) => {
      const { store } = await open(t);
      const totals = () => store.once((rows) => rows.totals());
      const { historyId } = await totals();
      const [first = 0, second = 0] = await putAll(store, [{ threadId: 'a' }, { threadId: 'a' }, { threadId: 'b' }]);
      assert.deepEqual(await totals(), {
        messagesTotal: 3,
        threadsTotal: 2,
        historyId: historyId + 3,
        oldestHistoryId: historyId,
      });
      await store.write((rows) => rows.messages.delete([first]));
      assert.deepEqual([(await totals()).messagesTotal, (await totals()).threadsTotal], [2, 2]);
      await store.write((rows) => rows.messages.delete([second]));
      assert.deepEqual([(await totals()).messagesTotal, (await totals()).threadsTotal], [1, 1]);
    });

    test('that are deleted leave nothing but the name of their thread', async (t) => {
      const { store } = await open(t);
      const id = newId();
      const [key = 0, kept = 0] = await putAll(store, [
        { id, threadId: 'a', labelIds: ['DRAFT', 'STARRED'], texts: { body: 'alpha' } },
        { texts: { body: 'alpha' } },
      ]);
      await store.write((rows) => rows.drafts.put('r-1', key));
      const { threadKey, bytesKey } = await messageOf(store, key);
      const deleted = await store.write((rows) => rows.messages.delete([key, 12]));
      assert.deepEqual(deleted, [{ id, key, threadKey, labelIds: ['DRAFT', 'STARRED'] }]);
      await store.read(async (rows) => {
        assert.equal(await rows.messages.byId(id), undefined);
        assert.equal(await rows.drafts.find('r-1'), undefined);
        assert.deepEqual(await rows.search.keys({ kind: 'text', words: ['alpha'] }, all), [kept]);
        assert.deepEqual(await rows.messages.ofThreads([threadKey]), [[]]);
        assert.equal((await rows.threads.around({ ids: ['a'] })).threads[0]?.messagesTotal, 0);
        assert.deepEqual(await rows.messages.idsOfBytes([bytesKey]), new Map());
      });
      // The same id may come again.
      await putAll(store, [{ id, threadId: 'a' }]);
      assert.equal((await store.once((rows) => rows.totals())).threadsTotal, 2);
    });

    test('are gone through newest first, as what their content is made of', async (t) => {
      const { store } = await open(t);
      const [first = 0, second = 0, third = 0] = await putAll(store, [
        { internalDateMs: noonMs + 1 },
        { internalDateMs: noonMs + minuteMs },
        { internalDateMs: noonMs - minuteMs },
      ]);
      const sources = (belowKey: number, limit: number) => store.once((rows) => rows.messages.sources(belowKey, limit));
      const [newest, middle] = await sources(all.belowKey, 2);
      assert.deepEqual([newest?.key, middle?.key], [second, first]);
      assert.equal(middle?.internalDateMs, noonMs + 1);
      const { id, threadKey, bytesKey } = await messageOf(store, first);
      assert.deepEqual([middle?.id, middle?.threadKey, middle?.bytesKey], [id, threadKey, bytesKey]);
      assert.deepEqual(
        (await sources(first, 9)).map(({ key }) => key),
        [third],
      );
    });

    test('get other content, and keep what they are', async (t) => {
      const { store } = await open(t);
      const [key = 0, other = 0] = await putAll(store, [
        { labelIds: ['STARRED'], texts: { body: 'alpha', subject: 'beta' } },
        { texts: { body: 'alpha' }, internalDateMs: noonMs + minuteMs },
      ]);
      const { summary, ...rest } = await messageOf(store, key);
      const content = {
        sizeBytes: 12,
        messageId: 'new@x',
        sender: 'new',
        recipients: 'b',
        cc: 'c',
        bcc: 'd',
        subject: 'Other',
        snippet: 'gamma',
        attachmentNames: ['a.pdf'],
        isUnverified: true,
        texts: { ...noTexts, body: 'gamma' },
        subjectHash: 77,
        hasReferences: true,
        participantHashes: Uint32Array.of(5),
      };
      await store.write((rows) =>
        rows.messages.rewrite([
          { messageKey: key, content },
          { messageKey: 12, content },
        ]),
      );
      const { sender, recipients, texts, subjectHash, hasReferences, participantHashes, sizeBytes, ...shown } = content;
      const { messageId, ...facts } = shown;
      assert.deepEqual(await messageOf(store, key), {
        ...rest,
        messageId,
        summary: { ...summary, ...facts, sizeEstimate: sizeBytes, from: sender, to: recipients },
      });
      const query = {
        subjectHash,
        fromMs: 0,
        toMs: noonMs,
        order: 'latest',
        isWithoutReferences: false,
        limit: 9,
      } as const;
      await store.read(async (rows) => {
        const find = (word: string) => rows.search.keys({ kind: 'text', words: [word] }, all);
        assert.deepEqual([await find('alpha'), await find('beta'), await find('gamma')], [[other], [], [key]]);
        assert.equal(texts.body, 'gamma');
        const [neighbours] = (await rows.threads.around({ neighbours: [query] })).neighbours;
        assert.deepEqual(
          neighbours?.map((message) => [message.hasReferences, message.participantHashes]),
          [[hasReferences, participantHashes]],
        );
        assert.equal((await rows.totals()).messagesTotal, 2);
      });
    });
  });
}
