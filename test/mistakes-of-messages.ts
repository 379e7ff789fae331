import { mail, unknown, type Shown } from './mistakes-of-requests.ts';

/** A message of revision 2026-07-28 that is wrong, and what its answer has to say: an error of the protocol, or a failed call. */
export interface McpMistake {
  readonly what: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly by?: Shown;
  readonly kind: 'protocol' | 'call';
  readonly says: RegExp;
}

const call = (name: string, input: unknown) => ({ method: 'tools/call', params: { name, arguments: input } });
const read = (uri: string) => ({ method: 'resources/read', params: { uri } });
const prompt = (name: string, input: object = {}) => ({ method: 'prompts/get', params: { name, arguments: input } });

export const mcpMistakes: readonly McpMistake[] = [
  {
    what: 'a tool with a slip of the finger',
    ...call('search_mesages', {}),
    kind: 'protocol',
    says: /Unknown tool: search_mesages\. Did you mean search_messages\?/,
  },
  {
    what: 'a tool that there is not',
    ...call('send_fax', {}),
    kind: 'protocol',
    says: /Unknown tool: send_fax\. tools\/list names/,
  },
  {
    what: 'an operation that is no tool',
    ...call('approve_send', {}),
    kind: 'protocol',
    says: /REST and the command line only/,
  },
  {
    what: 'a tool of another toolset',
    ...call('search_messages', {}),
    by: 'labels',
    kind: 'protocol',
    says: /in the toolset core, which this token does not show.*--toolsets/,
  },
  {
    what: 'a closed grant',
    ...call('trash_messages', { ids: ['MESSAGE'] }),
    by: 'reader',
    kind: 'call',
    says: /FORBIDDEN[^]*needs the grant "organize"[^]*hint: A token and GMAIL_GRANTS/,
  },
  {
    what: 'an account that the token is not good for',
    ...call('get_profile', { account: 'me@example.org' }),
    by: 'elsewhere',
    kind: 'call',
    says: /may not use that account[^]*expected: other@example\.org/,
  },
  {
    what: 'arguments as a text',
    ...call('search_messages', 'q=x'),
    kind: 'protocol',
    says: /params\.arguments: expected an object such as .*, got string/,
  },
  {
    what: 'arguments as a list',
    ...call('search_messages', ['x']),
    kind: 'protocol',
    says: /params\.arguments: expected an object such as .*, got array/,
  },
  {
    what: 'an argument by another name',
    ...call('search_messages', { query: 'x' }),
    kind: 'call',
    says: /query: no such field[^]*hint: Did you mean q\?/,
  },
  { what: 'a missing argument', ...call('read_message', {}), kind: 'call', says: /id: expected string, got nothing/ },
  {
    what: 'a page token of another search',
    ...call('search_messages', { q: 'two', pageToken: 'PAGE' }),
    kind: 'call',
    says: /does not belong to this list[^]*hint: Ask without/,
  },
  {
    what: 'the id of a draft for a message',
    ...call('read_message', { id: 'DRAFT' }),
    kind: 'call',
    says: /this is the id of a draft: list_drafts/,
  },
  {
    what: 'the id of a message for a draft',
    ...call('update_draft', { id: 'MESSAGE', body: 'x' }),
    kind: 'call',
    says: /There is no draft[^]*hint: list_drafts shows ids/,
  },
  {
    what: 'a misspelt label',
    ...call('modify_messages', { ids: ['MESSAGE'], addLabelIds: ['recipts'] }),
    kind: 'call',
    says: /list_labels shows, such as Receipts/,
  },
  {
    what: 'an upload that another token made',
    ...call('create_draft', { ...mail, attachments: [{ uploadId: 'OTHERS' }] }),
    kind: 'call',
    says: /no such upload; .* for the token that made it/,
  },
  {
    what: 'a key used for another message',
    ...call('send_message', { ...mail, body: 'another', idempotencyKey: 'used' }),
    kind: 'call',
    says: /used for another message[^]*hint: `gmail-llm outbox show/,
  },
  {
    what: 'an address of the web as a resource',
    ...read('https://mail.google.com/mail'),
    kind: 'protocol',
    says: /No such resource: expected gmail:\/\/inbox, gmail:\/\/messages\/\{id\}/,
  },
  {
    what: 'a resource in the singular',
    ...read('gmail://message/MESSAGE'),
    kind: 'protocol',
    says: /No such resource: expected/,
  },
  {
    what: 'a resource of two accounts',
    ...read('gmail://inbox?account=ann@example.org&account=bob@example.org'),
    kind: 'protocol',
    says: /No such resource: expected/,
  },
  {
    what: 'a resource with a parameter that there is not',
    ...read('gmail://inbox?max=3'),
    kind: 'protocol',
    says: /No such resource: expected/,
  },
  {
    what: 'a resource of a message that there is not',
    ...read(`gmail://messages/${unknown}`),
    kind: 'protocol',
    says: /NOT_FOUND[^]*There is no message[^]*Ids come from search_messages/,
  },
  {
    what: 'a resource by something that is no id',
    ...read('gmail://threads/newest'),
    kind: 'protocol',
    says: /id: expected a Gmail id/,
  },
  {
    what: 'a resource of a label that there is not',
    ...read('gmail://labels/Recipts'),
    kind: 'protocol',
    says: /There is no label "Recipts"[^]*such as Receipts/,
  },
  {
    what: 'a resource of somebody without an address',
    ...read('gmail://people/ann'),
    kind: 'protocol',
    says: /no mail address: expected gmail:\/\/people\/name@/,
  },
  {
    what: 'a resource of a file that there is not',
    ...read('gmail://messages/MESSAGE/attachments/a9'),
    kind: 'protocol',
    says: /no attachment a9[^]*it has no attachments/,
  },
  {
    what: 'a resource of an account that there is not',
    ...read('gmail://inbox?account=nobody@example.org'),
    kind: 'protocol',
    says: /no account nobody@example\.org[^]*expected: me@example\.org/,
  },
  {
    what: 'a prompt that there is not',
    ...prompt('triage'),
    kind: 'protocol',
    says: /No such prompt: expected triage_inbox, summarize_thread/,
  },
  {
    what: 'a prompt without what it needs',
    ...prompt('draft_reply'),
    kind: 'protocol',
    says: /draft_reply needs the argument id: Id of the thread/,
  },
  {
    what: 'a prompt with an argument too many',
    ...prompt('draft_reply', { id: 'MESSAGE', tone: 'kind' }),
    kind: 'protocol',
    says: /takes id, wish, account alone/,
  },
  {
    what: 'a prompt about something that is no id',
    ...prompt('summarize_thread', { id: 'newest' }),
    kind: 'protocol',
    says: /id: expected a Gmail id/,
  },
  {
    what: 'a prompt that the grants do not cover',
    ...prompt('draft_reply', { id: 'MESSAGE' }),
    by: 'reader',
    kind: 'protocol',
    says: /needs the grants read, draft/,
  },
  {
    what: 'a method that there is not',
    method: 'tools/run',
    params: { name: 'search_messages' },
    kind: 'protocol',
    says: /^There is no method tools\/run\. /,
  },
  {
    what: 'a method with a slip of the finger',
    method: 'tools/cal',
    params: {},
    kind: 'protocol',
    says: /^There is no method tools\/cal\. Did you mean tools\/call\?$/,
  },
  {
    what: 'a tool as a method',
    method: 'search_messages',
    params: { q: 'x' },
    kind: 'protocol',
    says: /It is a tool: send tools\/call with \{"name":"search_messages"/,
  },
  {
    what: 'a method of another revision',
    method: 'logging/setLevel',
    params: { level: 'info' },
    kind: 'protocol',
    says: /^There is no method logging\/setLevel\. Expected one of .*tools\/call/,
  },
  {
    what: 'a method that only other revisions have',
    method: 'resources/subscribe',
    params: { uri: 'gmail://inbox' },
    kind: 'protocol',
    says: /^resources\/subscribe is no method of the revision of this connection\.$/,
  },
  {
    what: 'a resource without its address',
    method: 'resources/read',
    params: {},
    kind: 'protocol',
    says: /params\.uri: expected string, got nothing\nhint: resources\/list and/,
  },
  {
    what: 'a number for the address of a resource',
    method: 'resources/read',
    params: { uri: 5 },
    kind: 'protocol',
    says: /params\.uri: expected string, got number/,
  },
  {
    what: 'a call without a name',
    method: 'tools/call',
    params: { arguments: {} },
    kind: 'protocol',
    says: /params\.name: expected string, got nothing\nhint: tools\/list/,
  },
  {
    what: 'arguments under another name, which would be a call without any',
    method: 'tools/call',
    params: { name: 'search_messages', input: { q: 'from:ann' } },
    kind: 'protocol',
    says: /params\.input: no such member\nhint: .*params\.arguments/,
  },
  {
    what: 'a prompt without a name',
    method: 'prompts/get',
    params: {},
    kind: 'protocol',
    says: /params\.name: expected string, got nothing/,
  },
  {
    what: 'a number as the argument of a prompt',
    ...prompt('summarize_thread', { id: 5 }),
    kind: 'protocol',
    says: /params\.arguments\.id: expected string, got number/,
  },
  ...['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'].map((method): McpMistake => ({
    what: `a cursor for ${method}`,
    method,
    params: { cursor: 'page-2' },
    kind: 'protocol',
    says: /params\.cursor: this server gave no such cursor\nhint: Ask without it/,
  })),
  {
    what: 'a number as a cursor',
    method: 'tools/list',
    params: { cursor: 2 },
    kind: 'protocol',
    says: /params\.cursor: expected string, got number\nhint: Leave it out/,
  },
  {
    what: 'a completion of nothing',
    method: 'completion/complete',
    params: { argument: { name: 'label', value: '' } },
    kind: 'protocol',
    says: /params\.ref: expected \{"type":"ref\/prompt"/,
  },
  {
    what: 'a completion without what was typed',
    method: 'completion/complete',
    params: { ref: { type: 'ref/prompt', name: 'triage_inbox' }, argument: { name: 'label' } },
    kind: 'protocol',
    says: /params\.argument\.value: expected string, got nothing/,
  },
  {
    what: 'a subscription to nothing',
    method: 'subscriptions/listen',
    params: {},
    kind: 'protocol',
    says: /params\.notifications: expected an object such as .*gmail:\/\/inbox/,
  },
  {
    what: 'a subscription to one resource outside a list',
    method: 'subscriptions/listen',
    params: { notifications: { resourceSubscriptions: 'gmail://inbox' } },
    kind: 'protocol',
    says: /resourceSubscriptions: expected array, got string/,
  },
  {
    what: 'a handshake of an earlier revision',
    method: 'initialize',
    params: {},
    kind: 'protocol',
    says: /^initialize is no method of the revision of this connection/,
  },
];
