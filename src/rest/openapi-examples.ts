import type { JsonObject } from './openapi-json.ts';

/** What one call may look like. */
interface Example {
  /** The fields of the request, wherever they are: in the path, the query or the body. */
  readonly request: JsonObject;
  /** The JSON of its answer, where that says more than its schema. */
  readonly answer?: JsonObject;
}

const id = '18c2f0a9d3b1e477';
const threadId = '18c2f0a9d3b1e470';
const label = { id: 'Label_12', name: 'Projects/Rome', type: 'user' };
const summary = {
  id,
  threadId,
  internalDate: '1796292000000',
  historyId: '48213',
  sizeEstimate: 2841,
  from: 'Ann Lee <ann@example.org>',
  to: 'me@example.org',
  cc: '',
  bcc: '',
  subject: 'Minutes of Monday',
  snippet: 'Here is what we decided …',
  labelIds: ['INBOX', 'UNREAD'],
  attachmentNames: ['minutes.pdf'],
};
const message = {
  ...summary,
  replyTo: '',
  messageId: 'a1b2@example.org',
  references: [],
  text: 'Here is what we decided on Monday.',
  ownText: 'Here is what we decided on Monday.',
  attachments: [
    { attachment: 'a1', filename: 'minutes.pdf', mimeType: 'application/pdf', size: 48_213, isInline: false },
  ],
};

/** An example of every operation that has fields of its own. */
export const examples: Readonly<Record<string, Example>> = {
  search_messages: {
    request: { q: 'from:ann newer_than:30d', maxResults: 20 },
    answer: { messages: [summary], nextPageToken: 'eyJhZnRlciI6MX0' },
  },
  read_message: { request: { id }, answer: message },
  read_raw_message: { request: { id } },
  read_thread: {
    request: { id: threadId },
    answer: { id: threadId, historyId: '48213', messages: [message], remainingChars: 0 },
  },
  read_attachment: { request: { messageId: id, attachment: 'a1' } },
  read_messages: {
    request: { ids: [id, '18c2f0a9d3b1e478'] },
    answer: { messages: [message], missingIds: ['18c2f0a9d3b1e478'] },
  },
  get_profile: {
    request: {},
    answer: { emailAddress: 'me@example.org', messagesTotal: 18_250, threadsTotal: 9031, historyId: '48213' },
  },
  list_labels: { request: {}, answer: { labels: [{ id: 'INBOX', name: 'INBOX', type: 'system' }, label] } },
  list_drafts: { request: { maxResults: 10 } },
  modify_messages: {
    request: { ids: [id], addLabelIds: ['Projects/Rome'], removeLabelIds: ['UNREAD'] },
    answer: { modified: 1 },
  },
  trash_messages: { request: { ids: [id] }, answer: { modified: 1 } },
  untrash_messages: { request: { ids: [id] }, answer: { modified: 1 } },
  create_draft: { request: { to: ['Ann Lee <ann@example.org>'], subject: 'Lunch?', body: 'Is *one* fine?' } },
  update_draft: { request: { id: 'r4821', subject: 'Lunch on Tuesday?' } },
  send_draft: { request: { id: 'r4821', idempotencyKey: 'lunch-2026-11-28' } },
  send_message: {
    request: { replyTo: id, body: 'Thank you!', idempotencyKey: 'thanks-18c2f0a9d3b1e477' },
  },
  undo: { request: {} },
  delete_draft: { request: { id: 'r4821' } },
  search_threads: { request: { q: 'is:unread', maxResults: 20 } },
  modify_threads: {
    request: { ids: [threadId], removeLabelIds: ['INBOX'] },
    answer: { threads: 1, modified: 4 },
  },
  trash_threads: { request: { ids: [threadId] }, answer: { threads: 1, modified: 4 } },
  untrash_threads: { request: { ids: [threadId] }, answer: { threads: 1, modified: 4 } },
  get_draft: { request: { id: 'r4821' } },
  get_label: {
    request: { id: 'Projects/Rome' },
    answer: { ...label, messagesTotal: 31, messagesUnread: 2, threadsTotal: 12, threadsUnread: 1 },
  },
  create_label: {
    request: { name: 'Projects/Rome', color: { textColor: '#ffffff', backgroundColor: '#16a765' } },
    answer: label,
  },
  update_label: { request: { id: 'Label_12', name: 'Projects/Oslo' } },
  delete_label: { request: { id: 'Label_12' } },
  create_filter: {
    request: {
      criteria: { from: 'news@example.org' },
      action: { addLabelIds: ['Newsletters'], removeLabelIds: ['INBOX'] },
    },
  },
  delete_filter: { request: { id: 'ANe1Bmj3' } },
  update_vacation: {
    request: { enableAutoReply: true, responseSubject: 'Away', responseBodyPlainText: 'Back on Monday.' },
  },
  update_send_as: { request: { sendAsEmail: 'me@example.org', displayName: 'Ann Lee' } },
  create_send_as: { request: { sendAsEmail: 'sales@example.org', displayName: 'Sales' } },
  delete_send_as: { request: { sendAsEmail: 'sales@example.org' } },
  update_auto_forwarding: {
    request: { enabled: true, emailAddress: 'archive@example.org', disposition: 'leaveInInbox' },
  },
  create_forwarding_address: { request: { forwardingEmail: 'archive@example.org' } },
  delete_forwarding_address: { request: { forwardingEmail: 'archive@example.org' } },
  create_delegate: { request: { delegateEmail: 'assistant@example.org' } },
  delete_delegate: { request: { delegateEmail: 'assistant@example.org' } },
  update_imap: { request: { enabled: true } },
  update_pop: { request: { accessWindow: 'allMail' } },
  update_language: { request: { displayLanguage: 'en-GB' } },
  list_changes: { request: { startHistoryId: '48213' } },
  import_message: {
    request: { text: 'From: ann@example.org\nSubject: Kept\n\nWords', labelIds: ['INBOX'] },
    answer: { id, threadId, labelIds: ['INBOX'] },
  },
  delete_messages: { request: { ids: [id] } },
  get_send: { request: { id: '4f1c09a2b7de' } },
  get_outbox_entry: { request: { id: '4f1c09a2b7de' } },
  approve_send: { request: { id: '4f1c09a2b7de', contentHash: 'b1946ac92492d2347c6235b4d2611184' } },
  edit_send: {
    request: { id: '4f1c09a2b7de', contentHash: 'b1946ac92492d2347c6235b4d2611184', subject: 'Lunch on Tuesday?' },
  },
  reject_send: { request: { id: '4f1c09a2b7de', reason: 'Not before Monday.' } },
  cancel_send: { request: { id: '4f1c09a2b7de' } },
  retry_send: { request: { id: '4f1c09a2b7de' } },
  run_job: { request: { name: 'webhooks' } },
  set_log_level: { request: { subsystem: 'gmail', level: 'debug', minutes: 15 } },
  remove_account: { request: { emailAddress: 'me@example.org' } },
  create_token: {
    request: { name: 'assistant', grants: ['read', 'organize', 'draft'], accounts: ['me@example.org'] },
  },
  revoke_token: { request: { name: 'assistant' } },
  explain_policy: { request: { to: ['ann@example.org'], attachmentTypes: ['application/pdf'] } },
  create_webhook: {
    request: { url: 'https://example.org/mail', kinds: ['messageAdded'], q: 'from:ann', includes: 'message' },
  },
  update_webhook: { request: { id: 'wh_x1YcVbN2Q9sT', isOn: true } },
  rotate_webhook_secret: { request: { id: 'wh_x1YcVbN2Q9sT' } },
  test_webhook: { request: { id: 'wh_x1YcVbN2Q9sT' } },
  delete_webhook: { request: { id: 'wh_x1YcVbN2Q9sT' } },
  list_deliveries: { request: { id: 'wh_x1YcVbN2Q9sT' } },
  resend_delivery: { request: { id: 'msg_E-Ty8E5yJFAeah9T5R7uQQ' } },
};
