import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';
import { errorCodes, type ErrorCode } from '../src/core/errors.ts';
import { localMailboxFolder } from '../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../src/local/open-local-mailbox.ts';
import { createToken, type NewToken } from '../src/safety/tokens/token-store.ts';
import { operations } from '../src/operations/operations.ts';
import { openMailStore } from '../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from './build-mail.ts';
import { runCommand } from './cli/command-harness.ts';
import { mistakesOfCallers } from './mistakes-of-callers.ts';
import { mcpMistakes } from './mistakes-of-messages.ts';
import { madeBefore, mail, restMistakes, type Shown } from './mistakes-of-requests.ts';
import { startTwoDoors, type TwoDoors } from './operations/two-doors.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const owner = 'me@example.org';
const cleanups: (() => unknown)[] = [];
const context = { after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) };
let doors: TwoDoors;
/** What rows name by words in capitals, and the tokens that requests show. */
const made: Readonly<Record<string, string>> = {};
const tokens: Partial<Record<Shown, string>> = {};
let message = '';

before(async () => {
  doors = await startTwoDoors(context, async (dataFolder) => {
    const store = openMailStore(localMailboxFolder(dataFolder, owner));
    const mailbox = openLocalMailbox({ store, emailAddress: owner });
    message = (await mailbox.importMessage({ raw: buildMail({ subject: 'One' }), labelIds: ['INBOX'] })).id;
    for (const subject of ['One two', 'One three']) {
      await mailbox.importMessage({ raw: buildMail({ subject }), labelIds: ['INBOX'] });
    }
    await mailbox.createLabel({ name: 'Receipts' });
    mailbox.close();
    const create = (name: Shown, rights: Omit<NewToken, 'name'>): void => {
      tokens[name] = createToken(dataFolder, { name, ...rights }, new Date());
    };
    create('reader', { grants: ['read'] });
    create('elsewhere', { grants: ['read'], accounts: ['other@example.org'] });
    create('labels', { grants: ['read', 'organize'], toolsets: ['labels'] });
    return {};
  });
});
after(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

/** Problem details as the text that a model or a person reads. */
function asText(json: Readonly<Record<string, unknown>>): string {
  const { detail, faults, ...facts } = json;
  const lines = Object.entries(facts).map(([name, value]) => `${name}: ${String(value)}`);
  return [String(detail), ...(Array.isArray(faults) ? faults.map((fault) => `- ${String(fault)}`) : []), ...lines].join(
    '\n',
  );
}

describe('what is wrong with the input of an operation is said, with what was expected', () => {
  for (const { operation, input, code, says } of mistakesOfCallers) {
    test(`${operation} ${JSON.stringify(input).slice(0, 100)}`, async () => {
      const given = JSON.parse(JSON.stringify(input).replaceAll('MESSAGE', message)) as Record<string, unknown>;
      const { status, json } = await doors.overRest(operation, given);
      assert.equal(json.code, code, JSON.stringify(json));
      assert.equal(status, errorCodes[code as ErrorCode].status);
      assert.match(asText(json), says);
      if (operations.find(({ name }) => name === operation)?.toolset === undefined) return;
      const { text, isError } = await doors.overMcp(operation, given);
      assert.ok(isError && text.startsWith(`${code}: `), text);
      assert.match(text, says);
    });
  }
});

describe('what is wrong with a request over REST is said', () => {
  const json = { 'content-type': 'application/json' };
  const rows: readonly (readonly [
    what: string,
    method: string,
    path: string,
    init: RequestInit,
    status: number,
    says: RegExp,
  ])[] = [
    ['an address of the API without /api', 'GET', '/messages', {}, 404, /No such endpoint[^]*GET \/docs/],
    ['a misspelt address', 'GET', '/api/mesages', {}, 404, /No such endpoint/],
    ['a slash too many', 'GET', '/api/messages/', {}, 400, /id: expected a Gmail id/],
    [
      'no token',
      'GET',
      '/api/profile',
      { headers: { authorization: '' } },
      401,
      /Bearer and a token[^]*gmail-llm token/,
    ],
    [
      'a token without Bearer',
      'GET',
      '/api/profile',
      { headers: { authorization: 'gml_x' } },
      401,
      /Bearer and a token/,
    ],
    [
      'a token of elsewhere',
      'GET',
      '/api/profile',
      { headers: { authorization: 'Bearer gml_x' } },
      401,
      /gmail-llm token/,
    ],
    [
      'another method',
      'PUT',
      '/api/messages/trash',
      { headers: json, body: '{}' },
      405,
      /does not take PUT[^]*expected: POST/,
    ],
    ['a POST of a search', 'POST', '/api/messages', { headers: json, body: '{"q":"x"}' }, 405, /expected: GET/],
    [
      'a body without a type',
      'POST',
      '/api/messages/trash',
      { body: Buffer.from('{}') },
      415,
      /expected: application\/json/,
    ],
    [
      'a form',
      'POST',
      '/api/messages/trash',
      { body: new URLSearchParams({ ids: 'a' }) },
      415,
      /got: application\/x-www-form-urlencoded/,
    ],
    ['no body', 'POST', '/api/messages/trash', { headers: json }, 400, /not valid JSON/],
    ['a body cut off', 'POST', '/api/messages/trash', { headers: json, body: '{"ids":["a"' }, 400, /not valid JSON/],
    ['single quotes', 'POST', '/api/messages/trash', { headers: json, body: "{'ids':['a']}" }, 400, /not valid JSON/],
    [
      'a list as the body',
      'POST',
      '/api/messages/trash',
      { headers: json, body: '["a"]' },
      400,
      /expected: a JSON object[^]*got: a list/,
    ],
    [
      'fields in the query of a change',
      'POST',
      '/api/messages/trash?ids=a',
      { headers: json, body: '{}' },
      400,
      /takes its fields in the body/,
    ],
    ['a field twice', 'GET', '/api/messages?q=a&q=b', {}, 400, /q is given 2 times/],
    ['a flag without a value', 'GET', '/api/messages?includeSpamTrash', {}, 400, /expected: true or false/],
    ['a broken percent sign', 'GET', '/api/messages/%zz', {}, 400, /percent-encoding/],
    [
      'an id in path and body',
      'PUT',
      '/api/drafts/r1',
      { headers: json, body: '{"id":"r2"}' },
      400,
      /id is in the path already/,
    ],
    [
      'keys that differ',
      'POST',
      '/api/messages/send',
      { headers: { ...json, 'idempotency-key': 'a' }, body: '{"idempotencyKey":"b"}' },
      400,
      /header and the field idempotencyKey differ/,
    ],
    [
      'an upload without a name',
      'POST',
      '/api/uploads',
      { headers: { 'content-type': 'text/plain' }, body: 'x' },
      400,
      /filename=report\.pdf/,
    ],
    ['an upload as a form', 'POST', '/api/uploads?filename=a', { body: new FormData() }, 415, /--data-binary/],
    ['events that are not kept', 'GET', '/api/events?after=999999', {}, 404, /after/],
    ['another kind of event', 'GET', '/api/events?kind=mail', {}, 400, /kind/],
  ];
  for (const [what, method, path, init, status, says] of rows) {
    test(what, async () => {
      const headers = { authorization: `Bearer ${doors.token}`, ...Object.fromEntries(new Headers(init.headers)) };
      const response = await fetch(`${doors.restUrl}${path}`, { ...init, method, headers });
      const text = await response.text();
      assert.equal(response.status, status, text);
      assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
      assert.match(asText(JSON.parse(text) as Record<string, unknown>), says);
    });
  }
});

/** A row's texts with what was made before in the place of its name. */
function withMade(text: string): string {
  return text.replaceAll(new RegExp(madeBefore.join('|'), 'g'), (name) => made[name] ?? assert.fail(name));
}

describe('with a draft, a send and an upload there', () => {
  before(async () => {
    tokens.owner = doors.token;
    const { json: draft } = await doors.overRest('create_draft', mail);
    const { json: page } = await doors.overRest('search_messages', { q: 'one', maxResults: 1 });
    await doors.overRest('send_message', { ...mail, idempotencyKey: 'used' });
    const upload = await fetch(`${doors.restUrl}/api/uploads?filename=a.txt`, {
      method: 'POST',
      headers: { authorization: `Bearer ${doors.tokenWithout('read')}`, 'content-type': 'text/plain' },
      body: 'x',
    });
    const { uploadId } = (await upload.json()) as { uploadId: string };
    Object.assign(made, { MESSAGE: message, DRAFT: draft.id, PAGE: page.nextPageToken, OTHERS: uploadId });
  });

  describe('what is wrong with what a request over REST is about is said', () => {
    for (const { what, request, headers, body, by = 'owner', status, says } of restMistakes) {
      test(what, async () => {
        const [method = '', path = ''] = withMade(request).split(' ');
        const isText = typeof body === 'string';
        const response = await fetch(`${doors.restUrl}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${tokens[by]}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: withMade(isText ? body : JSON.stringify(body)) }),
        });
        const text = await response.text();
        assert.equal(response.status, status, text);
        const facts = JSON.parse(text) as Record<string, unknown>;
        assert.match(asText(facts), says);
        assert.ok('expected' in facts || 'hint' in facts || 'faults' in facts || /not valid JSON: ./.test(text), text);
      });
    }
  });

  describe('what is wrong with a message over MCP is said', () => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    for (const { what, method, params, by = 'owner', kind, says } of mcpMistakes) {
      test(what, async () => {
        const { name, uri, ...others } = JSON.parse(withMade(JSON.stringify(params))) as Record<string, unknown>;
        const named = name ?? uri;
        const response = await fetch(doors.mcpUrl, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${tokens[by]}`,
            accept: 'application/json, text/event-stream',
            'content-type': 'application/json',
            'mcp-protocol-version': '2026-07-28',
            'mcp-method': method,
            ...(typeof named === 'string' ? { 'mcp-name': named } : {}),
          },
          body: JSON.stringify({
            jsonrpc: '2.0',
            id: 1,
            method,
            params: { ...(name === undefined ? { uri } : { name }), ...others, _meta: meta },
          }),
        });
        const answer = JSON.parse(await response.text()) as {
          readonly error?: { readonly message: string };
          readonly result?: { readonly isError?: boolean; readonly content: readonly { readonly text: string }[] };
        };
        assert.equal(answer.result?.isError, kind === 'call' ? true : undefined, JSON.stringify(answer));
        assert.match(kind === 'call' ? (answer.result?.content[0]?.text ?? '') : (answer.error?.message ?? ''), says);
      });
    }
  });
});

describe('what is wrong with a command is said', () => {
  const rows: readonly (readonly [
    words: readonly string[],
    exit: number,
    says: RegExp,
    environment?: Record<string, string>,
  ])[] = [
    [['serch'], 2, /There is no command serch/],
    [['tokens'], 2, /There is no command tokens[^]*token/],
    [['call'], 2, /expected: /],
    [['call', 'search'], 2, /search_messages/],
    [['call', 'search_messages', '--query', 'x'], 2, /query: no such field[^]*expected: fields: q/],
    [['call', 'search_messages', 'x'], 2, /INVALID_INPUT/],
    [['call', 'read_message'], 2, /id: /],
    [['call', 'read_message', '--id', '00000000deadbeef'], 4, /There is no message/],
    [['call', 'create_draft', '--body-file', '/nowhere'], 2, /field: --body-file[^]*\/nowhere/],
    [['token', 'create'], 2, /field: NAME/],
    [['token', 'create', 'x'], 2, /A token needs grants[^]*read, organize/],
    [['token', 'create', 'x', '--grants', 'write'], 2, /no such grant[^]*got: write/],
    [['token', 'create', 'x', '--grants', 'read', '--expires', '2020-01-01'], 2, /a time to come[^]*12h, 30d/],
    [['token', 'revoke', 'nobody'], 4, /There is no token named nobody/],
    [['config', 'get', 'GMAIL_PORT'], 2, /There is no variable GMAIL_PORT[^]*GMAIL_API_PORT/],
    [['config', 'set', 'GMAIL_API_PORT', 'high'], 2, /GMAIL_API_PORT/],
    [['import', '/nowhere/mail.mbox'], 2, /\/nowhere\/mail\.mbox/],
    [['import'], 2, /PATH|path/],
    [['export', '--maildir', '/proc/nope/mail'], 2, /\/proc\/nope\/mail cannot be written: [^]*hint: Name a place/],
    [['export', '--mbox', '/nowhere/mail.mbox'], 2, /\/nowhere\/mail\.mbox cannot be written: [^]*hint: Name a place/],
    [['token', 'list', '--jsn'], 2, /--jsn[^]*expected: token/],
    [['outbox', 'approve', 'nothing'], 4, /nothing/],
    [['connect', 'emacs'], 2, /There is no such client[^]*claude, desktop/],
    [['accounts', 'remove', 'nobody@example.org'], 4, /nobody@example\.org/],
    [['audit', '--since', 'lately'], 2, /--since/],
    [['call', 'get_profile'], 2, /GMAIL_API_PORT/, { GMAIL_API_PORT: 'x' }],
    [['call', 'get_profile'], 2, /GMAIL_BACKEND/, { GMAIL_BACKEND: 'imap' }],
    [['call', 'get_profile'], 2, /GMAIL_GRANTS[^]*read/, { GMAIL_GRANTS: 'reed' }],
  ];
  for (const [words, exit, says, environment] of rows) {
    test(`gmail-llm ${words.join(' ')} ${Object.entries(environment ?? {}).join(' ')}`, async (t) => {
      const { code, stdout, stderr } = await runCommand(words, {
        ...environment,
        GMAIL_HOME: join(temporaryFolder(t), 'home'),
      });
      assert.match(stderr, says);
      assert.equal(code, exit, stderr);
      assert.equal(stdout, '');
      assert.doesNotMatch(stderr, /^\s+at /m, 'no stack');
    });
  }
});
