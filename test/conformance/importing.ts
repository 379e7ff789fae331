import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxImportBytes } from '../../src/mail/mailbox.ts';
import { buildMail } from '../build-mail.ts';
import type { OpenWithMail } from './mailbox-under-test.ts';
import { assertFails, find, labelsOf, onePage, owner } from './mailbox-under-test.ts';

/** Filing messages that came another way. */
export function testImporting(withMail: OpenWithMail): void {
  test('an imported message is there byte for byte, with its labels, at the date of its header', async (t) => {
    const { mailbox } = await withMail(t);
    const travel = await mailbox.createLabel({ name: 'Travel' });
    const { historyId: startHistoryId } = await mailbox.getProfile();
    const date = 'Fri, 03 Jan 2020 10:00:00 +0100';
    const raw = buildMail({ subject: 'Grüße', to: owner, date, messageId: 'a@x', text: 'Straße' });
    const filed = await mailbox.importMessage({ raw, labelIds: ['INBOX', travel.id] });
    assert.deepEqual([...filed.labelIds].toSorted(), ['INBOX', travel.id].toSorted());
    const { summary, raw: stored } = await mailbox.getRawMessage(filed.id);
    assert.deepEqual(Buffer.from(stored), Buffer.from(raw));
    assert.equal(summary.internalDate, String(Date.UTC(2020, 0, 3, 9)));
    assert.equal(summary.threadId, filed.threadId);
    assert.deepEqual(await find(mailbox, 'label:travel straße before:2020/01/04'), [filed.id]);
    const { history } = await mailbox.listHistory({ ...onePage, startHistoryId });
    assert.deepEqual(
      history.flatMap(({ messagesAdded }) => messagesAdded ?? []).map(({ message }) => message.id),
      [filed.id],
    );
  });

  test('an imported reply joins the thread of what it answers', async (t) => {
    const { mailbox, ids } = await withMail(t, [{ subject: 'Plan', messageId: '1@x' }]);
    const raw = buildMail({ subject: 'Re: Plan', messageId: '2@x', inReplyTo: '1@x' });
    const { threadId } = await mailbox.importMessage({ raw, labelIds: [] });
    assert.equal(threadId, ids[0]);
  });

  test('a message may be imported as sent, and with no label at all', async (t) => {
    const { mailbox } = await withMail(t);
    const sent = await mailbox.importMessage({ raw: buildMail({ messageId: '1@x' }), labelIds: ['SENT'] });
    assert.deepEqual(await labelsOf(mailbox, sent.id), ['SENT']);
    const bare = await mailbox.importMessage({ raw: buildMail({ messageId: '2@x' }), labelIds: [] });
    assert.deepEqual(await labelsOf(mailbox, bare.id), []);
  });

  test('an import with labels that cannot be, or over the limit, is refused and leaves nothing', async (t) => {
    const { mailbox } = await withMail(t);
    const raw = buildMail({});
    await assertFails(mailbox.importMessage({ raw, labelIds: ['Label_999999'] }), 'INVALID_INPUT', 'labelIds');
    await assertFails(mailbox.importMessage({ raw, labelIds: ['DRAFT'] }), 'INVALID_INPUT', 'labelIds');
    const large = new Uint8Array(maxImportBytes + 1);
    await assertFails(mailbox.importMessage({ raw: large, labelIds: [] }), 'TOO_LARGE');
    assert.equal((await mailbox.getProfile()).messagesTotal, 0);
  });
}
