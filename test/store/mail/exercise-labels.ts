import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { systemLabelIds } from '../../../src/mail/message.ts';
import { labelKey, messageOf, putAll } from './store-under-test.ts';
import type { OpenStore } from './store-under-test.ts';

const local = (key: number) => `Label_${key}`;

export function exerciseLabels(open: OpenStore): void {
  suite('labels', () => {
    test('an empty mailbox has the system labels, in their order', async (t) => {
      const { store } = await open(t);
      const labels = await store.once((rows) => rows.labels.list());
      assert.deepEqual(
        labels.map(({ id, type }) => [id, type]),
        systemLabelIds.map((id) => [id, 'system']),
      );
      assert.equal(labels.find(({ id }) => id === 'CHAT')?.labelListVisibility, 'labelHide');
    });

    test('a label keeps its key; the id is made of it, or told', async (t) => {
      const { store } = await open(t);
      const [work, told] = await store.write(async (rows) => [
        await rows.labels.insert({ name: 'Work', type: 'user' }, local),
        await rows.labels.insert({ name: 'Told', type: 'user' }, () => 'Label_7423'),
      ]);
      assert.ok(work !== undefined && told !== undefined);
      assert.ok(work.key >= 100);
      assert.equal(work.id, `Label_${work.key}`);
      assert.equal(told.id, 'Label_7423');
      await store.write((rows) => rows.labels.delete(told.key));
      const next = await store.write((rows) => rows.labels.insert({ name: 'Next', type: 'user' }, local));
      assert.ok(next.key > told.key, 'no key is given twice');
      assert.deepEqual(
        (await store.once((rows) => rows.labels.list())).slice(systemLabelIds.length).map(({ name }) => name),
        ['Work', 'Next'],
      );
    });

    test('a system label that is told stands among the others', async (t) => {
      const { store } = await open(t);
      const star = await store.write((rows) =>
        rows.labels.insert({ name: 'YELLOW_STAR', type: 'system' }, () => 'YELLOW_STAR'),
      );
      const again = await store.once((rows) => rows.labels.list());
      assert.deepEqual(again.at(-1), star);
      assert.equal(star.type, 'system');
    });

    test('the fields that are given change, and only those', async (t) => {
      const { store } = await open(t);
      const color = { textColor: '#000000', backgroundColor: '#ffffff' };
      const { key } = await store.write((rows) =>
        rows.labels.insert({ name: '  Big   plans ', type: 'user', messageListVisibility: 'hide', color }, local),
      );
      const read = async () => (await store.once((rows) => rows.labels.list())).find((label) => label.key === key);
      const made = { key, id: local(key), type: 'user', name: 'Big plans', messageListVisibility: 'hide', color };
      assert.deepEqual(await read(), made);
      await store.write((rows) => rows.labels.update(key, { labelListVisibility: 'labelShowIfUnread' }));
      assert.deepEqual(await read(), { ...made, labelListVisibility: 'labelShowIfUnread' });
      await store.write((rows) => rows.labels.update(key, { name: 'Größe/Maße' }));
      assert.equal((await read())?.name, 'Größe/Maße');
    });

    test('messages are counted with their threads, and the unread ones apart', async (t) => {
      const { store } = await open(t);
      await putAll(store, [
        { threadId: 'a', labelIds: ['INBOX', 'UNREAD'] },
        { threadId: 'a', labelIds: ['INBOX'] },
        { threadId: 'b', labelIds: ['INBOX'] },
        { threadId: 'c', labelIds: ['UNREAD'] },
      ]);
      const [inbox, unread, spam] = [
        await labelKey(store, 'INBOX'),
        await labelKey(store, 'UNREAD'),
        await labelKey(store, 'SPAM'),
      ];
      assert.deepEqual(await store.once((rows) => rows.labels.count(inbox, unread)), {
        messagesTotal: 3,
        messagesUnread: 1,
        threadsTotal: 2,
        threadsUnread: 1,
      });
      const none = { messagesTotal: 0, messagesUnread: 0, threadsTotal: 0, threadsUnread: 0 };
      assert.deepEqual(await store.once((rows) => rows.labels.count(spam, unread)), none);
    });

    test('a label that is deleted is off its messages, which are answered', async (t) => {
      const { store } = await open(t);
      const { key } = await store.write((rows) => rows.labels.insert({ name: 'Work', type: 'user' }, local));
      const [first = 0, second = 0] = await putAll(store, [{ labelIds: ['INBOX', local(key)] }, {}]);
      const labelled = await store.write((rows) => rows.labels.delete(key));
      assert.deepEqual(
        labelled.map((target) => target.key),
        [first],
      );
      assert.deepEqual((await messageOf(store, first)).summary.labelIds, ['INBOX']);
      assert.deepEqual((await messageOf(store, second)).summary.labelIds, ['INBOX']);
    });

    test('messages are relabelled; what was so already is not answered', async (t) => {
      const { store } = await open(t);
      const [first = 0, second = 0, third = 0] = await putAll(store, [
        { labelIds: ['INBOX', 'UNREAD'] },
        { labelIds: ['STARRED'] },
        { labelIds: ['STARRED', 'SPAM'] },
      ]);
      const [inbox, unread, starred] = [
        await labelKey(store, 'INBOX'),
        await labelKey(store, 'UNREAD'),
        await labelKey(store, 'STARRED'),
      ];
      const changed = await store.write((rows) =>
        rows.messages.relabel({
          messageKeys: [third, first, second],
          addKeys: [starred],
          removeKeys: [unread, inbox],
        }),
      );
      assert.deepEqual(changed, [{ messageKey: first, added: [starred], removed: [unread, inbox] }]);
      assert.deepEqual((await messageOf(store, first)).summary.labelIds, ['STARRED']);
      assert.deepEqual((await messageOf(store, third)).summary.labelIds, ['SPAM', 'STARRED']);
      await store.write((rows) =>
        rows.messages.relabel({ messageKeys: [first], addKeys: [inbox], removeKeys: [], historyId: 987_654_321 }),
      );
      const { labelIds, historyId } = (await messageOf(store, first)).summary;
      assert.deepEqual([labelIds, historyId], [['INBOX', 'STARRED'], '987654321'], 'a change from outside');
    });
  });
}
