import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxSendBytes } from '../../src/mail/mailbox.ts';
import { buildMail } from '../build-mail.ts';
import type { OpenWithMail } from './mailbox-under-test.ts';
import { allPages, assertFails, find, idsOf, labelsOf, onePage, owner } from './mailbox-under-test.ts';

/** Drafts: what is written and not yet sent. */
export function testDrafts(withMail: OpenWithMail): void {
  test('a draft is a message labelled DRAFT, in a thread of its own, with what was written', async (t) => {
    const { mailbox } = await withMail(t);
    const raw = buildMail({
      from: owner,
      to: 'Zoë <zoe@example.com>',
      bcc: 'hidden@example.net',
      subject: 'Grüße',
      text: 'Straße 鯨',
      attachment: { filename: 'plan.pdf', content: 'x' },
    });
    const draft = await mailbox.createDraft({ raw });
    assert.match(draft.id, /^r-?\d+$/);
    assert.match(draft.message.id, /^[\da-f]{16}$/);
    assert.equal(draft.message.threadId, draft.message.id);
    assert.deepEqual(draft.message.labelIds, ['DRAFT']);
    assert.equal(draft.message.to, 'Zoë <zoe@example.com>');
    assert.equal(draft.message.bcc, 'hidden@example.net');
    assert.equal(draft.message.subject, 'Grüße');
    assert.equal(draft.message.snippet, 'Straße 鯨');
    const { id, message } = await mailbox.getDraft(draft.id);
    assert.equal(id, draft.id);
    assert.equal(message.summary.id, draft.message.id);
    assert.match(Buffer.from(message.raw).toString(), /Straße 鯨/);
    const { content } = await mailbox.getMessage(draft.message.id);
    assert.notEqual(content.messageId, '', 'a draft without a Message-ID gets one');
    assert.notEqual(content.dateMs, undefined, 'a draft without a Date gets one');
    assert.deepEqual(
      content.attachments.map(({ filename }) => filename),
      ['plan.pdf'],
    );
    assert.deepEqual(await find(mailbox, 'in:drafts straße'), [draft.message.id]);
    assert.equal((await mailbox.getProfile()).messagesTotal, 1);
  });

  test('drafts are listed from the one changed last, page by page, two equal ones as two', async (t) => {
    const { mailbox } = await withMail(t);
    assert.deepEqual(await mailbox.listDrafts(onePage), { drafts: [] });
    const raw = buildMail({ to: 'bob@example.org', messageId: 'same@x' });
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.push((await mailbox.createDraft({ raw })).id);
    assert.equal(new Set(made).size, 5);
    const [oldest = ''] = made;
    await mailbox.updateDraft(oldest, { raw });
    const listed = await allPages(
      (token) => mailbox.listDrafts({ maxResults: 2, ...token }),
      ({ drafts }) => drafts,
    );
    assert.deepEqual(idsOf(listed), [oldest, ...made.slice(1).toReversed()]);
    assert.equal(new Set(listed.map(({ message }) => message.id)).size, 5);
    await assertFails(mailbox.listDrafts({ maxResults: 2, pageToken: 'nonsense' }), 'INVALID_INPUT', 'pageToken');
  });

  test('a changed draft keeps its id and, with its subject, its thread; its message is a new one', async (t) => {
    const { mailbox } = await withMail(t);
    const draft = await mailbox.createDraft({ raw: buildMail({ subject: 'Plan', text: 'alpha' }) });
    const { historyId: startHistoryId } = await mailbox.getProfile();
    const updated = await mailbox.updateDraft(draft.id, { raw: buildMail({ subject: 'Plan', text: 'beta' }) });
    assert.equal(updated.id, draft.id);
    assert.notEqual(updated.message.id, draft.message.id);
    assert.equal(updated.message.threadId, draft.message.threadId);
    await assertFails(mailbox.getMessage(draft.message.id), 'NOT_FOUND');
    assert.deepEqual(await find(mailbox, 'alpha'), []);
    assert.deepEqual(await find(mailbox, 'beta'), [updated.message.id]);
    const { history } = await mailbox.listHistory({ ...onePage, startHistoryId });
    const changed = (kind: 'messagesAdded' | 'messagesDeleted'): readonly string[] =>
      history.flatMap((record) => record[kind] ?? []).map(({ message }) => message.id);
    assert.deepEqual(changed('messagesAdded'), [updated.message.id]);
    assert.deepEqual(changed('messagesDeleted'), [draft.message.id]);

    const renamed = await mailbox.updateDraft(draft.id, { raw: buildMail({ subject: 'Another plan' }) });
    assert.equal(renamed.id, draft.id);
    assert.notEqual(renamed.message.threadId, draft.message.threadId);
    await assertFails(mailbox.getThread(draft.message.threadId), 'NOT_FOUND');
    const { messagesTotal, threadsTotal } = await mailbox.getProfile();
    assert.deepEqual({ messagesTotal, threadsTotal }, { messagesTotal: 1, threadsTotal: 1 });
  });

  test('a draft joins the thread asked for if it has its subject', async (t) => {
    const { mailbox, ids } = await withMail(t, [{ subject: 'Plan', messageId: '1@x' }]);
    const [threadId = ''] = ids;
    const threadOf = async (parts: Parameters<typeof buildMail>[0], asked?: string): Promise<string> => {
      const outgoing = { raw: buildMail(parts), ...(asked === undefined ? {} : { threadId: asked }) };
      return (await mailbox.createDraft(outgoing)).message.threadId;
    };
    assert.equal(await threadOf({ subject: 'Re: Plan', references: ['1@x'] }, threadId), threadId);
    assert.equal(await threadOf({ subject: 'Fwd: plan', inReplyTo: '1@x' }, threadId), threadId);
    assert.equal(await threadOf({ subject: 'Re: Plan', references: ['2@x'] }, threadId), threadId);
    assert.equal(await threadOf({ subject: 'Re: Plan' }, threadId), threadId);
    assert.notEqual(await threadOf({ subject: 'Re: Plans', references: ['1@x'] }, threadId), threadId);
    assert.notEqual(await threadOf({ subject: 'Re: Plan', references: ['1@x'] }), threadId);
    assert.equal((await mailbox.getThread(threadId)).messages.length, 5);
  });

  test('a draft that answers stays in its thread when it is changed', async (t) => {
    const { mailbox, ids } = await withMail(t, [{ subject: 'Plan', messageId: '1@x' }]);
    const [threadId = ''] = ids;
    const reply = { subject: 'Re: Plan', references: ['1@x'] };
    const { id } = await mailbox.createDraft({ raw: buildMail({ ...reply, text: 'yes' }), threadId });
    const again = await mailbox.updateDraft(id, { raw: buildMail({ ...reply, text: 'no' }), threadId });
    assert.equal(again.message.threadId, threadId);
    assert.equal((await mailbox.getThread(threadId)).messages.length, 2);
  });

  test('a deleted draft is gone with its message', async (t) => {
    const { mailbox } = await withMail(t);
    const draft = await mailbox.createDraft({ raw: buildMail({ text: 'alpha' }) });
    await mailbox.deleteDraft(draft.id);
    await assertFails(mailbox.getDraft(draft.id), 'NOT_FOUND');
    await assertFails(mailbox.getMessage(draft.message.id), 'NOT_FOUND');
    assert.deepEqual(await find(mailbox, 'in:drafts'), []);
    await assertFails(mailbox.deleteDraft(draft.id), 'NOT_FOUND');
  });

  test('an unknown draft is NOT_FOUND, one over the limit TOO_LARGE', async (t) => {
    const { mailbox } = await withMail(t);
    const raw = buildMail({});
    await assertFails(mailbox.getDraft('r-1'), 'NOT_FOUND');
    await assertFails(mailbox.updateDraft('r-1', { raw }), 'NOT_FOUND');
    await assertFails(mailbox.deleteDraft('r1'), 'NOT_FOUND');
    await assertFails(mailbox.createDraft({ raw: new Uint8Array(maxSendBytes + 1) }), 'TOO_LARGE');
    const draft = await mailbox.createDraft({ raw });
    await assertFails(mailbox.updateDraft(draft.id, { raw: new Uint8Array(maxSendBytes + 1) }), 'TOO_LARGE');
    assert.equal((await mailbox.getDraft(draft.id)).message.summary.id, draft.message.id);
    assert.deepEqual(await labelsOf(mailbox, draft.message.id), ['DRAFT']);
  });
}
