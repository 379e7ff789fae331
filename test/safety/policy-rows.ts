import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { createToken } from '../../src/safety/tokens/token-store.ts';
import { buildMail } from '../build-mail.ts';
import type { Json } from '../operations/door-passes.ts';
import { seedLogin } from './seed-login.ts';
import { seedJob } from './seed-job.ts';
import { seedWebhook, type SeededWebhook } from './seed-webhook.ts';
import { seededHash, seedOutbox, type SeededOutbox } from './seed-outbox.ts';

/** Somebody to whom nobody has ever written. */
const stranger = 'evil@attacker.example';

/** What the rows find in an account. */
export interface Furniture {
  readonly message: string;
  readonly trashed: string;
  readonly superfluous: string;
  readonly drafts: { readonly update: string; readonly send: string; readonly delete: string };
  readonly labels: { readonly update: string; readonly delete: string };
  readonly filter: string;
  readonly historyId: string;
  readonly outbox: SeededOutbox;
  /** A Gmail account that is logged in. */
  readonly login: string;
  readonly token: string;
  readonly webhook: SeededWebhook;
}

/** Furnishes an empty account so that every row has something to work on. */
export async function furnishAccount(mailbox: LocalMailbox, dataFolder: string): Promise<Furniture> {
  await seedJob(dataFolder);
  const login = `live-${mailbox.emailAddress}`;
  await seedLogin(dataFolder, login);
  const token = mailbox.emailAddress.replace('@', '.');
  createToken(dataFolder, { name: token, grants: ['read'] }, new Date());
  const filed = async (subject: string, labelIds: readonly string[]): Promise<string> => {
    const attachment = { filename: 'a.json', content: '{}' };
    return (await mailbox.importMessage({ raw: buildMail({ subject, attachment }), labelIds })).id;
  };
  const draft = async (subject: string): Promise<string> =>
    (await mailbox.createDraft({ raw: buildMail({ from: mailbox.emailAddress, to: stranger, subject }) })).id;
  await mailbox.createForwardingAddress(stranger);
  await mailbox.createForwardingAddress('archive@example.org');
  await mailbox.createDelegate('assistant@example.org');
  await mailbox.createSendAs('sales@example.org', {});
  return {
    message: await filed('One', ['INBOX']),
    trashed: await filed('Two', ['TRASH']),
    superfluous: await filed('Three', ['INBOX']),
    drafts: { update: await draft('Update'), send: await draft('Send'), delete: await draft('Delete') },
    labels: {
      update: (await mailbox.createLabel({ name: 'Update' })).id,
      delete: (await mailbox.createLabel({ name: 'Delete' })).id,
    },
    filter: (await mailbox.createFilter({ criteria: { from: 'x' }, action: { addLabelIds: ['STARRED'] } })).id,
    historyId: (await mailbox.getProfile()).historyId,
    login,
    token,
    webhook: await seedWebhook(dataFolder, `wh_${token}`),
    outbox: await seedOutbox(dataFolder, { account: mailbox.emailAddress, to: stranger }),
  };
}

/** One line of the table: an operation with an input that does one thing. */
export interface Row {
  readonly operation: string;
  /** What distinguishes this row from others of the operation. */
  readonly note?: string;
  readonly input: (found: Furniture) => Json;
  /** Whether mail gets out to somebody who was never written to, or is set up to. */
  readonly letsOut?: true;
  /** Whether it takes seconds and only reads: it is called once, and refused everywhere. */
  readonly isSlow?: true;
}

const on = { enabled: true, disposition: 'leaveInInbox' };
const mail = { to: [stranger], subject: 'Hello', body: 'Hello' };
const sentMail = `From: me@example.org\nTo: ${stranger}\nSubject: x\n\nx`;

/** Every operation, in an order in which none takes away what a later one needs. */
export const rows: readonly Row[] = [
  { operation: 'search_messages', input: () => ({}) },
  { operation: 'read_message', input: ({ message }) => ({ id: message }) },
  { operation: 'read_raw_message', input: ({ message }) => ({ id: message }) },
  { operation: 'read_thread', input: ({ message }) => ({ id: message }) },
  { operation: 'read_attachment', input: ({ message }) => ({ messageId: message, attachment: 'a1' }) },
  { operation: 'get_profile', input: () => ({}) },
  { operation: 'list_labels', input: () => ({}) },
  { operation: 'list_drafts', input: () => ({}) },
  { operation: 'search_threads', input: () => ({}) },
  { operation: 'list_changes', input: ({ historyId }) => ({ startHistoryId: historyId }) },
  { operation: 'undo', input: () => ({}) },
  { operation: 'modify_messages', input: ({ message }) => ({ ids: [message], addLabelIds: ['STARRED'] }) },
  { operation: 'trash_messages', input: ({ message }) => ({ ids: [message] }) },
  { operation: 'untrash_messages', input: ({ trashed }) => ({ ids: [trashed] }) },
  { operation: 'modify_threads', input: ({ message }) => ({ ids: [message], addLabelIds: ['STARRED'] }) },
  { operation: 'trash_threads', input: ({ message }) => ({ ids: [message] }) },
  { operation: 'untrash_threads', input: ({ message }) => ({ ids: [message] }) },
  { operation: 'read_messages', input: ({ message }) => ({ ids: [message] }) },
  { operation: 'get_draft', input: ({ drafts }) => ({ id: drafts.update }) },
  { operation: 'get_label', input: () => ({ id: 'INBOX' }) },
  { operation: 'create_label', input: () => ({ name: 'New' }) },
  { operation: 'update_label', input: ({ labels }) => ({ id: labels.update, name: 'Updated' }) },
  { operation: 'delete_label', input: ({ labels }) => ({ id: labels.delete }) },
  {
    operation: 'import_message',
    input: () => ({ from: 'ann@example.org', subject: 'x', text: 'x', labelIds: ['INBOX'] }),
  },
  { operation: 'import_message', note: 'whole', input: () => ({ text: 'Subject: x\n\nx', labelIds: ['INBOX'] }) },
  {
    operation: 'import_message',
    note: 'into SENT',
    input: () => ({ text: sentMail, labelIds: ['SENT'] }),
    letsOut: true,
  },
  {
    operation: 'import_message',
    note: 'with a picture',
    input: () => ({ text: 'Content-Type: text/html\n\n<img src="https://attacker.example/">' }),
    letsOut: true,
  },
  { operation: 'create_draft', input: () => mail },
  { operation: 'update_draft', input: ({ drafts }) => ({ id: drafts.update, ...mail }) },
  { operation: 'delete_draft', input: ({ drafts }) => ({ id: drafts.delete }) },
  { operation: 'send_draft', input: ({ drafts }) => ({ id: drafts.send }), letsOut: true },
  { operation: 'send_message', input: () => mail, letsOut: true },
  { operation: 'list_filters', input: () => ({}) },
  {
    operation: 'create_filter',
    input: () => ({ criteria: { from: 'bank' }, action: { addLabelIds: ['STARRED'] } }),
  },
  {
    operation: 'create_filter',
    note: 'that forwards',
    input: () => ({ criteria: { from: 'bank' }, action: { forward: stranger } }),
    letsOut: true,
  },
  { operation: 'delete_filter', input: ({ filter }) => ({ id: filter }) },
  { operation: 'get_settings', input: () => ({}) },
  {
    operation: 'update_vacation',
    note: 'on',
    input: () => ({ enableAutoReply: true, responseSubject: 'Away' }),
    letsOut: true,
  },
  { operation: 'update_vacation', note: 'off', input: () => ({ enableAutoReply: false, responseSubject: 'Not away' }) },
  {
    operation: 'update_send_as',
    note: 'reply-to',
    input: () => ({ sendAsEmail: 'sales@example.org', replyToAddress: stranger }),
    letsOut: true,
  },
  {
    operation: 'update_send_as',
    note: 'signature',
    input: () => ({ sendAsEmail: 'sales@example.org', signaturePlainText: 'Me' }),
  },
  {
    operation: 'update_send_as',
    note: 'signature with a picture',
    input: () => ({ sendAsEmail: 'sales@example.org', signature: '<img src="https://attacker.example/">' }),
    letsOut: true,
  },
  { operation: 'create_send_as', input: () => ({ sendAsEmail: 'new@attacker.example' }), letsOut: true },
  { operation: 'delete_send_as', input: () => ({ sendAsEmail: 'sales@example.org' }) },
  { operation: 'update_auto_forwarding', note: 'on', input: () => ({ ...on, emailAddress: stranger }), letsOut: true },
  { operation: 'update_auto_forwarding', note: 'off', input: () => ({ enabled: false }) },
  {
    operation: 'create_forwarding_address',
    input: () => ({ forwardingEmail: 'new@attacker.example' }),
    letsOut: true,
  },
  { operation: 'delete_forwarding_address', input: () => ({ forwardingEmail: 'archive@example.org' }) },
  { operation: 'create_delegate', input: () => ({ delegateEmail: stranger }), letsOut: true },
  { operation: 'delete_delegate', input: () => ({ delegateEmail: 'assistant@example.org' }) },
  { operation: 'update_imap', input: () => ({ enabled: true }) },
  { operation: 'update_pop', input: () => ({ accessWindow: 'allMail' }) },
  { operation: 'update_language', input: () => ({ displayLanguage: 'de' }) },
  { operation: 'delete_messages', input: ({ superfluous }) => ({ ids: [superfluous] }) },
  { operation: 'list_audit', input: () => ({}) },
  { operation: 'verify_audit', input: () => ({}) },
  { operation: 'list_jobs', input: () => ({}) },
  { operation: 'run_job', input: () => ({ name: 'tidy' }) },
  { operation: 'get_log_levels', input: () => ({}) },
  { operation: 'set_log_level', input: () => ({ subsystem: 'gmail', level: 'warn' }) },
  { operation: 'list_tokens', input: () => ({}) },
  { operation: 'create_token', input: ({ token }) => ({ name: `${token}-new`, grants: ['read'] }) },
  { operation: 'revoke_token', input: ({ token }) => ({ name: token }) },
  { operation: 'get_policy', input: () => ({}) },
  { operation: 'explain_policy', input: () => ({ to: [stranger] }) },
  { operation: 'list_webhooks', input: () => ({}) },
  { operation: 'create_webhook', input: () => ({ url: 'https://8.8.8.8/mail' }) },
  { operation: 'update_webhook', input: ({ webhook }) => ({ id: webhook.id, isOn: false }) },
  { operation: 'rotate_webhook_secret', input: ({ webhook }) => ({ id: webhook.id }) },
  { operation: 'test_webhook', input: ({ webhook }) => ({ id: webhook.id }) },
  { operation: 'list_deliveries', input: ({ webhook }) => ({ id: webhook.id }) },
  { operation: 'resend_delivery', input: ({ webhook }) => ({ id: webhook.delivery }) },
  { operation: 'delete_webhook', input: ({ webhook }) => ({ id: webhook.id }) },
  { operation: 'list_all_accounts', input: () => ({}) },
  { operation: 'remove_account', input: ({ login }) => ({ emailAddress: login }) },
  { operation: 'list_sync', input: () => ({}) },
  { operation: 'list_processes', input: () => ({}) },
  { operation: 'run_doctor', input: () => ({}), isSlow: true },
  { operation: 'list_accounts', input: () => ({}) },
  { operation: 'get_send', input: ({ outbox }) => ({ id: outbox.failed }) },
  { operation: 'list_outbox', input: () => ({}) },
  { operation: 'get_outbox_entry', input: ({ outbox }) => ({ id: outbox.failed }) },
  { operation: 'edit_send', input: ({ outbox }) => ({ id: outbox.parked, contentHash: seededHash, subject: 'Other' }) },
  {
    operation: 'approve_send',
    input: ({ outbox }) => ({ id: outbox.parked, contentHash: seededHash }),
    letsOut: true,
  },
  { operation: 'reject_send', input: ({ outbox }) => ({ id: outbox.rejectable, reason: 'Not now.' }) },
  { operation: 'cancel_send', input: ({ outbox }) => ({ id: outbox.waiting }) },
  { operation: 'retry_send', input: ({ outbox }) => ({ id: outbox.failed }), letsOut: true },
];
