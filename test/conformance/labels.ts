import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenWithMail } from './mailbox-under-test.ts';
import { assertFails, find, labelsOf } from './mailbox-under-test.ts';

/** Labels of the user's own. */
export function testLabels(withMail: OpenWithMail): void {
  test('a label has what was chosen of it, nests by its name, and can be changed field by field', async (t) => {
    const { mailbox, ids } = await withMail(t, [{}]);
    const fields = {
      name: 'Reisen/Köln 2026',
      messageListVisibility: 'hide',
      labelListVisibility: 'labelShowIfUnread',
      color: { textColor: '#ffffff', backgroundColor: '#16a766' },
    } as const;
    const label = await mailbox.createLabel(fields);
    assert.deepEqual(label, { id: label.id, type: 'user', ...fields });
    assert.match(label.id, /^Label_\d+$/);
    const listed = async () => (await mailbox.listLabels()).filter(({ type }) => type === 'user');
    assert.deepEqual(await listed(), [label]);

    await mailbox.modifyMessages({ ids: [...ids], addLabelIds: [label.id], removeLabelIds: [] });
    assert.deepEqual(await find(mailbox, 'label:reisen-köln-2026'), ids);
    const renamed = await mailbox.updateLabel(label.id, { name: 'Reisen/Bonn', messageListVisibility: 'show' });
    assert.deepEqual(renamed, { ...label, name: 'Reisen/Bonn', messageListVisibility: 'show' });
    assert.deepEqual(await listed(), [renamed]);
    assert.deepEqual(await find(mailbox, 'label:reisen-bonn'), ids);
    assert.deepEqual(await find(mailbox, 'label:reisen-köln-2026'), []);
    assert.deepEqual(await mailbox.updateLabel(label.id, {}), renamed);
    assert.equal((await mailbox.updateLabel(label.id, { name: 'reisen/BONN' })).name, 'reisen/BONN');
  });

  test('the messages and threads of a label are counted, and what of them is unread', async (t) => {
    const mails = [{}, {}, {}];
    const { mailbox, ids } = await withMail(t, mails);
    const [first = '', second = ''] = ids;
    const label = await mailbox.createLabel({ name: 'Counted' });
    const none = { messagesTotal: 0, messagesUnread: 0, threadsTotal: 0, threadsUnread: 0 };
    assert.deepEqual(await mailbox.getLabelCounts(label.id), none);
    await mailbox.modifyMessages({ ids: [first, second], addLabelIds: [label.id], removeLabelIds: ['UNREAD'] });
    await mailbox.modifyMessages({ ids: [second], addLabelIds: ['UNREAD'], removeLabelIds: [] });
    const counts = { messagesTotal: 2, messagesUnread: 1, threadsTotal: 2, threadsUnread: 1 };
    assert.deepEqual(await mailbox.getLabelCounts(label.id), counts);
    await assertFails(mailbox.getLabelCounts('Label_999999'), 'NOT_FOUND', 'id');
  });

  test('a deleted label is off every message, and its name is free again', async (t) => {
    const { mailbox, ids } = await withMail(t, [{}]);
    const [id = ''] = ids;
    const label = await mailbox.createLabel({ name: 'Work' });
    await mailbox.modifyMessages({ ids: [id], addLabelIds: [label.id], removeLabelIds: [] });
    await mailbox.deleteLabel(label.id);
    assert.deepEqual(await labelsOf(mailbox, id), ['INBOX']);
    assert.deepEqual(await find(mailbox, 'label:work'), []);
    await assertFails(mailbox.deleteLabel(label.id), 'NOT_FOUND');
    const change = { ids: [id], addLabelIds: [label.id], removeLabelIds: [] };
    await assertFails(mailbox.modifyMessages(change), 'INVALID_INPUT', 'addLabelIds');
    assert.notEqual((await mailbox.createLabel({ name: 'Work' })).id, label.id);
  });

  test('a name that is taken is a CONFLICT, one that cannot be INVALID_INPUT', async (t) => {
    const { mailbox } = await withMail(t);
    const work = await mailbox.createLabel({ name: 'Work' });
    const home = await mailbox.createLabel({ name: 'Home' });
    await assertFails(mailbox.createLabel({ name: 'Work' }), 'CONFLICT', 'name');
    await assertFails(mailbox.createLabel({ name: 'WORK' }), 'CONFLICT', 'name');
    await assertFails(mailbox.updateLabel(home.id, { name: 'work' }), 'CONFLICT', 'name');
    for (const name of ['', '  ', 'x'.repeat(226), 'Inbox', 'SENT', 'spam', 'Unread', 'A//B', '/A', 'A/']) {
      await assertFails(mailbox.createLabel({ name }), 'INVALID_INPUT', 'name');
      await assertFails(mailbox.updateLabel(work.id, { name }), 'INVALID_INPUT', 'name');
    }
    assert.equal((await mailbox.createLabel({ name: 'x'.repeat(225) })).name.length, 225);
  });

  test("colours outside of Gmail's palette are refused", async (t) => {
    const { mailbox } = await withMail(t);
    for (const backgroundColor of ['red', '#123456', '']) {
      const color = { textColor: '#000000', backgroundColor };
      await assertFails(mailbox.createLabel({ name: 'Work', color }), 'INVALID_INPUT', 'color.backgroundColor');
    }
  });

  test("Gmail's own labels cannot be changed, and unknown ones are NOT_FOUND", async (t) => {
    const { mailbox } = await withMail(t);
    await assertFails(mailbox.updateLabel('INBOX', { name: 'Mine' }), 'INVALID_INPUT');
    await assertFails(mailbox.deleteLabel('INBOX'), 'INVALID_INPUT');
    await assertFails(mailbox.updateLabel('Label_999999', { name: 'Mine' }), 'NOT_FOUND');
    await assertFails(mailbox.deleteLabel('Label_999999'), 'NOT_FOUND');
  });

  test("Gmail's own labels say how they are shown where Gmail says it", async (t) => {
    const { mailbox } = await withMail(t);
    const labels = new Map((await mailbox.listLabels()).map((label) => [label.id, label]));
    assert.deepEqual(labels.get('SENT'), { id: 'SENT', name: 'SENT', type: 'system' });
    assert.deepEqual(labels.get('CHAT'), {
      id: 'CHAT',
      name: 'CHAT',
      type: 'system',
      messageListVisibility: 'hide',
      labelListVisibility: 'labelHide',
    });
  });
}
