/** What callers typically get wrong of an operation: its input, and what the answer has to say. */
export interface Mistake {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly code: string;
  /** What the facts must contain, as one text of `name: value` lines. */
  readonly says: RegExp;
}

const unknown = '00000000deadbeef';

/** One for each kind of mistake, as models and scripts make them. */
export const mistakesOfCallers: readonly Mistake[] = [
  // Searching
  {
    operation: 'search_messages',
    input: { q: 'colour:red' },
    code: 'INVALID_INPUT',
    says: /there is no operator colour:[^]*expected: from: to:/,
  },
  {
    operation: 'search_messages',
    input: { q: 'after:yesterday' },
    code: 'INVALID_INPUT',
    says: /this is no date[^]*expected: a date YYYY/,
  },
  {
    operation: 'search_messages',
    input: { q: 'before:2026-13-45' },
    code: 'INVALID_INPUT',
    says: /this is no date[^]*got: 2026-13-45/,
  },
  {
    operation: 'search_messages',
    input: { q: 'older_than:3' },
    code: 'INVALID_INPUT',
    says: /this is no age[^]*e\.g\. 7d/,
  },
  {
    operation: 'search_messages',
    input: { q: 'larger:big' },
    code: 'INVALID_INPUT',
    says: /this is no size[^]*e\.g\. 5M/,
  },
  {
    operation: 'search_messages',
    input: { q: '(from:ann' },
    code: 'INVALID_INPUT',
    says: /bracket opened at position 0 is not closed/,
  },
  {
    operation: 'search_messages',
    input: { q: 'from:' },
    code: 'INVALID_INPUT',
    says: /from: has no value[^]*without a space/,
  },
  {
    operation: 'search_messages',
    input: { q: 'is:unraed' },
    code: 'INVALID_INPUT',
    says: /expected: one of chat, important, read[^]*label:/,
  },
  {
    operation: 'search_messages',
    input: { q: 'has:atachment' },
    code: 'INVALID_INPUT',
    says: /expected: one of attachment/,
  },
  {
    operation: 'search_messages',
    input: { q: 'x'.repeat(2001) },
    code: 'INVALID_INPUT',
    says: /q: .*<=2000 characters/,
  },
  {
    operation: 'search_messages',
    input: { query: 'from:ann' },
    code: 'INVALID_INPUT',
    says: /query: no such field[^]*expected: fields: q, maxResults/,
  },
  { operation: 'search_messages', input: { maxResults: 0 }, code: 'INVALID_INPUT', says: /maxResults: .*>=1, got 0/ },
  {
    operation: 'search_messages',
    input: { maxResults: 1000 },
    code: 'INVALID_INPUT',
    says: /maxResults: .*<=500, got 1000/,
  },
  {
    operation: 'search_messages',
    input: { maxResults: 'ten' },
    code: 'INVALID_INPUT',
    says: /maxResults: .*expected number.*got "ten"/,
  },
  {
    operation: 'search_messages',
    input: { pageToken: '2' },
    code: 'INVALID_INPUT',
    says: /page token does not belong to this list[^]*hint: Ask without/,
  },
  {
    operation: 'search_messages',
    input: { includeSpamTrash: 'yes' },
    code: 'INVALID_INPUT',
    says: /includeSpamTrash: .*expected boolean/,
  },
  {
    operation: 'search_messages',
    input: { account: 'ann' },
    code: 'INVALID_INPUT',
    says: /account: expected an e-mail address, got "ann"/,
  },
  {
    operation: 'search_messages',
    input: { account: 'nobody@example.org' },
    code: 'NOT_FOUND',
    says: /expected: me@example\.org[^]*name another account/,
  },
  // Reading
  {
    operation: 'read_message',
    input: { id: unknown },
    code: 'NOT_FOUND',
    says: /There is no message[^]*Ids come from search_messages/,
  },
  {
    operation: 'read_message',
    input: { id: '<abc@example.org>' },
    code: 'INVALID_INPUT',
    says: /id: expected a Gmail id, 1 to 16 lowercase hex digits/,
  },
  { operation: 'read_message', input: { id: '18C2F0A9D3B1E477' }, code: 'INVALID_INPUT', says: /lowercase hex digits/ },
  {
    operation: 'read_message',
    input: { id: unknown, body: 'markdown' },
    code: 'INVALID_INPUT',
    says: /expected one of .*text.*html/,
  },
  { operation: 'read_message', input: { id: unknown, maxChars: 5 }, code: 'INVALID_INPUT', says: /maxChars: .*>=100/ },
  { operation: 'read_message', input: { id: unknown, offset: -1 }, code: 'INVALID_INPUT', says: /offset: .*>=0/ },
  { operation: 'read_thread', input: { id: unknown }, code: 'NOT_FOUND', says: /There is no message/ },
  {
    operation: 'read_attachment',
    input: { messageId: unknown, attachment: 'report.pdf' },
    code: 'INVALID_INPUT',
    says: /expected a handle such as a1, from read_message/,
  },
  {
    operation: 'read_attachment',
    input: { messageId: 'MESSAGE', attachment: 'a9' },
    code: 'NOT_FOUND',
    says: /no attachment a9[^]*expected: nothing: it has no attachments/,
  },
  {
    operation: 'list_changes',
    input: { startHistoryId: '99999999' },
    code: 'NOT_FOUND',
    says: /does not reach from 99999999[^]*historyId of get_profile/,
  },
  {
    operation: 'list_changes',
    input: { startHistoryId: 'now' },
    code: 'INVALID_INPUT',
    says: /expected a historyId, decimal digits/,
  },
  // Changing
  {
    operation: 'modify_messages',
    input: { ids: ['MESSAGE'] },
    code: 'INVALID_INPUT',
    says: /There is nothing to change[^]*addLabelIds or in removeLabelIds/,
  },
  {
    operation: 'modify_messages',
    input: { ids: [], addLabelIds: ['STARRED'] },
    code: 'INVALID_INPUT',
    says: /ids: .*>=1 items/,
  },
  {
    operation: 'modify_messages',
    input: { ids: ['MESSAGE'], addLabelIds: ['Paris'] },
    code: 'INVALID_INPUT',
    says: /There is no label "Paris"[^]*list_labels/,
  },
  {
    operation: 'modify_messages',
    input: { ids: ['MESSAGE'], addLabelIds: ['SENT'] },
    code: 'INVALID_INPUT',
    says: /SENT cannot be changed by hand/,
  },
  {
    operation: 'modify_messages',
    input: { ids: ['MESSAGE'], addLabelIds: ['INBOX'], removeLabelIds: ['INBOX'] },
    code: 'INVALID_INPUT',
    says: /both added and removed/,
  },
  {
    operation: 'modify_messages',
    input: { ids: ['MESSAGE', unknown], addLabelIds: ['STARRED'] },
    code: 'NOT_FOUND',
    says: /There is no message 00000000deadbeef; nothing was changed/,
  },
  {
    operation: 'modify_messages',
    input: { id: 'MESSAGE', addLabelIds: ['STARRED'] },
    code: 'INVALID_INPUT',
    says: /ids: [^]*id: no such field[^]*expected: fields: ids, addLabelIds/,
  },
  {
    operation: 'trash_messages',
    input: { ids: ['MESSAGE'], dryRun: 'maybe' },
    code: 'INVALID_INPUT',
    says: /dryRun: .*expected boolean/,
  },
  {
    operation: 'trash_threads',
    input: { ids: [unknown] },
    code: 'NOT_FOUND',
    says: /There is no thread[^]*field: ids/,
  },
  {
    operation: 'read_messages',
    input: { ids: Array.from({ length: 51 }, () => unknown) },
    code: 'INVALID_INPUT',
    says: /ids: .*<=50 items/,
  },
  {
    operation: 'create_label',
    input: { name: 'INBOX' },
    code: 'INVALID_INPUT',
    says: /a name that Gmail does not use itself/,
  },
  { operation: 'create_label', input: { name: ' ' }, code: 'INVALID_INPUT', says: /name: expected one line of text/ },
  {
    operation: 'create_label',
    input: { name: 'Red', color: { textColor: 'red', backgroundColor: '#ffffff' } },
    code: 'INVALID_INPUT',
    says: /expected a colour such as #16a765/,
  },
  {
    operation: 'update_label',
    input: { id: 'INBOX', name: 'Eingang' },
    code: 'INVALID_INPUT',
    says: /label of Gmail's own[^]*expected: a label of your own/,
  },
  { operation: 'delete_label', input: { id: 'Paris' }, code: 'NOT_FOUND', says: /There is no label "Paris"/ },
  { operation: 'get_label', input: { id: 'Paris' }, code: 'NOT_FOUND', says: /There is no label "Paris"/ },
  {
    operation: 'create_filter',
    input: { criteria: {}, action: { addLabelIds: ['STARRED'] } },
    code: 'INVALID_INPUT',
    says: /A filter needs a criterion[^]*expected: from, to, subject/,
  },
  {
    operation: 'create_filter',
    input: { criteria: { from: 'bank' }, action: {} },
    code: 'INVALID_INPUT',
    says: /would do nothing[^]*expected: a label/,
  },
  {
    operation: 'create_filter',
    input: { criteria: { from: 'bank' }, action: { forward: 'ann@example.org' } },
    code: 'INVALID_INPUT',
    says: /confirmed forwarding addresses only[^]*create_forwarding_address/,
  },
  {
    operation: 'delete_filter',
    input: { id: 'nothing' },
    code: 'NOT_FOUND',
    says: /There is no filter[^]*list_filters/,
  },
  { operation: 'undo', input: {}, code: 'NOT_FOUND', says: /no change to take back[^]*hint:/ },
  {
    operation: 'import_message',
    input: { text: 'just words' },
    code: 'INVALID_INPUT',
    says: /This is no message[^]*expected: RFC 5322/,
  },
  { operation: 'import_message', input: { raw: '***' }, code: 'INVALID_INPUT', says: /expected base64 or base64url/ },
  {
    operation: 'import_message',
    input: {},
    code: 'INVALID_INPUT',
    says: /given in one form[^]*expected: raw, or from and the other fields/,
  },
  // Writing
  {
    operation: 'send_message',
    input: { subject: 'Hi', body: 'x' },
    code: 'INVALID_INPUT',
    says: /no recipient[^]*expected: at least one address/,
  },
  {
    operation: 'send_message',
    input: { to: 'Ann', subject: 'Hi', body: 'x' },
    code: 'INVALID_INPUT',
    says: /is no address[^]*name@example\.org or Name/,
  },
  {
    operation: 'send_message',
    input: { to: ['a@example.org; b@example.org'], subject: 'Hi', body: 'x' },
    code: 'INVALID_INPUT',
    says: /addresses with commas between/,
  },
  {
    operation: 'send_message',
    input: { to: ['a@example.org'], from: 'ceo@example.com', body: 'x' },
    code: 'INVALID_INPUT',
    says: /does not send as ceo@example\.com[^]*expected: me@example\.org/,
  },
  {
    operation: 'send_message',
    input: { replyTo: unknown, body: 'x' },
    code: 'NOT_FOUND',
    says: /There is no message[^]*field: replyTo/,
  },
  {
    operation: 'send_message',
    input: { replyTo: 'MESSAGE', forward: 'MESSAGE', body: 'x' },
    code: 'INVALID_INPUT',
    says: /answers another or passes one on, not both/,
  },
  {
    operation: 'send_message',
    input: { to: ['a@example.org'], body: 'x', attachments: [{ filename: 'a.txt' }] },
    code: 'INVALID_INPUT',
    says: /which file is meant[^]*contentBase64[^]*\/api\/uploads/,
  },
  {
    operation: 'send_message',
    input: { to: ['a@example.org'], body: 'x', attachments: [{ path: '/etc/passwd' }] },
    code: 'INVALID_INPUT',
    says: /attachments\.0\.path: no such field/,
  },
  {
    operation: 'send_message',
    input: { to: ['a@example.org'], body: 'x', attachments: [{ uploadId: 'nothing' }] },
    code: 'NOT_FOUND',
    says: /no such upload/,
  },
  {
    operation: 'send_message',
    input: { to: ['a@example.org'], message: 'x' },
    code: 'INVALID_INPUT',
    says: /message: no such field[^]*expected: fields: to, cc/,
  },
  {
    operation: 'send_message',
    input: { to: ['a@example.org'], subject: 'a\nBcc: b@example.org', body: 'x' },
    code: 'INVALID_INPUT',
    says: /control character U\+000A/,
  },
  {
    operation: 'send_message',
    input: { to: ['a@example.org'], body: 'x', idempotencyKey: 'two words' },
    code: 'INVALID_INPUT',
    says: /visible ASCII characters/,
  },
  { operation: 'send_draft', input: { id: 'r404' }, code: 'NOT_FOUND', says: /There is no draft r404[^]*list_drafts/ },
  { operation: 'update_draft', input: { id: 'r404', subject: 'x' }, code: 'NOT_FOUND', says: /There is no draft r404/ },
  { operation: 'get_draft', input: { id: 'r404' }, code: 'NOT_FOUND', says: /There is no draft r404/ },
  // Settings
  {
    operation: 'update_vacation',
    input: {},
    code: 'INVALID_INPUT',
    says: /nothing to change[^]*expected: at least one of enableAutoReply/,
  },
  {
    operation: 'update_vacation',
    input: { enableAutoReply: true, startTime: '2027-02-01', endTime: '2027-01-01' },
    code: 'INVALID_INPUT',
    says: /expected ISO 8601 with its zone/,
  },
  {
    operation: 'update_language',
    input: { displayLanguage: 'English' },
    code: 'INVALID_INPUT',
    says: /language tag \(BCP 47\) such as en-GB/,
  },
  {
    operation: 'update_send_as',
    input: { sendAsEmail: 'nobody@example.org', displayName: 'x' },
    code: 'NOT_FOUND',
    says: /no send-as address[^]*expected: me@example\.org/,
  },
  {
    operation: 'update_auto_forwarding',
    input: { enabled: true, emailAddress: 'ann@example.org' },
    code: 'INVALID_INPUT',
    says: /Forwarding needs disposition[^]*leaveInInbox/,
  },
];
