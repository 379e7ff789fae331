import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import type { LocalMailbox, LocalMailboxOptions } from '../../src/local/open-local-mailbox.ts';
import type { MessagePage } from '../../src/mail/mailbox.ts';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { buildMail } from '../build-mail.ts';
import { incoming, openMailbox } from '../local/temporary-mailbox.ts';
import { oldHome } from './old-home.ts';

const emailAddress = 'me@example.org';

function open(t: TestContext, options: Partial<LocalMailboxOptions> = {}): LocalMailbox {
  return openMailbox(t, localMailboxFolder(oldHome(t, '0.2'), emailAddress), options);
}

async function find(mailbox: LocalMailbox, text: string): Promise<MessagePage> {
  const query = parseQuery(text, { emailAddress, nowMs: Date.UTC(2026, 5, 16), timeZone: 'UTC' });
  return mailbox.searchMessages({ query, includeSpamTrash: false, maxResults: 50 });
}

async function subjects(mailbox: LocalMailbox, text: string): Promise<readonly string[]> {
  const { messages } = await find(mailbox, text);
  return messages.map(({ subject }) => subject);
}

suite('a mailbox of version 0.2', () => {
  test('has its messages, threads, labels and history', async (t) => {
    const mailbox = open(t);
    const { messagesTotal, threadsTotal } = await mailbox.getProfile();
    const all = await subjects(mailbox, '');
    assert.deepEqual(
      all.toSorted((a, b) => (a < b ? -1 : 1)),
      ['Bill', 'New draft', 'News', 'Plan', 'Re: Plan', 'Sent', 'To be written', 'Told', 'sent'],
    );
    assert.deepEqual([messagesTotal, threadsTotal], [9, 8]);
    for (const isRenewed of [false, true]) {
      if (isRenewed) await mailbox.renewContent(() => false);
      for (const query of ['straße', 'Straße from:ann', '文']) {
        assert.deepEqual(await subjects(mailbox, query), ['Plan'], `${query}, renewed: ${isRenewed}`);
      }
      assert.equal((await subjects(mailbox, '-straße')).includes('Plan'), false);
      assert.equal((await find(mailbox, 'plan')).isIndexing, isRenewed ? undefined : true);
    }
    assert.deepEqual(await subjects(mailbox, 'strasse'), ['Plan']);
    assert.deepEqual(await subjects(mailbox, 'label:big-plans-rome from:ann'), ['Plan']);
    assert.deepEqual(await subjects(mailbox, 'has:attachment is:important -is:unread'), ['Bill']);
    const labels = new Map((await mailbox.listLabels()).map((label) => [label.name, label]));
    const { id: workId = '', ...work } = labels.get('Work') ?? {};
    assert.deepEqual(work, {
      name: 'Work',
      type: 'user',
      messageListVisibility: 'hide',
      labelListVisibility: 'labelShowIfUnread',
      color: { textColor: '#000000', backgroundColor: '#ffffff' },
    });
    assert.equal(workId, 'Label_101');
    const { history } = await mailbox.listHistory({ startHistoryId: '1', maxResults: 100 });
    assert.equal(history.filter(({ messagesAdded }) => messagesAdded !== undefined).length, 11);
    assert.equal(history.filter(({ messagesDeleted }) => messagesDeleted !== undefined).length, 2);
  });

  test('has its filters, settings, addresses and marks', async (t) => {
    const mailbox = open(t);
    assert.deepEqual(
      (await mailbox.listFilters()).map(({ criteria, action }) => [criteria, action]),
      [
        [{ from: 'ann' }, { addLabelIds: ['Label_101'], removeLabelIds: ['UNREAD'] }],
        [{ hasAttachment: true, subject: 'bill' }, { forward: 'safe@example.org' }],
      ],
    );
    assert.deepEqual(await mailbox.getSetting('vacation'), {
      enableAutoReply: true,
      responseSubject: 'Away',
      responseBodyPlainText: 'Until Monday.',
    });
    const forwarding = { enabled: true, emailAddress: 'safe@example.org', disposition: 'archive' };
    assert.deepEqual(await mailbox.getSetting('autoForwarding'), forwarding);
    assert.deepEqual(await mailbox.getSetting('language'), { displayLanguage: 'en' });
    const nothing = { replyToAddress: '', signature: '', treatAsAlias: false };
    assert.deepEqual(await mailbox.listSendAs(), [
      { ...nothing, sendAsEmail: emailAddress, displayName: 'Me', isPrimary: true, isDefault: false },
      {
        ...nothing,
        sendAsEmail: 'Other@Example.org',
        displayName: 'Ann at work',
        signature: '<b>A</b>',
        isPrimary: false,
        isDefault: true,
        verificationStatus: 'accepted',
      },
    ]);
    const verificationStatus = 'accepted';
    const addresses = [{ forwardingEmail: 'Safe@example.org', verificationStatus }];
    assert.deepEqual(await mailbox.listForwardingAddresses(), addresses);
    assert.deepEqual(await mailbox.listDelegates(), [{ delegateEmail: 'Boss@example.org', verificationStatus }]);
    assert.equal(await mailbox.getMark('import /home/me/All mail.mbox'), '17');
  });

  test('delivers what it had not, each copy without the hidden recipients', async (t) => {
    const delivered = new Map<string, string>();
    const deliver = (recipient: string, raw: Uint8Array): void => {
      delivered.set(recipient, Buffer.from(raw).toString());
    };
    assert.equal(await open(t, { deliver }).deliverWaiting(), 0);
    assert.deepEqual([...delivered.keys()], ['bob@example.org', 'carol@example.org', 'ann@example.net']);
    for (const raw of delivered.values()) assert.doesNotMatch(raw, /^bcc:/im);
  });

  test('is written to as one of today', async (t) => {
    const mailbox = open(t, { now: () => Date.UTC(2026, 5, 16) });
    const { drafts } = await mailbox.listDrafts({ maxResults: 10 });
    assert.deepEqual(
      drafts.map(({ message }) => message.subject),
      ['New draft', 'To be written'],
    );
    await mailbox.sendDraft(drafts[0]?.id ?? '');
    // Ann's filter takes it as read and puts it among the work.
    const raw = buildMail({ from: 'ann@example.org', to: emailAddress, subject: 'Re: Plan', references: ['1@x'] });
    const arrived = await mailbox.receiveMessage({ raw });
    assert.deepEqual(arrived.labelIds, ['INBOX', 'Label_101']);
    const { messages } = await mailbox.getThread(arrived.threadId);
    assert.deepEqual(
      messages.map(({ summary }) => summary.subject),
      ['Plan', 'Re: Plan', 'Re: Plan'],
    );
    const told = { subject: 'Told too', messageId: '8@x', gmailThreadId: '1234567890' };
    const [outcome] = await mailbox.addMessages([await incoming(told)]);
    const { summary } = await mailbox.getMessage(outcome?.id ?? '');
    assert.equal((await mailbox.getThread(summary.threadId)).messages[0]?.summary.subject, 'Told');
    await mailbox.updateSendAs(emailAddress, { isDefault: true });
    assert.deepEqual(
      (await mailbox.listSendAs()).map(({ isDefault }) => isDefault),
      [true, false],
    );
    await mailbox.deleteForwardingAddress('safe@example.org');
    assert.deepEqual(await mailbox.getSetting('autoForwarding'), { enabled: false });
    await assert.rejects(mailbox.createDelegate('boss@example.org'), { code: 'CONFLICT' });
  });
});
