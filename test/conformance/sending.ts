import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxSendBytes } from '../../src/mail/mailbox.ts';
import { buildMail } from '../build-mail.ts';
import type { OpenWithMail } from './mailbox-under-test.ts';
import { assertFails, find, labelsOf, onePage, owner } from './mailbox-under-test.ts';

/** Sending. */
export function testSending(withMail: OpenWithMail): void {
  test('a sent message is filed under SENT as it was written, and is not new', async (t) => {
    const { mailbox } = await withMail(t);
    const { historyId: startHistoryId } = await mailbox.getProfile();
    const parts = {
      from: owner,
      to: 'Zoë <zoe@example.com>',
      bcc: 'hidden@example.net',
      subject: 'Grüße',
      text: 'Straße',
    };
    const filed = await mailbox.sendMessage({ raw: buildMail(parts) });
    assert.deepEqual(filed.labelIds, ['SENT']);
    assert.equal(filed.threadId, filed.id);
    const { summary, content } = await mailbox.getMessage(filed.id);
    assert.equal(summary.to, 'Zoë <zoe@example.com>');
    assert.equal(summary.bcc, 'hidden@example.net');
    assert.equal(summary.subject, 'Grüße');
    assert.equal(content.text?.trim(), 'Straße');
    assert.notEqual(content.messageId, '');
    assert.notEqual(content.dateMs, undefined);
    assert.deepEqual(await find(mailbox, 'in:sent straße'), [filed.id]);
    assert.deepEqual(await find(mailbox, 'in:inbox'), []);
    const { history } = await mailbox.listHistory({ ...onePage, startHistoryId });
    assert.deepEqual(
      history.flatMap(({ messagesAdded }) => messagesAdded ?? []).map(({ message }) => message.id),
      [filed.id],
    );
  });

  test('a message to oneself is sent and arrives as one message', async (t) => {
    const { mailbox } = await withMail(t);
    for (const parts of [{ to: 'Me <ME@Example.org>' }, { to: 'bob@example.org', bcc: owner }]) {
      const { id, labelIds } = await mailbox.sendMessage({ raw: buildMail({ from: owner, ...parts }) });
      assert.deepEqual([...labelIds].toSorted(), ['INBOX', 'SENT', 'UNREAD']);
      assert.deepEqual(await labelsOf(mailbox, id), ['INBOX', 'SENT', 'UNREAD']);
    }
    assert.equal((await mailbox.getProfile()).messagesTotal, 2);
  });

  test('the same bytes sent twice are two messages', async (t) => {
    const { mailbox } = await withMail(t);
    const raw = buildMail({ from: owner, to: 'bob@example.org', messageId: 'same@x' });
    const sent = [await mailbox.sendMessage({ raw }), await mailbox.sendMessage({ raw })];
    assert.equal(new Set(sent.map(({ id }) => id)).size, 2);
    assert.equal((await find(mailbox, 'in:sent')).length, 2);
  });

  test('a draft that is filed to be sent is a draft like any other', async (t) => {
    const { mailbox } = await withMail(t);
    const raw = buildMail({ from: owner, to: 'bob@example.org', subject: 'Plan', text: 'alpha' });
    const filed = await mailbox.fileDraft({ raw });
    const { message } = await mailbox.getDraft(filed.id);
    assert.equal(message.summary.id, filed.messageId);
    assert.equal(message.summary.subject, 'Plan');
    const sent = await mailbox.sendDraft(filed.id);
    assert.ok(sent.labelIds.includes('SENT'));
    // The history from the draft on has the message that it became.
    const { history } = await mailbox.listHistory({ ...onePage, startHistoryId: message.summary.historyId });
    const added = history.flatMap(({ messagesAdded = [] }) => messagesAdded.map(({ message }) => message.id));
    assert.ok(added.includes(sent.id), added.join());
  });

  test('a sent draft is gone; its message is a new one in the same thread', async (t) => {
    const { mailbox } = await withMail(t);
    const raw = buildMail({ from: owner, to: 'bob@example.org', subject: 'Plan', text: 'alpha' });
    const draft = await mailbox.createDraft({ raw });
    const filed = await mailbox.sendDraft(draft.id);
    assert.notEqual(filed.id, draft.message.id);
    assert.equal(filed.threadId, draft.message.threadId);
    assert.deepEqual(filed.labelIds, ['SENT']);
    await assertFails(mailbox.getDraft(draft.id), 'NOT_FOUND');
    await assertFails(mailbox.getMessage(draft.message.id), 'NOT_FOUND');
    await assertFails(mailbox.sendDraft(draft.id), 'NOT_FOUND');
    assert.deepEqual((await mailbox.listDrafts(onePage)).drafts, []);
    assert.deepEqual(await find(mailbox, 'alpha'), [filed.id]);
    assert.equal((await mailbox.getProfile()).messagesTotal, 1);
  });

  test('a draft that is sent from several places at once is sent once', async (t) => {
    const { mailbox } = await withMail(t);
    const draft = await mailbox.createDraft({ raw: buildMail({ from: owner, to: 'bob@example.org' }) });
    const attempts = await Promise.allSettled(Array.from({ length: 4 }, () => mailbox.sendDraft(draft.id)));
    assert.equal(attempts.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal((await find(mailbox, 'in:sent')).length, 1);
  });

  test('without a recipient nothing is sent, and the draft stays', async (t) => {
    const { mailbox } = await withMail(t);
    const raw = buildMail({ from: owner, subject: 'To nobody' });
    const error = await assertFails(mailbox.sendMessage({ raw }), 'INVALID_INPUT');
    assert.match(error.message, /Recipient address required/);
    const draft = await mailbox.createDraft({ raw });
    await assertFails(mailbox.sendDraft(draft.id), 'INVALID_INPUT');
    assert.equal((await mailbox.getDraft(draft.id)).message.summary.id, draft.message.id);
    await assertFails(mailbox.sendMessage({ raw: buildMail({ to: 'Bob, not an address' }) }), 'INVALID_INPUT');
    assert.deepEqual(await find(mailbox, 'in:sent'), []);
  });

  test('an unknown draft is not sent, nor a message over the limit', async (t) => {
    const { mailbox } = await withMail(t);
    await assertFails(mailbox.sendDraft('r-1'), 'NOT_FOUND');
    await assertFails(mailbox.sendMessage({ raw: new Uint8Array(maxSendBytes + 1) }), 'TOO_LARGE');
  });

  test('a sent reply joins the thread asked for if it has its subject', async (t) => {
    const { mailbox, ids } = await withMail(t, [{ subject: 'Plan', messageId: '1@x', from: 'ann@example.org' }]);
    const [threadId = ''] = ids;
    const reply = { from: owner, to: 'ann@example.org', subject: 'Re: Plan' };
    const joined = await mailbox.sendMessage({ raw: buildMail({ ...reply, references: ['1@x'] }), threadId });
    assert.equal(joined.threadId, threadId);
    const unreferenced = await mailbox.sendMessage({ raw: buildMail(reply), threadId });
    assert.equal(unreferenced.threadId, threadId);
    const renamed = { ...reply, subject: 'Another', references: ['1@x'] };
    const other = await mailbox.sendMessage({ raw: buildMail(renamed), threadId });
    assert.notEqual(other.threadId, threadId);
    assert.equal((await mailbox.getThread(threadId)).messages.length, 3);
  });

  test('what answers a sent message arrives in its thread', async (t) => {
    const { mailbox, add } = await withMail(t);
    const sent = await mailbox.sendMessage({ raw: buildMail({ from: owner, to: 'ann@example.org', subject: 'Plan' }) });
    // A server may have given it another Message-ID than it was written with.
    const { messageId } = (await mailbox.getMessage(sent.id)).content;
    const [answer = ''] = await add([
      { subject: 'Re: Plan', from: 'ann@example.org', to: owner, inReplyTo: messageId },
    ]);
    assert.equal((await mailbox.getMessage(answer)).summary.threadId, sent.threadId);
  });
}
