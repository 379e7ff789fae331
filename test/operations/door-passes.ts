import { buildMail } from '../build-mail.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What one operation is asked over both servers, one after the other, and what it must answer. */
export interface Pass {
  readonly name: string;
  /** The input over REST, and what its JSON must contain. */
  readonly rest: () => readonly [input: Json, answer: Json];
  /** The input over MCP, and how its text must read; without it the operation is no tool. */
  readonly mcp?: () => readonly [input: Json, text: RegExp];
  /** An input that is refused, with its code. */
  readonly refused: () => readonly [input: Json, code: string, status: number];
}

/** What the passes find in the mailbox, and what one leaves for the next. */
export interface Kept {
  /** Ids of two messages, One and Two. */
  messages: readonly string[];
  /** Where the history stood when only those and a draft were there. */
  historyId: string;
  filters: readonly string[];
  /** Ids of drafts, the oldest first: A draft, First, Second, Sixth. */
  drafts: readonly string[];
}

/** The account of the passes. */
export const owner = 'me@example.org';
const unknownId = '00000000deadbeef';

const away = { enableAutoReply: true, responseSubject: 'Away', endTime: '2999-01-01T00:00:00Z' };
/** A message that is put into the mailbox, before the passes or by one. */
export function message(subject: string): Buffer {
  return Buffer.from(buildMail({ subject, text: `The text of ${subject}` }));
}

/** Every operation in an order in which one finds what the one before has left. */
export function passesOver(kept: Kept): readonly Pass[] {
  return [
    {
      name: 'search_messages',
      rest: () => [{ q: 'subject:one' }, { messages: [{ id: kept.messages[0], subject: 'One' }] }],
      mcp: () => [
        { q: 'subject:two' },
        /^1 message, newest first\n[\d-]{10}\n1 [\da-f]{16} \d\d:\d\d.*\n\[(\w{6})\] untrusted mail: .*\n1 .* \| Two \| The text of Two\n\[\1\] end\nEnd of results\.$/,
      ],
      refused: () => [{ q: 'colour:red' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'read_message',
      rest: () => [{ id: kept.messages[0] }, { subject: 'One', text: 'The text of One' }],
      mcp: () => [
        { id: kept.messages[1] },
        /^id [\da-f]{16} .*\n(?:First contact: .*\n)?\[(\w{6})\] untrusted mail\nSubject: Two\n[^]*The text of Two\n\[\1\] end$/,
      ],
      refused: () => [{ id: unknownId }, 'NOT_FOUND', 404],
    },
    {
      name: 'read_thread',
      rest: () => [{ id: kept.messages[0] }, { messages: [{ subject: 'One' }] }],
      mcp: () => [
        { id: kept.messages[1] },
        /^thread [\da-f]{16}: 1 message\n1 [\da-f]{16} .*\n\[\w{6}\] untrusted mail, 1 of 1\nSubject: Two\n/,
      ],
      refused: () => [{ id: unknownId }, 'NOT_FOUND', 404],
    },
    {
      name: 'get_profile',
      rest: () => [{}, { emailAddress: owner, messagesTotal: 3 }],
      mcp: () => [{}, /^me@example\.org: 3 messages in 3 threads, historyId \d+(?:\nNot followed yet\.)?$/],
      refused: () => [{ id: 'x' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'list_labels',
      rest: () => [{}, {}],
      mcp: () => [{}, /^System: (?:[A-Z_]+, )*INBOX, .*\nNo labels of your own\.$/],
      refused: () => [{ q: 'x' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'modify_messages',
      rest: () => [{ ids: kept.messages, addLabelIds: ['starred'] }, { modified: 2 }],
      mcp: () => [{ ids: kept.messages, removeLabelIds: ['STARRED'] }, /^Changed labels of 2 messages\.$/],
      refused: () => [{ ids: [unknownId], addLabelIds: ['Paris'] }, 'INVALID_INPUT', 400],
    },
    {
      name: 'trash_messages',
      rest: () => [{ ids: kept.messages }, { modified: 2 }],
      mcp: () => [{ ids: kept.messages }, /^Moved 2 messages to the trash\.$/],
      refused: () => [{ ids: [unknownId] }, 'NOT_FOUND', 404],
    },
    {
      name: 'untrash_messages',
      rest: () => [{ ids: kept.messages }, { modified: 2 }],
      mcp: () => [{ ids: kept.messages }, /^Took 2 messages out of the trash\.$/],
      refused: () => [{ ids: [] }, 'INVALID_INPUT', 400],
    },
    {
      name: 'modify_threads',
      rest: () => [
        { ids: kept.messages, addLabelIds: ['starred'] },
        { threads: 2, modified: 2 },
      ],
      refused: () => [{ ids: kept.messages, addLabelIds: ['Paris'] }, 'INVALID_INPUT', 400],
    },
    {
      name: 'trash_threads',
      rest: () => [{ ids: kept.messages }, { threads: 2, modified: 2 }],
      refused: () => [{ ids: [unknownId] }, 'NOT_FOUND', 404],
    },
    {
      name: 'untrash_threads',
      rest: () => [{ ids: kept.messages }, { threads: 2, modified: 2 }],
      refused: () => [{ ids: [] }, 'INVALID_INPUT', 400],
    },
    {
      name: 'read_messages',
      rest: () => [
        { ids: [kept.messages[1], unknownId, kept.messages[0]] },
        { messages: [{ subject: 'Two', text: 'The text of Two' }, { subject: 'One' }], missingIds: [unknownId] },
      ],
      refused: () => [{ ids: ['x'] }, 'INVALID_INPUT', 400],
    },
    {
      name: 'get_label',
      rest: () => [{ id: 'starred' }, { id: 'STARRED', type: 'system', messagesTotal: 2, threadsTotal: 2 }],
      refused: () => [{ id: 'Paris' }, 'NOT_FOUND', 404],
    },
    {
      name: 'list_changes',
      rest: () => [{ startHistoryId: kept.historyId, maxResults: 1 }, { history: [{}] }],
      mcp: () => [{ startHistoryId: kept.historyId }, /\+TRASH[^]*\nhistoryId: \d+$/],
      refused: () => [{ startHistoryId: '99999999' }, 'NOT_FOUND', 404],
    },
    {
      name: 'list_drafts',
      rest: () => [{ maxResults: 1 }, { drafts: [{ subject: 'A draft', to: 'ann@example.org' }] }],
      mcp: () => [{}, /\n1 r-?\d+ \d\d:\d\d message [\da-f]{16}[^]*\n1 to ann@example\.org \| A draft \|/],
      refused: () => [{ maxResults: 0 }, 'INVALID_INPUT', 400],
    },
    {
      name: 'create_draft',
      rest: () => [
        { to: 'Ann <ann@example.org>', subject: 'First', body: 'Hello' },
        { to: 'Ann <ann@example.org>', subject: 'First', message: {}, warnings: [] },
      ],
      mcp: () => [
        { to: ['ann@example.org'], subject: 'Second' },
        /^Created draft r-?\d+, message [\da-f]{16}, thread [\da-f]{16}\n\[\w{6}\] untrusted draft\nTo: ann@example\.org\nSubject: Second\n/,
      ],
      refused: () => [{ to: 'Ann' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'get_draft',
      rest: () => [{ id: kept.drafts[1] }, { id: kept.drafts[1], subject: 'First', text: 'Hello', message: {} }],
      refused: () => [{ id: 'r1' }, 'NOT_FOUND', 404],
    },
    {
      name: 'update_draft',
      rest: () => [
        { id: kept.drafts[1], cc: 'cid@example.org' },
        { cc: 'cid@example.org', subject: 'First' },
      ],
      mcp: () => [
        { id: kept.drafts[2], subject: 'Third' },
        /^Changed draft r-?\d+, [^]*\nTo: ann@example\.org\nSubject: Third\n/,
      ],
      refused: () => [{ id: 'r1', subject: 'x' }, 'NOT_FOUND', 404],
    },
    {
      name: 'send_draft',
      rest: () => [{ id: kept.drafts[1] }, { state: 'sent', to: ['ann@example.org'], cc: ['cid@example.org'] }],
      mcp: () => [
        { id: kept.drafts[2] },
        /^Sent: message [\da-f]{16}, thread [\da-f]{16}\.\n[^]*\nTo: ann@example\.org\nSubject: Third\n/,
      ],
      refused: () => [{ id: 'r1' }, 'NOT_FOUND', 404],
    },
    {
      name: 'send_message',
      rest: () => [
        { to: 'ann@example.org', subject: 'Fourth', body: 'x' },
        { state: 'sent', subject: 'Fourth' },
      ],
      mcp: () => [
        { to: 'ann@example.org', subject: 'Fifth', body: 'x' },
        /^Sent: message [\da-f]{16}, thread [\da-f]{16}\.\n[^]*\nTo: ann@example\.org\nSubject: Fifth\n/,
      ],
      refused: () => [{ subject: 'To nobody', body: 'x' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'delete_draft',
      rest: () => [{ id: kept.drafts[0] }, { before: { subject: 'A draft' } }],
      mcp: () => [{ id: kept.drafts[3] }, /^Deleted draft r-?\d+\.\n[^]*\nSubject: Sixth\n/],
      refused: () => [{ id: 'r1' }, 'NOT_FOUND', 404],
    },
    {
      name: 'search_threads',
      rest: () => [{ q: 'subject:one' }, { threads: [{ subject: 'One', messagesTotal: 1, messagesUnread: 0 }] }],
      mcp: () => [{ q: 'subject:one' }, /\n1 [\da-f]{16} \d\d:\d\d 1 message[^]*\n1 .* \| One \|/],
      refused: () => [{ q: 'colour:red' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'create_label',
      rest: () => [{ name: 'Projects/Rome' }, { name: 'Projects/Rome', type: 'user' }],
      mcp: () => [
        { name: 'Projects/Oslo' },
        /^Created label Label_\d+\.\n\[\w{6}\] untrusted label\nLabel_\d+: Projects\/Oslo/,
      ],
      refused: () => [{ name: 'projects/rome' }, 'CONFLICT', 409],
    },
    {
      name: 'update_label',
      rest: () => [
        { id: 'Projects/Rome', name: 'Rome' },
        { name: 'Rome', before: { name: 'Projects/Rome' } },
      ],
      mcp: () => [{ id: 'Projects/Oslo', name: 'Oslo' }, /\nnow: Label_\d+: Oslo.*\nbefore: Label_\d+: Projects\/Oslo/],
      refused: () => [{ id: 'Paris', name: 'x' }, 'NOT_FOUND', 404],
    },
    {
      name: 'list_filters',
      rest: () => [{}, { filters: [] }],
      mcp: () => [{}, /^No filters\.$/],
      refused: () => [{ id: 'x' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'create_filter',
      rest: () => [
        { criteria: { from: 'ann@example.org' }, action: { addLabelIds: ['Rome'] } },
        { criteria: { from: 'ann@example.org' } },
      ],
      mcp: () => [
        { criteria: { query: 'has:attachment' }, action: { addLabelIds: ['STARRED'] } },
        /^Created filter [\w-]+\.[^]*\nMail matching "has:attachment": star it\.\n/,
      ],
      refused: () => [{ criteria: {}, action: { addLabelIds: ['Rome'] } }, 'INVALID_INPUT', 400],
    },
    {
      name: 'delete_filter',
      rest: () => [{ id: kept.filters[0] }, { before: { id: kept.filters[0] } }],
      mcp: () => [{ id: kept.filters[1] }, /^Deleted filter [\w-]+\.\n[^]*: star it\.\n/],
      refused: () => [{ id: 'nothing' }, 'NOT_FOUND', 404],
    },
    {
      name: 'delete_label',
      rest: () => [{ id: 'Rome' }, { before: { name: 'Rome' } }],
      mcp: () => [{ id: 'Oslo' }, /^Deleted label Label_\d+\.\n[^]*: Oslo/],
      refused: () => [{ id: 'INBOX' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'get_settings',
      rest: () => [{}, { unavailable: [], sendAs: [{ sendAsEmail: owner }] }],
      mcp: () => [{}, /^\[\w{6}\] untrusted settings\nVacation: off\nSend as: me@example\.org/],
      refused: () => [{ name: 'vacation' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'update_vacation',
      rest: () => [away, { enableAutoReply: true, before: { enableAutoReply: false } }],
      mcp: () => [{ enableAutoReply: false }, /^Changed\.\n[^]*\nnow: off, until 2999-01-01 .*\nbefore: on, /],
      refused: () => [{ endTime: 'tomorrow' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'update_send_as',
      rest: () => [{ sendAsEmail: owner, signaturePlainText: '<Bob>' }, { signature: '&lt;Bob&gt;' }],
      mcp: () => [
        { sendAsEmail: owner, displayName: 'Bob' },
        /\nnow: me@example\.org, as Bob, .*signature:\n {2}<Bob>\n/,
      ],
      refused: () => [{ sendAsEmail: 'nobody@example.org', displayName: 'x' }, 'NOT_FOUND', 404],
    },
    {
      name: 'create_send_as',
      rest: () => [{ sendAsEmail: 'a@example.org' }, { sendAsEmail: 'a@example.org', isPrimary: false }],
      mcp: () => [{ sendAsEmail: 'b@example.org' }, /^Added a send-as address\.\n[^]*\nb@example\.org, /],
      refused: () => [{ sendAsEmail: 'a@example.org' }, 'CONFLICT', 409],
    },
    {
      name: 'delete_send_as',
      rest: () => [{ sendAsEmail: 'a@example.org' }, { before: { sendAsEmail: 'a@example.org' } }],
      mcp: () => [{ sendAsEmail: 'b@example.org' }, /^Removed a send-as address\.\n[^]*\nb@example\.org, /],
      refused: () => [{ sendAsEmail: owner }, 'INVALID_INPUT', 400],
    },
    {
      name: 'create_forwarding_address',
      rest: () => [{ forwardingEmail: 'a@example.org' }, { forwardingEmail: 'a@example.org' }],
      mcp: () => [
        { forwardingEmail: 'b@example.org' },
        /^Added a forwarding address\. Nothing is forwarded[^]*\nb@example\.org \(\w+\)\n/,
      ],
      refused: () => [{ forwardingEmail: 'a@example.org' }, 'CONFLICT', 409],
    },
    {
      name: 'update_auto_forwarding',
      rest: () => [
        { enabled: true, emailAddress: 'a@example.org', disposition: 'archive' },
        { enabled: true, before: { enabled: false } },
      ],
      mcp: () => [{ enabled: false }, /\nnow: off\nbefore: on: all arriving mail is FORWARDED to a@example\.org/],
      refused: () => [{ enabled: true, emailAddress: 'c@example.org', disposition: 'archive' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'delete_forwarding_address',
      rest: () => [{ forwardingEmail: 'a@example.org' }, { before: { forwardingEmail: 'a@example.org' } }],
      mcp: () => [{ forwardingEmail: 'b@example.org' }, /^Removed a forwarding address\.\n[^]*\nb@example\.org/],
      refused: () => [{ forwardingEmail: 'a@example.org' }, 'NOT_FOUND', 404],
    },
    {
      name: 'create_delegate',
      rest: () => [{ delegateEmail: 'a@example.org' }, { delegateEmail: 'a@example.org' }],
      mcp: () => [{ delegateEmail: 'b@example.org' }, /^Added a delegate\.\n[^]*\nb@example\.org/],
      refused: () => [{ delegateEmail: 'Ann' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'delete_delegate',
      rest: () => [{ delegateEmail: 'a@example.org' }, { before: { delegateEmail: 'a@example.org' } }],
      mcp: () => [{ delegateEmail: 'b@example.org' }, /^Removed a delegate\.\n[^]*\nb@example\.org/],
      refused: () => [{ delegateEmail: 'a@example.org' }, 'NOT_FOUND', 404],
    },
    {
      name: 'update_imap',
      rest: () => [{ enabled: true }, { enabled: true }],
      mcp: () => [{ enabled: false }, /\nnow: off.*\nbefore: on/],
      refused: () => [{}, 'INVALID_INPUT', 400],
    },
    {
      name: 'update_pop',
      rest: () => [{ accessWindow: 'allMail' }, { accessWindow: 'allMail' }],
      mcp: () => [{ accessWindow: 'disabled' }, /\nnow: disabled\nbefore: allMail/],
      refused: () => [{ accessWindow: 'some' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'update_language',
      rest: () => [{ displayLanguage: 'de' }, { displayLanguage: 'de' }],
      mcp: () => [{ displayLanguage: 'fr' }, /\nnow: fr\nbefore: de\n/],
      refused: () => [{ displayLanguage: '' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'import_message',
      rest: () => [{ raw: message('Three').toString('base64'), labelIds: ['inbox'] }, { labelIds: ['INBOX'] }],
      mcp: () => [
        { text: message('Four').toString() },
        /^Imported as message [\da-f]{16} in thread [\da-f]{16}, labels: none$/,
      ],
      refused: () => [{ raw: 'no base64!' }, 'INVALID_INPUT', 400],
    },
    {
      name: 'undo',
      rest: () => [{}, { operation: 'import_message' }],
      mcp: () => [{}, /^Took back import_message \(change \d+\)\./],
      refused: () => [{ change: 0 }, 'INVALID_INPUT', 400],
    },
    {
      name: 'delete_messages',
      rest: () => [{ ids: [kept.messages[0]] }, { deleted: 1 }],
      mcp: () => [{ ids: [kept.messages[1]] }, /^Deleted 1 message for good\.$/],
      refused: () => [{ ids: [unknownId] }, 'NOT_FOUND', 404],
    },
  ];
}
