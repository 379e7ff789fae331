/** What rows name by words in capitals, made before they run. */
export const madeBefore = ['MESSAGE', 'DRAFT', 'PAGE', 'OTHERS'] as const;

/** Whose token a request shows: the owner's, one that may read alone, one for another account, one with the toolset `labels`. */
export type Shown = 'owner' | 'reader' | 'elsewhere' | 'labels';

/** A request over REST that is wrong, and what its answer has to say. */
export interface RestMistake {
  readonly what: string;
  readonly request: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON unless it is a text. */
  readonly body?: unknown;
  readonly by?: Shown;
  readonly status: number;
  readonly says: RegExp;
}

/** The id of nothing. */
export const unknown = '00000000deadbeef';
/** A message that can be sent. It is, before the rows are tried, with the key `used`. */
export const mail = { to: ['ann@example.org'], subject: 'S', body: 'b' };

export const restMistakes: readonly RestMistake[] = [
  ...(
    [
      ['wait=soon', /wait: expected a whole number from 0 to 60, got "soon"/],
      ['wait=-1', /wait: expected a whole number from 0 to 60, got "-1"/],
      ['wait=600', /wait: expected a whole number from 0 to 60, got "600"/],
      ['wait=1&wait=2', /wait: expected one value, got "1,2"/],
      ['after=now', /after: expected a whole number from 0 to/],
      ['limit=0', /limit: expected a whole number from 1 to 1000, got "0"/],
      [
        'kind=messageAded',
        /kind: expected one of messageAdded, .*, got "messageAded"[^]*hint: Did you mean messageAdded\?/,
      ],
      ['account=ann', /account: expected an e-mail address, got "ann"/],
      ['query=from:ann', /query: no such parameter[^]*expected: after, limit[^]*hint: Did you mean q\?/],
      ['q=', /q: expected a query of 1 to 2000 characters, got ""/],
    ] as const
  ).map(([query, says]): RestMistake => ({
    what: `events with ${query}`,
    request: `GET /api/events?${query}`,
    status: 400,
    says,
  })),
  {
    what: 'a query that is not in UTF-8',
    request: 'GET /api/messages?q=caf%E9',
    status: 400,
    says: /The query is not in UTF-8[^]*expected: UTF-8, percent-encoded[^]*got: %E9/,
  },
  {
    what: 'events with a query that is not in UTF-8',
    request: 'GET /api/events?q=%ED%A0%80',
    status: 400,
    says: /The query is not in UTF-8/,
  },
  {
    what: 'a key of a body that is there twice',
    request: 'POST /api/drafts',
    body: '{"to":["ann@example.org"],"subject":"S","body":"b","t\\u006f":["eve@example.net"]}',
    status: 400,
    says: /not valid JSON: the key "to" is there twice/,
  },
  {
    what: 'a key that is there twice further inside',
    request: 'POST /api/labels',
    body: '{"name":"L","color":{"textColor":"#ffffff", "textColor" : "#000000"}}',
    status: 400,
    says: /the key "textColor" is there twice/,
  },
  {
    what: 'half a character in the name of a label',
    request: 'POST /api/labels',
    body: '{"name":"\\ud83d"}',
    status: 400,
    says: /name contains half a character[^]*field: name[^]*hint: [^]*emoji/,
  },
  {
    what: 'half a character further inside',
    request: 'POST /api/filters',
    body: '{"criteria":{"subject":"\\udc00"},"action":{"addLabelIds":["STARRED"]}}',
    status: 400,
    says: /criteria\.subject contains half a character/,
  },
  {
    what: 'a page token of another search',
    request: 'GET /api/messages?q=two&pageToken=PAGE',
    status: 400,
    says: /does not belong to this list[^]*nextPageToken[^]*hint: Ask without/,
  },
  {
    what: 'a page token of messages for threads',
    request: 'GET /api/threads?q=one&pageToken=PAGE',
    status: 400,
    says: /does not belong to this list/,
  },
  {
    what: 'the id of a draft for a message',
    request: 'GET /api/messages/DRAFT',
    status: 400,
    says: /lowercase hex digits \(this is the id of a draft: list_drafts/,
  },
  {
    what: 'the id of a message for a draft',
    request: 'POST /api/drafts/MESSAGE/send',
    body: {},
    status: 404,
    says: /There is no draft[^]*list_drafts shows ids/,
  },
  {
    what: 'an upload that another token made',
    request: 'POST /api/drafts',
    body: { ...mail, attachments: [{ uploadId: 'OTHERS' }] },
    status: 404,
    says: /no such upload; .* for the token that made it[^]*field: attachments\[0\]\.uploadId/,
  },
  {
    what: 'a file by its path',
    request: 'POST /api/drafts',
    body: { ...mail, attachments: ['/etc/passwd'] },
    status: 400,
    says: /attachments\.0: expected object, got "\/etc\/passwd"/,
  },
  {
    what: 'a key used for another message',
    request: 'POST /api/messages/send',
    headers: { 'idempotency-key': 'used' },
    body: { ...mail, body: 'another' },
    status: 409,
    says: /used for another message[^]*expected: the same message, or another key/,
  },
  {
    what: 'an empty key',
    request: 'POST /api/messages/send',
    headers: { 'idempotency-key': '' },
    body: mail,
    status: 400,
    says: /The Idempotency-Key header is empty[^]*expected: 1 to 200/,
  },
  {
    what: 'a key that is too long',
    request: 'POST /api/messages/send',
    headers: { 'idempotency-key': 'x'.repeat(201) },
    body: mail,
    status: 400,
    says: /idempotencyKey: expected 1 to 200 visible ASCII/,
  },
  {
    what: 'a closed grant',
    request: 'POST /api/messages/trash',
    by: 'reader',
    body: { ids: ['MESSAGE'] },
    status: 403,
    says: /needs the grant "organize"[^]*got: read[^]*hint: A token and GMAIL_GRANTS/,
  },
  {
    what: 'administration with a token of an agent',
    request: 'GET /api/admin/tokens',
    by: 'reader',
    status: 403,
    says: /needs the grant "admin"[^]*hint: The owner's token has it/,
  },
  {
    what: 'an account that the token is not good for',
    request: 'GET /api/profile?account=me@example.org',
    by: 'elsewhere',
    status: 403,
    says: /may not use that account[^]*expected: other@example\.org[^]*token create/,
  },
  {
    what: 'a body that is too large',
    request: 'POST /api/drafts',
    body: { ...mail, body: 'x'.repeat(5_000_000) },
    status: 413,
    says: /too large[^]*at most 4194304 bytes[^]*POST \/api\/uploads/,
  },
  {
    what: 'a compressed body',
    request: 'POST /api/messages/trash',
    headers: { 'content-encoding': 'gzip' },
    body: 'xxx',
    status: 415,
    says: /not compressed[^]*expected: no encoding[^]*got: gzip/,
  },
  {
    what: 'a body that is not UTF-8 JSON',
    request: 'POST /api/labels',
    body: `${'['.repeat(3000)}${']'.repeat(3000)}`,
    status: 400,
    says: /not valid JSON: .*more than 100 levels deep/,
  },
  {
    what: 'a whole message where fields are expected',
    request: 'POST /api/messages/send',
    headers: { 'content-type': 'message/rfc822' },
    body: 'Subject: x',
    status: 415,
    says: /Only an import takes a whole message[^]*expected: application\/json/,
  },
  {
    what: 'a name without an address',
    request: 'POST /api/messages/send',
    body: { ...mail, to: 'ann' },
    status: 400,
    says: /to\[0\]: "ann" is no address[^]*name@example\.org/,
  },
  {
    what: 'a second header in the subject',
    request: 'POST /api/messages/send',
    body: { ...mail, subject: 'a\r\nBcc: x@example.org' },
    status: 400,
    says: /subject contains the control character[^]*one line of text/,
  },
  {
    what: 'another word for the text',
    request: 'POST /api/messages/send',
    body: { to: mail.to, text: 'b' },
    status: 400,
    says: /text: no such field[^]*Did you mean body\?/,
  },
  {
    what: 'another word for the recipients',
    request: 'POST /api/messages/send',
    body: { recipients: mail.to, body: 'b' },
    status: 400,
    says: /Did you mean to\?/,
  },
  {
    what: 'snake case',
    request: 'POST /api/messages/modify',
    body: { ids: ['MESSAGE'], add_label_ids: ['STARRED'] },
    status: 400,
    says: /add_label_ids: no such field[^]*Did you mean addLabelIds\?/,
  },
  {
    what: 'a limit by another name',
    request: 'GET /api/messages?limit=5',
    status: 400,
    says: /limit: no such field[^]*Did you mean maxResults\?/,
  },
  { what: 'a query by another name', request: 'GET /api/messages?query=x', status: 400, says: /Did you mean q\?/ },
  {
    what: 'a field of nested names',
    request: 'GET /api/messages/MESSAGE?format=full',
    status: 400,
    says: /format: no such field[^]*Did you mean body\?/,
  },
  {
    what: 'a German date',
    request: 'GET /api/messages?q=after:31.12.2026',
    status: 400,
    says: /this is no date[^]*YYYY\/MM\/DD[^]*got: 31\.12\.2026/,
  },
  {
    what: 'a reply to an address',
    request: 'POST /api/drafts',
    body: { replyTo: 'ann@example.org', body: 'b' },
    status: 400,
    says: /replyTo: expected a Gmail id/,
  },
  {
    what: 'a reply to a message that there is not',
    request: 'POST /api/drafts',
    body: { replyTo: unknown, body: 'b' },
    status: 404,
    says: /field: replyTo[^]*Ids come from search_messages/,
  },
  {
    what: 'a misspelt label',
    request: 'POST /api/messages/modify',
    body: { ids: ['MESSAGE'], addLabelIds: ['Recipts'] },
    status: 400,
    says: /There is no label "Recipts"[^]*list_labels shows, such as Receipts/,
  },
  {
    what: 'bytes beyond the end',
    request: 'GET /api/messages/MESSAGE/raw',
    headers: { range: 'bytes=9999999-' },
    status: 416,
    says: /expected: bytes from 0 to \d+/,
  },
  {
    what: 'deleting a message',
    request: 'DELETE /api/messages/MESSAGE',
    status: 405,
    says: /does not take DELETE[^]*expected: GET, HEAD, OPTIONS/,
  },
  {
    what: "Google's own address",
    request: 'GET /gmail/v1/users/me/messages',
    status: 404,
    says: /No such endpoint[^]*Did you mean \/api\/messages\?/,
  },
  {
    what: 'an operation of the owner without /admin',
    request: 'GET /api/webhooks',
    status: 404,
    says: /Did you mean \/api\/admin\/webhooks\?/,
  },
  {
    what: 'an address with a slip of the finger',
    request: 'GET /api/massages',
    status: 404,
    says: /Did you mean \/api\/messages\?/,
  },
  {
    what: 'too many messages at once',
    request: `GET /api/messages?ids=${Array.from({ length: 51 }, () => unknown).join(',')}`,
    status: 400,
    says: /ids: .*<=50 items/,
  },
  {
    what: 'a token that is made with a duration',
    request: 'POST /api/admin/tokens',
    body: { name: 'x', grants: ['read'], expiresAt: '30d' },
    status: 400,
    says: /expiresAt: expected a time such as 2027-01-31T09:00:00Z, got "30d"/,
  },
  {
    what: 'a toolset that there is not',
    request: 'POST /api/admin/tokens',
    body: { name: 'x', grants: ['read'], toolsets: ['mail'] },
    status: 400,
    says: /toolsets\.0: .*"core"\|[^]*got "mail"/,
  },
  {
    what: 'events of a wait without an end',
    request: 'GET /api/events?wait=forever',
    status: 400,
    says: /wait: expected a whole number/,
  },
  {
    what: 'a token in the address',
    request: 'GET /api/profile?access_token=x',
    headers: { authorization: '' },
    status: 401,
    says: /Bearer and a token[^]*gmail-llm token/,
  },
  {
    what: 'a password',
    request: 'GET /api/profile',
    headers: { authorization: 'Basic bWU6eA==' },
    status: 401,
    says: /Bearer and a token/,
  },
  {
    what: 'a page of elsewhere',
    request: 'GET /api/profile',
    headers: { origin: 'https://evil.example' },
    status: 403,
    says: /Pages of that origin[^]*GMAIL_ALLOWED_HOSTS=https:\/\/evil\.example/,
  },
  {
    what: 'a change that cannot be undone',
    request: 'POST /api/undo',
    body: { id: 'x' },
    status: 400,
    says: /id: no such field[^]*expected: fields: change/,
  },
];
