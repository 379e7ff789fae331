import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { mailFormat } from '../../src/store/sqlite/mail/mail-format.ts';
import { buildMail } from '../build-mail.ts';
import { incoming, openMailbox } from '../local/temporary-mailbox.ts';
import { oldHome } from './old-home.ts';

const page = { maxResults: 10, includeSpamTrash: false };

/** The folder of the mailbox that the first version wrote. */
function oldMailbox(t: TestContext): string {
  return localMailboxFolder(oldHome(t, '0.1'), 'me@example.org');
}

suite('a mailbox of the first format', () => {
  test('opens with everything that was in it', async (t) => {
    const mailbox = openMailbox(t, oldMailbox(t));
    const { messagesTotal, threadsTotal, historyId } = await mailbox.getProfile();
    assert.deepEqual([messagesTotal, threadsTotal, historyId], [3, 2, '5']);
    const thread = await mailbox.getThread('19e830e1a0029bd8');
    assert.deepEqual(
      thread.messages.map(({ summary, content }) => [summary.subject, content.text?.trim()]),
      [
        ['Plan', 'alpha'],
        ['Re: Plan', 'beta'],
      ],
    );
    const { messages } = await mailbox.searchMessages({ ...page, query: { kind: 'label', label: 'big-plans-rome' } });
    assert.deepEqual(
      messages.map(({ labelIds }) => labelIds),
      [['INBOX', 'STARRED', 'Label_100']],
    );
    assert.equal((await mailbox.listHistory({ maxResults: 10, startHistoryId: '1' })).history.length, 4);
    const labels = new Map((await mailbox.listLabels()).map((label) => [label.id, label]));
    assert.deepEqual(labels.get('Label_100'), { id: 'Label_100', name: 'Big Plans/Rome', type: 'user' });
    assert.equal(labels.get('CHAT')?.labelListVisibility, 'labelHide');
    assert.equal(labels.get('INBOX')?.labelListVisibility, undefined);
  });

  test('can be written to: its draft is changed and sent, labels and filters made, messages deleted', async (t) => {
    const mailbox = openMailbox(t, oldMailbox(t));
    const [draft] = (await mailbox.listDrafts({ maxResults: 10 })).drafts;
    assert.equal(draft?.message.id, '19e8d5ad20010238');
    const raw = buildMail({ from: 'me@example.org', to: 'ann@example.org', subject: 'To be written' });
    assert.equal((await mailbox.updateDraft(draft.id, { raw })).message.threadId, draft.message.threadId);
    assert.equal((await mailbox.sendDraft(draft.id)).threadId, draft.message.threadId);
    const { id } = await mailbox.createLabel({ name: 'Work' });
    await mailbox.createFilter({ criteria: { from: 'ann' }, action: { addLabelIds: [id] } });
    await mailbox.deleteLabel('Label_100');
    await mailbox.deleteMessages(['19e830e1a0029bd8']);
    assert.equal((await mailbox.getProfile()).messagesTotal, 2);
  });

  test('does not take in an archive again that it has', async (t) => {
    const mailbox = openMailbox(t, oldMailbox(t));
    const plan = { subject: 'Plan', messageId: '1@x', from: 'ann@example.org', text: 'alpha' };
    const [outcome] = await mailbox.addMessages([await incoming({ ...plan, receivedMs: Date.UTC(2026, 5, 1, 12) })]);
    assert.deepEqual(outcome, { kind: 'duplicate', id: '19e830e1a0029bd8' });
  });

  test('is of the newest format afterwards', (t) => {
    const folder = oldMailbox(t);
    openMailbox(t, folder);
    const database = new DatabaseSync(join(folder, 'mailbox.db'));
    assert.equal(database.prepare('PRAGMA user_version').get()?.user_version, mailFormat.migrations.length);
    database.close();
  });
});
