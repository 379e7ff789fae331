import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMail } from '../build-mail.ts';
import type { OpenWithMail } from './mailbox-under-test.ts';
import { assertFails, find, idsOf, onePage, unknownId } from './mailbox-under-test.ts';

/** Deleting for good. */
export function testDeleting(withMail: OpenWithMail): void {
  test('a deleted message is gone everywhere, and its thread with the last of its messages', async (t) => {
    const { mailbox, ids } = await withMail(t, [
      { subject: 'Plan', messageId: '1@x', text: 'alpha' },
      { subject: 'Re: Plan', messageId: '2@x', inReplyTo: '1@x', text: 'beta' },
      { subject: 'Other', messageId: '3@x', text: 'gamma' },
    ]);
    const [first = '', second = '', other = ''] = ids;
    await mailbox.deleteMessages([first, other]);
    for (const id of [first, other]) {
      await assertFails(mailbox.getMessage(id), 'NOT_FOUND');
      await assertFails(mailbox.getRawMessage(id), 'NOT_FOUND');
    }
    await assertFails(mailbox.getThread(other), 'NOT_FOUND');
    const { threadId } = (await mailbox.getMessage(second)).summary;
    assert.deepEqual(idsOf((await mailbox.getThread(threadId)).messages.map(({ summary }) => summary)), [second]);
    assert.deepEqual(await find(mailbox, ''), [second]);
    assert.deepEqual(await find(mailbox, 'alpha'), []);
    assert.deepEqual(await find(mailbox, 'in:inbox'), [second]);
    const { messagesTotal, threadsTotal } = await mailbox.getProfile();
    assert.deepEqual({ messagesTotal, threadsTotal }, { messagesTotal: 1, threadsTotal: 1 });

    await mailbox.deleteMessages([second]);
    await assertFails(mailbox.getThread(threadId), 'NOT_FOUND');
    const empty = await mailbox.getProfile();
    assert.deepEqual([empty.messagesTotal, empty.threadsTotal], [0, 0]);
  });

  test('messages are deleted all or, when one id is unknown, none; no id is no error', async (t) => {
    const { mailbox, ids } = await withMail(t, [{}, {}]);
    const error = await assertFails(mailbox.deleteMessages([...ids, unknownId]), 'NOT_FOUND');
    assert.ok(error.message.includes(unknownId), error.message);
    assert.equal((await mailbox.getProfile()).messagesTotal, 2);
    await mailbox.deleteMessages([]);
    const [twice = ''] = ids;
    await mailbox.deleteMessages([twice, twice]);
    assert.equal((await mailbox.getProfile()).messagesTotal, 1);
    await assertFails(mailbox.deleteMessages([twice]), 'NOT_FOUND');
  });

  test('the history tells of deleted messages', async (t) => {
    const { mailbox, ids } = await withMail(t, [{ subject: 'One' }, { subject: 'Two' }]);
    const [first = ''] = ids;
    const { historyId: startHistoryId } = await mailbox.getProfile();
    await mailbox.deleteMessages([first]);
    const { history } = await mailbox.listHistory({ ...onePage, startHistoryId });
    const deleted = history.flatMap(({ messagesDeleted }) => messagesDeleted ?? []);
    assert.deepEqual(
      deleted.map(({ message: { id, threadId } }) => ({ id, threadId })),
      [{ id: first, threadId: first }],
    );
    assert.equal(history.length, 1);
  });

  test('the draft of a deleted message is gone too', async (t) => {
    const { mailbox } = await withMail(t);
    const draft = await mailbox.createDraft({ raw: buildMail({ to: 'bob@example.org' }) });
    await mailbox.deleteMessages([draft.message.id]);
    assert.deepEqual((await mailbox.listDrafts(onePage)).drafts, []);
    await assertFails(mailbox.getDraft(draft.id), 'NOT_FOUND');
  });
}
