import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMail } from '../build-mail.ts';
import type { OpenWithMail, TestMail } from './mailbox-under-test.ts';
import {
  allPages,
  assertFails,
  find,
  idsOf,
  labelsOf,
  noonMs,
  onePage,
  owner,
  unknownId,
} from './mailbox-under-test.ts';

/** Reading what is stored, and changing its labels. */
export function testReading(withMail: OpenWithMail): void {
  test('an empty mailbox has a profile, system labels, and answers every search with nothing', async (t) => {
    const { mailbox } = await withMail(t, []);
    const profile = await mailbox.getProfile();
    assert.equal(profile.emailAddress, owner);
    assert.equal(profile.messagesTotal, 0);
    assert.equal(profile.threadsTotal, 0);
    assert.match(profile.historyId, /^\d+$/);
    const labels = await mailbox.listLabels();
    assert.ok(labels.some(({ id, type }) => id === 'INBOX' && type === 'system'));
    assert.deepEqual(await find(mailbox, ''), []);
    assert.deepEqual(await find(mailbox, 'anything'), []);
  });

  test('a stored message comes back byte for byte with what a list shows of it', async (t) => {
    const mail: TestMail = {
      from: 'Zoë Müller <zoe@example.com>',
      to: 'me@example.org, Bob <bob@example.org>',
      cc: 'carol@example.org',
      subject: 'Grüße aus Köln',
      messageId: 'gruss@example.com',
      text: 'One line.\r\n\r\n   Another   line.',
      attachment: { filename: 'plan.pdf', content: 'x' },
      labels: ['INBOX', 'UNREAD', 'Travel'],
      receivedMs: noonMs + 7,
    };
    const { mailbox, ids } = await withMail(t, [mail]);
    const [id = ''] = ids;
    const { summary, raw } = await mailbox.getRawMessage(id);
    const travel = (await mailbox.listLabels()).find(({ name }) => name === 'Travel');
    assert.deepEqual(Buffer.from(raw), Buffer.from(buildMail(mail)));
    assert.match(id, /^[\da-f]{16}$/);
    assert.deepEqual(
      { ...summary, labelIds: [...summary.labelIds].toSorted() },
      {
        id,
        threadId: id,
        internalDate: String(noonMs + 7),
        historyId: summary.historyId,
        sizeEstimate: raw.length,
        from: 'Zoë Müller <zoe@example.com>',
        to: 'me@example.org, Bob <bob@example.org>',
        cc: 'carol@example.org',
        bcc: '',
        subject: 'Grüße aus Köln',
        snippet: 'One line. Another line.',
        labelIds: ['INBOX', 'UNREAD', travel?.id ?? ''].toSorted(),
        attachmentNames: ['plan.pdf'],
      },
    );
    assert.equal(travel?.type, 'user');
  });

  test('a message is read with its addresses, its text and what is attached, without the bytes of that', async (t) => {
    const mail: TestMail = {
      from: 'Zoë Müller <zoe@example.com>',
      to: owner,
      cc: 'carol@example.org',
      subject: 'Grüße',
      messageId: '2@x',
      inReplyTo: '1@x',
      date: 'Fri, 03 Jan 2020 10:00:00 +0100',
      text: 'Straße 鯨',
      attachment: { filename: 'Übersicht.pdf', content: 'five!' },
    };
    const { mailbox, ids } = await withMail(t, [mail]);
    const { summary, content, problem } = await mailbox.getMessage(ids[0] ?? '');
    assert.equal(problem, undefined);
    assert.deepEqual(summary, (await mailbox.getRawMessage(ids[0] ?? '')).summary);
    assert.deepEqual(content.from, [{ name: 'Zoë Müller', address: 'zoe@example.com' }]);
    assert.deepEqual(content.cc, [{ name: '', address: 'carol@example.org' }]);
    assert.equal(content.subject, 'Grüße');
    assert.equal(content.messageId, '2@x');
    assert.deepEqual(content.references, ['1@x']);
    assert.equal(content.dateMs, Date.UTC(2020, 0, 3, 9));
    assert.equal(content.text?.trim(), 'Straße 鯨');
    assert.equal(content.html, undefined);
    const attachment = {
      filename: 'Übersicht.pdf',
      mimeType: 'application/octet-stream',
      isInline: false,
      sizeBytes: 5,
    };
    assert.deepEqual(content.attachments, [attachment]);
    const { messages } = await mailbox.getThread(summary.threadId);
    assert.deepEqual(
      // Only where somebody else has decoded the header there is a doubt.
      messages.map((message) => ({ summary: message.summary, content: message.content })),
      [{ summary, content }],
    );
  });

  test('unknown ids of messages and threads are NOT_FOUND', async (t) => {
    const { mailbox } = await withMail(t, [{}]);
    await assertFails(mailbox.getMessage(unknownId), 'NOT_FOUND');
    await assertFails(mailbox.getRawMessage(unknownId), 'NOT_FOUND');
    await assertFails(mailbox.getThread(unknownId), 'NOT_FOUND');
    await assertFails(mailbox.getMessage("' OR 1=1 --"), 'NOT_FOUND');
  });

  test('replies share a thread, listed from the oldest; a changed subject begins another', async (t) => {
    const { mailbox, ids } = await withMail(t, [
      { subject: 'Lunch', messageId: '1@x', from: 'ann@example.org' },
      { subject: 'Re: Lunch', messageId: '2@x', inReplyTo: '1@x', from: 'bob@example.org' },
      { subject: 'AW: [list] Lunch', messageId: '3@x', references: ['1@x', '2@x'], from: 'carol@example.org' },
      { subject: 'Dinner', messageId: '4@x', references: ['1@x'], from: 'ann@example.org' },
    ]);
    const [first = '', , third = '', fourth = ''] = ids;
    const thread = await mailbox.getThread((await mailbox.getMessage(third)).summary.threadId);
    assert.equal(thread.id, first);
    assert.deepEqual(idsOf(thread.messages.map(({ summary }) => summary)), ids.slice(0, 3));
    assert.equal((await mailbox.getMessage(fourth)).summary.threadId, fourth);
    assert.equal((await mailbox.getProfile()).threadsTotal, 2);
  });

  test('labels change for all messages or, when one id is unknown, for none', async (t) => {
    const { mailbox, ids } = await withMail(t, [{ labels: ['INBOX', 'UNREAD'] }, { labels: ['INBOX'] }]);
    await mailbox.modifyMessages({ ids: [...ids], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD', 'INBOX'] });
    for (const id of ids) assert.deepEqual((await mailbox.getMessage(id)).summary.labelIds, ['STARRED']);
    const change = { ids: [...ids, unknownId], addLabelIds: ['INBOX'], removeLabelIds: [] };
    const error = await assertFails(mailbox.modifyMessages(change), 'NOT_FOUND');
    assert.ok(error.message.includes(unknownId), error.message);
    for (const id of ids) assert.deepEqual((await mailbox.getMessage(id)).summary.labelIds, ['STARRED']);
  });

  test('a change of labels answers what each message got and lost', async (t) => {
    const { mailbox, ids } = await withMail(t, [{ labels: ['INBOX', 'UNREAD'] }, { labels: ['INBOX', 'STARRED'] }]);
    const [first = '', second = ''] = ids;
    const change = { ids: [...ids, first], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD', 'INBOX'] };
    const applied = await mailbox.modifyMessages(change);
    assert.deepEqual(
      applied.map((one) => ({ ...one, removedLabelIds: [...one.removedLabelIds].toSorted() })),
      [
        { id: first, addedLabelIds: ['STARRED'], removedLabelIds: ['INBOX', 'UNREAD'] },
        { id: second, addedLabelIds: [], removedLabelIds: ['INBOX'] },
      ],
    );
    const nothing = await mailbox.modifyMessages(change);
    assert.deepEqual(
      nothing,
      ids.map((id) => ({ id, addedLabelIds: [], removedLabelIds: [] })),
    );
    assert.deepEqual(await labelsOf(mailbox, first), ['STARRED']);
  });

  test('labels that cannot be changed are refused', async (t) => {
    const { mailbox, ids } = await withMail(t, [{}]);
    const change = (addLabelIds: readonly string[], removeLabelIds: readonly string[] = []): Promise<unknown> =>
      mailbox.modifyMessages({ ids, addLabelIds, removeLabelIds });
    assert.equal((await assertFails(change(['Label_999999']), 'INVALID_INPUT')).details.field, 'addLabelIds');
    assert.equal((await assertFails(change([], ['nothing']), 'INVALID_INPUT')).details.field, 'removeLabelIds');
    await assertFails(change(['DRAFT']), 'INVALID_INPUT');
    await assertFails(change([], ['SENT']), 'INVALID_INPUT');
    await assertFails(change(['STARRED'], ['STARRED']), 'INVALID_INPUT');
    assert.deepEqual((await mailbox.getMessage(ids[0] ?? '')).summary.labelIds, ['INBOX']);
  });

  test('the history tells of added messages and changed labels, oldest first, and where it stands', async (t) => {
    const { mailbox, add } = await withMail(t, []);
    const { historyId: startHistoryId } = await mailbox.getProfile();
    const [id = ''] = await add([{ labels: ['INBOX', 'UNREAD'] }]);
    await mailbox.modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] });
    await mailbox.modifyMessages({ ids: [id], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] });
    const { history, historyId } = await mailbox.listHistory({ ...onePage, startHistoryId });
    const message = { id, threadId: id, labelIds: ['INBOX', 'STARRED'] };
    const [added, ...changes] = history;
    assert.deepEqual(
      changes.map(({ id, ...rest }) => (assert.match(id, /^\d+$/), rest)),
      [{ labelsAdded: [{ message, labelIds: ['STARRED'] }], labelsRemoved: [{ message, labelIds: ['UNREAD'] }] }],
    );
    const [{ message: arrived } = { message }] = added?.messagesAdded ?? [];
    assert.deepEqual([arrived.id, arrived.threadId], [id, id]);
    // Gmail tells the labels of that moment, a local mailbox those of now.
    assert.ok(['INBOX UNREAD', 'INBOX STARRED'].includes(arrived.labelIds.join(' ')), arrived.labelIds.join(' '));
    assert.equal(historyId, (await mailbox.getProfile()).historyId);
    assert.equal((await mailbox.getMessage(id)).summary.historyId, historyId);
    assert.deepEqual((await mailbox.listHistory({ ...onePage, startHistoryId: historyId })).history, []);
  });

  test('the history comes in pages that join', async (t) => {
    const { mailbox, add } = await withMail(t, []);
    const { historyId: startHistoryId } = await mailbox.getProfile();
    const ids = await add(Array.from({ length: 5 }, (_, index) => ({ text: `message ${index}` })));
    const found = await allPages(
      (token) => mailbox.listHistory({ maxResults: 2, startHistoryId, ...token }),
      ({ history }) => history.flatMap((record) => record.messagesAdded ?? []).map(({ message }) => message.id),
    );
    assert.deepEqual(found, ids);
  });

  test('a history id that is not of the kept history is NOT_FOUND, and one that is no number INVALID_INPUT', async (t) => {
    const { mailbox } = await withMail(t, [{}]);
    const newest = Number((await mailbox.getProfile()).historyId);
    await assertFails(mailbox.listHistory({ ...onePage, startHistoryId: '0' }), 'NOT_FOUND');
    await assertFails(mailbox.listHistory({ ...onePage, startHistoryId: String(newest + 1) }), 'NOT_FOUND');
    await assertFails(mailbox.listHistory({ ...onePage, startHistoryId: 'yesterday' }), 'INVALID_INPUT');
  });
}
