import assert from 'node:assert/strict';
import type { Mailbox, MailboxWriter } from '../../src/mail/mailbox.ts';
import type { Apply } from '../../src/safety/changes/apply-changes.ts';
import type { ChangeMethod } from '../../src/safety/changes/change-kind.ts';
import type { Applied } from '../../src/safety/changes/dry-run.ts';
import { buildMail } from '../build-mail.ts';
import { owner } from './policy-world.ts';

/** As Gmail tells it of every automatic answer. */
const unrestricted = { restrictToContacts: false, restrictToDomain: false };

/** What stands in a mailbox that changes are made to. */
export interface Ids {
  readonly one: string;
  readonly two: string;
  readonly thread: string;
  readonly work: string;
  readonly draft: string;
  readonly answer: string;
  readonly filter: string;
}

/** One change, how the log tells of it, and how it is taken back. */
export interface ChangeCase {
  readonly title: string;
  readonly make: (apply: Apply, ids: Ids) => Promise<Applied<unknown, unknown>>;
  readonly method: ChangeMethod;
  /** Whether the beginning of the log's entry tells what was there before. */
  readonly tellsBefore: boolean;
  /** Makes it again in a way that goes on from the change, where undoing has to notice. */
  readonly goOn?: (mailbox: MailboxWriter, ids: Ids) => Promise<unknown>;
  /** What undoing says; undefined where nothing can be taken back. */
  readonly undone?: RegExp;
  /** Why everything is not exactly as before when it was taken back. */
  readonly leaves?: string;
}

const draft = (subject: string): { raw: Uint8Array } => ({
  raw: buildMail({ from: owner, to: 'ann@example.org', bcc: 'bob@example.org', subject, text: 'A draft.' }),
});

async function labelNamed(mailbox: MailboxWriter, name: string): Promise<string> {
  return (await mailbox.listLabels()).find((label) => label.name === name)?.id ?? assert.fail(name);
}

async function draftCalled(mailbox: MailboxWriter, subject: string): Promise<string> {
  const { drafts } = await mailbox.listDrafts({ maxResults: 50 });
  return drafts.find(({ message }) => message.subject === subject)?.id ?? assert.fail(subject);
}

/** Puts two messages, labels, drafts, a filter and settings into an empty mailbox. */
export async function furnish(mailbox: Mailbox): Promise<Ids> {
  const one = await mailbox.importMessage({
    raw: buildMail({ subject: 'One', messageId: 'one@example.org', date: 'Sat, 21 Nov 2026 10:00:00 +0000' }),
    labelIds: ['INBOX', 'UNREAD'],
  });
  const two = await mailbox.importMessage({
    raw: buildMail({ subject: 'Two', messageId: 'two@example.org', date: 'Sat, 21 Nov 2026 11:00:00 +0000' }),
    labelIds: ['INBOX'],
  });
  const work = await mailbox.createLabel({ name: 'Work', labelListVisibility: 'labelShowIfUnread' });
  await mailbox.modifyMessages({ ids: [two.id], addLabelIds: [work.id], removeLabelIds: [] });
  const kept = await mailbox.createDraft(draft('Draft'));
  const answer = await mailbox.createDraft({
    raw: buildMail({ from: owner, to: 'ann@example.org', subject: 'Re: One', references: ['one@example.org'] }),
    threadId: one.threadId,
  });
  await mailbox.createSendAs('sales@example.org', { displayName: 'Sales', signature: 'The sales team' });
  await mailbox.createForwardingAddress('archive@example.org');
  await mailbox.createDelegate('assistant@example.org');
  const filter = await mailbox.createFilter({ criteria: { from: 'news@' }, action: { removeLabelIds: ['INBOX'] } });
  await mailbox.updateSetting('vacation', { ...unrestricted, enableAutoReply: false, responseSubject: 'Not yet' });
  return {
    one: one.id,
    two: two.id,
    thread: one.threadId,
    work: work.id,
    draft: kept.id,
    answer: answer.id,
    filter: filter.id,
  };
}

/** Everything in a mailbox that a change can touch, without the ids that are new after every change. */
export async function everythingIn(mailbox: Mailbox): Promise<object> {
  const labels = await mailbox.listLabels();
  const names = (ids: readonly string[]): readonly string[] =>
    ids.map((id) => labels.find((label) => label.id === id)?.name ?? id).toSorted();
  const { messages } = await mailbox.searchMessages({
    query: { kind: 'all' },
    maxResults: 100,
    includeSpamTrash: true,
  });
  const { drafts } = await mailbox.listDrafts({ maxResults: 50 });
  return {
    labels: labels
      .filter(({ type }) => type === 'user')
      .map(
        ({ id: _id, type: _type, messageListVisibility = 'show', labelListVisibility = 'labelShow', ...others }) => ({
          messageListVisibility,
          labelListVisibility,
          ...others,
        }),
      ),
    messages: messages.map(({ subject, labelIds }) => `${subject}: ${names(labelIds).join(', ')}`).toSorted(),
    drafts: drafts.map(({ message: { subject, to, bcc } }) => `${subject}: ${to}, ${bcc}`).toSorted(),
    filters: (await mailbox.listFilters()).map(({ criteria, action }) => ({ criteria, action })),
    vacation: await mailbox.getSetting('vacation'),
    autoForwarding: await mailbox.getSetting('autoForwarding'),
    imap: await mailbox.getSetting('imap'),
    pop: await mailbox.getSetting('pop'),
    language: await mailbox.getSetting('language'),
    sendAs: await mailbox.listSendAs(),
    forwarding: await mailbox.listForwardingAddresses(),
    delegates: await mailbox.listDelegates(),
  };
}

const green = { textColor: '#ffffff', backgroundColor: '#16a766' };

/** Every way in which a mailbox is changed. */
export const changeCases: readonly ChangeCase[] = [
  {
    title: 'labels of messages',
    method: 'modifyMessages',
    make: (apply, { one, two, work }) =>
      apply('modifyMessages', { ids: [one, two], addLabelIds: [work, 'STARRED'], removeLabelIds: ['UNREAD', 'INBOX'] }),
    tellsBefore: false,
    undone: /^Restored the previous labels of 2 messages\.$/,
  },
  {
    title: 'the trash',
    method: 'modifyMessages',
    make: (apply, { one }) =>
      apply('modifyMessages', { ids: [one], addLabelIds: ['TRASH'], removeLabelIds: ['INBOX'] }),
    tellsBefore: false,
    undone: /^Restored the previous labels of 1 message\.$/,
  },
  {
    title: 'a message deleted for good',
    method: 'deleteMessages',
    make: (apply, { one }) => apply('deleteMessages', [one]),
    tellsBefore: false,
  },
  {
    title: 'a message imported',
    method: 'importMessage',
    make: (apply) => apply('importMessage', { raw: buildMail({ subject: 'New' }), labelIds: ['INBOX'] }),
    tellsBefore: false,
    undone: /^Moved the imported message to the trash\.$/,
    leaves: 'the message, in the trash',
  },
  {
    title: 'a label made',
    method: 'createLabel',
    make: (apply) => apply('createLabel', { name: 'Fresh', color: green }),
    tellsBefore: false,
    goOn: async (mailbox) => mailbox.updateLabel(await labelNamed(mailbox, 'Fresh'), { name: 'Fresher' }),
    undone: /^Deleted the label Fresh again\.$/,
  },
  {
    title: 'a label renamed and hidden',
    method: 'updateLabel',
    make: (apply, { work }) => apply('updateLabel', work, { name: 'Job', messageListVisibility: 'hide' }),
    tellsBefore: true,
    goOn: (mailbox, { work }) => mailbox.updateLabel(work, { name: 'Profession' }),
    undone: /^Restored the label Work\.$/,
  },
  {
    title: 'a label renamed and coloured',
    method: 'updateLabel',
    make: (apply, { work }) => apply('updateLabel', work, { name: 'Job', color: green }),
    tellsBefore: true,
    undone: /^Restored the label Work, which keeps its colour: Gmail cannot take one off\.$/,
    leaves: 'the colour',
  },
  {
    title: 'a label deleted',
    method: 'deleteLabel',
    make: (apply, { work }) => apply('deleteLabel', work),
    tellsBefore: true,
    undone: /^Created the label Work again, on 1 message\. Its id is now Label_\S+\.$/,
  },
  {
    title: 'a draft made',
    method: 'createDraft',
    make: (apply) => apply('createDraft', draft('Fresh draft')),
    tellsBefore: false,
    goOn: async (mailbox) => mailbox.updateDraft(await draftCalled(mailbox, 'Fresh draft'), draft('Fresher draft')),
    undone: /^Deleted the draft \S+ again\.$/,
  },
  {
    title: 'a draft rewritten',
    method: 'updateDraft',
    make: (apply, ids) => apply('updateDraft', ids.draft, draft('Another draft')),
    tellsBefore: true,
    goOn: (mailbox, ids) => mailbox.updateDraft(ids.draft, draft('Yet another')),
    undone: /^Restored the draft \S+\.$/,
  },
  {
    title: 'a draft deleted that was alone in its thread',
    method: 'deleteDraft',
    make: (apply, ids) => apply('deleteDraft', ids.draft),
    tellsBefore: true,
    undone: /^Created the draft again\. Its id is now \S+\.$/,
  },
  {
    title: 'a draft deleted out of a thread',
    method: 'deleteDraft',
    make: (apply, { answer }) => apply('deleteDraft', answer),
    tellsBefore: true,
    undone: /^Created the draft again\. Its id is now \S+\.$/,
  },
  {
    title: 'a filter made',
    method: 'createFilter',
    make: (apply) => apply('createFilter', { criteria: { subject: 'x' }, action: { addLabelIds: ['STARRED'] } }),
    tellsBefore: false,
    undone: /^Deleted the filter \S+ again\.$/,
  },
  {
    title: 'a filter deleted',
    method: 'deleteFilter',
    make: (apply, { filter }) => apply('deleteFilter', filter),
    tellsBefore: true,
    undone: /^Created the filter again\. Its id is now \S+\.$/,
  },
  {
    title: 'the automatic answer',
    method: 'updateSetting',
    make: (apply) =>
      apply('updateSetting', 'vacation', { ...unrestricted, enableAutoReply: true, responseSubject: 'Away' }),
    tellsBefore: true,
    goOn: (mailbox) =>
      mailbox.updateSetting('vacation', { ...unrestricted, enableAutoReply: true, responseSubject: 'Still away' }),
    undone: /^Restored the setting vacation\.$/,
  },
  {
    title: 'forwarding',
    method: 'updateSetting',
    make: (apply) =>
      apply('updateSetting', 'autoForwarding', {
        enabled: true,
        emailAddress: 'archive@example.org',
        disposition: 'leaveInInbox',
      }),
    tellsBefore: true,
    goOn: (mailbox) =>
      mailbox.updateSetting('autoForwarding', {
        enabled: true,
        emailAddress: 'archive@example.org',
        disposition: 'trash',
      }),
    undone: /^Restored the setting autoForwarding\.$/,
  },
  {
    title: 'IMAP',
    method: 'updateSetting',
    make: (apply) => apply('updateSetting', 'imap', { enabled: true, autoExpunge: true }),
    tellsBefore: true,
    undone: /^Restored the setting imap\.$/,
  },
  {
    title: 'POP',
    method: 'updateSetting',
    make: (apply) => apply('updateSetting', 'pop', { accessWindow: 'allMail', disposition: 'archive' }),
    tellsBefore: true,
    undone: /^Restored the setting pop\.$/,
  },
  {
    title: 'the language',
    method: 'updateSetting',
    make: (apply) => apply('updateSetting', 'language', { displayLanguage: 'de' }),
    tellsBefore: true,
    goOn: (mailbox) => mailbox.updateSetting('language', { displayLanguage: 'fr' }),
    undone: /^Restored the setting language\.$/,
  },
  {
    title: 'a send-as address made',
    method: 'createSendAs',
    make: (apply) => apply('createSendAs', 'support@example.org', { displayName: 'Support', isDefault: true }),
    tellsBefore: false,
    goOn: (mailbox) => mailbox.updateSendAs('support@example.org', { displayName: 'Help' }),
    undone: /^Deleted the send-as address support@example\.org again\.$/,
  },
  {
    title: 'a send-as address changed',
    method: 'updateSendAs',
    make: (apply) => apply('updateSendAs', 'sales@example.org', { signature: 'New', isDefault: true }),
    tellsBefore: true,
    goOn: (mailbox) => mailbox.updateSendAs('sales@example.org', { signature: 'Newer' }),
    undone: /^Restored the send-as address sales@example\.org\.$/,
  },
  {
    title: 'a send-as address deleted',
    method: 'deleteSendAs',
    make: (apply) => apply('deleteSendAs', 'sales@example.org'),
    tellsBefore: true,
    undone: /^Created the send-as address sales@example\.org again\.$/,
  },
  {
    title: 'a forwarding address made',
    method: 'createForwardingAddress',
    make: (apply) => apply('createForwardingAddress', 'backup@example.org'),
    tellsBefore: false,
    undone: /^Deleted the forwarding address backup@example\.org again\.$/,
  },
  {
    title: 'a forwarding address deleted',
    method: 'deleteForwardingAddress',
    make: (apply) => apply('deleteForwardingAddress', 'archive@example.org'),
    tellsBefore: false,
    undone: /^Created the forwarding address archive@example\.org again\.$/,
  },
  {
    title: 'a delegate made',
    method: 'createDelegate',
    make: (apply) => apply('createDelegate', 'deputy@example.org'),
    tellsBefore: false,
    undone: /^Deleted the delegate deputy@example\.org again\.$/,
  },
  {
    title: 'a delegate deleted',
    method: 'deleteDelegate',
    make: (apply) => apply('deleteDelegate', 'assistant@example.org'),
    tellsBefore: false,
    undone: /^Created the delegate assistant@example\.org again\.$/,
  },
];
