import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { createToken } from '../../src/safety/tokens/token-store.ts';
import { startRestServer, type TestRestServer } from '../support/rest-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Summary {
  readonly id: string;
  readonly threadId: string;
  readonly subject: string;
  readonly labelIds: readonly string[];
}

describe('the REST door', () => {
  let server: TestRestServer;
  /** A token that may only read, made before the server starts. */
  let token: string;
  const cleanups: (() => unknown)[] = [];
  before(
    async () => {
      const context = { after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) };
      const home = temporaryFolder(context);
      mkdirSync(join(home, 'data'), { mode: 0o700 });
      token = createToken(join(home, 'data'), { name: 'reader', grants: ['read'] }, new Date());
      server = await startRestServer(context, { GMAIL_HOME: home });
    },
    { timeout: 30_000 },
  );
  test.after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  const search = async (query: string): Promise<readonly Summary[]> => {
    const { status, json } = await server.call('GET', `/api/messages?${query}`);
    assert.equal(status, 200, JSON.stringify(json));
    return json.messages as readonly Summary[];
  };

  test('finds messages newest first, each with what the contract promises', async () => {
    const messages = await search('maxResults=500');
    assert.ok(messages.length > 30);
    for (const message of messages) {
      for (const field of ['id', 'threadId', 'internalDate', 'from', 'subject', 'snippet', 'labelIds']) {
        assert.ok(field in message, field);
      }
    }
    const dates = messages.map((message) => Number((message as unknown as { internalDate: string }).internalDate));
    assert.deepEqual(
      dates,
      dates.toSorted((a, b) => b - a),
    );
  });

  test('pages through all messages without showing one twice or leaving one out', async () => {
    const whole = await search('maxResults=500');
    const ids: string[] = [];
    let pageToken: string | undefined;
    do {
      const token = pageToken === undefined ? '' : `&pageToken=${encodeURIComponent(pageToken)}`;
      const { json } = await server.call('GET', `/api/messages?maxResults=7${token}`);
      ids.push(...(json.messages as Summary[]).map((message) => message.id));
      pageToken = json.nextPageToken as string | undefined;
    } while (pageToken !== undefined);
    assert.deepEqual(
      ids,
      whole.map((message) => message.id),
    );
  });

  test('reads a message, its raw form and its attachments', async () => {
    const [hit] = await search('q=filename:pdf&maxResults=1');
    assert.ok(hit);
    const { json } = await server.call('GET', `/api/messages/${hit.id}`);
    assert.equal(json.id, hit.id);
    assert.equal(typeof json.text, 'string');
    const [attachment] = json.attachments as { attachment: string; filename: string; size: number }[];
    assert.ok(attachment);
    const headers = { authorization: `Bearer ${server.token}` };
    const file = await fetch(`${server.url}/api/messages/${hit.id}/attachments/${attachment.attachment}`, { headers });
    const bytes = Buffer.from(await file.arrayBuffer());
    assert.equal(bytes.length, attachment.size);
    assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
    assert.equal(file.headers.get('content-type'), 'application/pdf');
    assert.match(
      file.headers.get('content-disposition') ?? '',
      /^attachment; filename="[^"]+\.pdf"; filename\*=UTF-8''[^"]+\.pdf$/,
    );
    const raw = await fetch(`${server.url}/api/messages/${hit.id}/raw`, { headers });
    assert.equal(raw.headers.get('content-type'), 'message/rfc822');
    assert.match(await raw.text(), /^Subject:/im);
  });

  test('reads a thread oldest first', async () => {
    const replies = await search('q=subject:re&maxResults=500');
    const reply = replies.find((message) => message.threadId !== message.id);
    assert.ok(reply);
    const { json } = await server.call('GET', `/api/threads/${reply.threadId}`);
    const messages = json.messages as { id: string; internalDate: string }[];
    assert.ok(messages.length > 1);
    assert.ok(messages.some((message) => message.id === reply.id));
    const dates = messages.map((message) => Number(message.internalDate));
    assert.deepEqual(
      dates,
      dates.toSorted((a, b) => a - b),
    );
  });

  test('labels, trash and history agree with each other', async () => {
    const profile = await server.call('GET', '/api/profile');
    const [message] = await search('q=is:unread&maxResults=1');
    assert.ok(message);
    const ids = [message.id];
    const change = await server.call('POST', '/api/messages/modify', {
      ids,
      addLabelIds: ['starred'],
      removeLabelIds: ['UNREAD'],
    });
    assert.deepEqual(change.json, { modified: 1 });
    await server.call('POST', '/api/messages/trash', { ids });
    assert.deepEqual((await search(`q=in:trash&maxResults=500`)).filter((hit) => hit.id === message.id).length, 1);
    await server.call('POST', '/api/messages/untrash', { ids });
    const after = await server.call('GET', `/api/messages/${message.id}?body=none`);
    const labelIds = after.json.labelIds as string[];
    assert.ok(labelIds.includes('STARRED') && !labelIds.includes('UNREAD') && !labelIds.includes('TRASH'));
    const start = String(profile.json.historyId);
    const { json } = await server.call('GET', `/api/history?startHistoryId=${start}`);
    const text = JSON.stringify(json.history);
    for (const label of ['STARRED', 'UNREAD', 'TRASH', 'INBOX']) assert.ok(text.includes(label), label);
    const next = await server.call('GET', `/api/history?startHistoryId=${String(json.historyId)}`);
    assert.deepEqual(next.json.history, []);
  });

  const id = '0123456789abcdef';
  const refusals: readonly (readonly [string, string, string, unknown, number, string, RegExp])[] = [
    ['an unknown field', 'GET', '/api/messages?query=x', undefined, 400, 'INVALID_INPUT', /query: no such field/],
    [
      'a number out of range',
      'GET',
      '/api/messages?maxResults=0',
      undefined,
      400,
      'INVALID_INPUT',
      /maxResults: .*got 0/,
    ],
    [
      'a number that is none',
      'GET',
      '/api/messages?maxResults=ten',
      undefined,
      400,
      'INVALID_INPUT',
      /maxResults: .*got \\"ten\\"/,
    ],
    ['a field given twice', 'GET', '/api/messages?q=a&q=b', undefined, 400, 'INVALID_INPUT', /given 2 times/],
    [
      'a malformed query',
      'GET',
      '/api/messages?q=a+%28b',
      undefined,
      400,
      'INVALID_INPUT',
      /opened at position 2.*"position":4/,
    ],
    ['an unknown operator', 'GET', '/api/messages?q=a+colour:red', undefined, 400, 'INVALID_INPUT', /"position":2/],
    ['a foreign page token', 'GET', '/api/messages?pageToken=abc', undefined, 400, 'INVALID_INPUT', /pageToken/],
    ['an unknown message', 'GET', `/api/messages/${id}`, undefined, 404, 'NOT_FOUND', /0123456789abcdef/],
    ['an unknown thread', 'GET', `/api/threads/${id}`, undefined, 404, 'NOT_FOUND', /0123456789abcdef/],
    ['an id that is none', 'GET', '/api/messages/xyz', undefined, 400, 'INVALID_INPUT', /id: .*got \\"xyz\\"/],
    ['an unknown address', 'GET', '/api/nothing', undefined, 404, 'NOT_FOUND', /\/docs/],
    [
      'a wrong method',
      'DELETE',
      '/api/messages/trash',
      undefined,
      405,
      'INVALID_INPUT',
      /"expected":"POST, OPTIONS","got":"DELETE"/,
    ],
    ['an unknown id in a change', 'POST', '/api/messages/trash', { ids: [id] }, 404, 'NOT_FOUND', /0123456789abcdef/],
    [
      'an unknown label',
      'POST',
      '/api/messages/modify',
      { ids: [id], addLabelIds: ['Nope'] },
      400,
      'INVALID_INPUT',
      /Nope/,
    ],
    [
      'a label of Gmail',
      'POST',
      '/api/messages/modify',
      { ids: [id], addLabelIds: ['SENT'] },
      400,
      'INVALID_INPUT',
      /SENT/,
    ],
    ['a change of nothing', 'POST', '/api/messages/modify', { ids: [id] }, 400, 'INVALID_INPUT', /addLabelIds/],
    ['an empty list', 'POST', '/api/messages/trash', { ids: [] }, 400, 'INVALID_INPUT', /ids/],
    ['broken JSON', 'POST', '/api/messages/trash', '{"ids":', 400, 'INVALID_INPUT', /not valid JSON/],
    ['a body that is a list', 'POST', '/api/messages/trash', [1], 400, 'INVALID_INPUT', /a JSON object/],
    [
      'an unknown account',
      'GET',
      '/api/profile?account=nobody@example.org',
      undefined,
      404,
      'NOT_FOUND',
      /nobody@example.org/,
    ],
    ['history that never was', 'GET', '/api/history?startHistoryId=99999999', undefined, 404, 'NOT_FOUND', /99999999/],
    [
      'a body over the limit',
      'POST',
      '/api/messages/trash',
      `"${'x'.repeat(4 * 1024 * 1024)}"`,
      413,
      'TOO_LARGE',
      /4194304/,
    ],
  ];
  for (const [what, method, path, body, status, code, pattern] of refusals) {
    test(`refuses ${what} with ${code}`, async () => {
      const answer = await server.call(method, path, body);
      const text = JSON.stringify(answer.json);
      assert.equal(answer.status, status, text);
      assert.equal(answer.json.code, code, text);
      assert.match(text, pattern);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
      assert.equal(answer.json.requestId, answer.headers.get('x-request-id'));
    });
  }

  test('refuses a body that is not declared as JSON', async () => {
    const response = await fetch(`${server.url}/api/messages/trash`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/plain' },
      body: '{}',
    });
    assert.equal(response.status, 415);
    assert.match(await response.text(), /"expected":"application\/json","got":"text\/plain"/);
  });

  const withHeaders = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      request(`${server.url}/api/profile`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });

  test('refuses a foreign host and a foreign origin before it looks at the token', async () => {
    const authorization = `Bearer ${server.token}`;
    assert.equal(await withHeaders({ host: 'evil.example', authorization }), 403);
    assert.equal(await withHeaders({ host: 'evil.example' }), 403);
    assert.equal(await withHeaders({ origin: 'http://evil.example', authorization }), 403);
    assert.equal(await withHeaders({ origin: 'http://localhost:3000', authorization }), 200);
  });

  test('refuses a missing and a wrong token, and says how to get one', async () => {
    for (const headers of [{}, { authorization: 'Bearer gml_wrong' }]) {
      const response = await fetch(`${server.url}/api/profile`, { headers });
      assert.equal(response.status, 401);
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
      assert.match(await response.text(), /gmail-llm token/);
    }
    assert.equal((await fetch(`${server.url}/metrics`)).status, 401);
  });

  test("a token's grants bind", async () => {
    const [message] = await search('maxResults=1');
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    assert.equal((await fetch(`${server.url}/api/profile`, { headers })).status, 200);
    const response = await fetch(`${server.url}/api/messages/trash`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ids: [message?.id] }),
    });
    assert.equal(response.status, 403);
    assert.match(await response.text(), /"expected":"organize","got":"read"/);
  });

  test("the caller's request id stands on the answer, in the error and on the log line", async () => {
    const headers = { authorization: `Bearer ${server.token}`, 'x-request-id': 'my-call_1' };
    const response = await fetch(`${server.url}/api/messages/${id}`, { headers });
    assert.equal(response.headers.get('x-request-id'), 'my-call_1');
    assert.match(await response.text(), /"requestId":"my-call_1"/);
    const lines = server.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const line = lines.find((candidate) => candidate.requestId === 'my-call_1');
    assert.equal(line?.operation, 'read_message');
    assert.equal(line?.code, 'NOT_FOUND');
    assert.equal(line?.tokenName, 'owner');
  });

  test('nothing of a mail and no token is logged', async () => {
    await search('q=subject:invoice');
    const log = server.logLines.join('');
    assert.ok(!log.includes(server.token));
    assert.ok(!log.includes('invoice'));
  });

  test('health needs no token, metrics count calls by outcome', async () => {
    assert.equal((await fetch(`${server.url}/health/live`)).status, 200);
    const ready = await fetch(`${server.url}/health/ready`);
    assert.equal(ready.status, 200);
    const shown = await ready.text();
    assert.match(shown, /"status":"ready"/);
    assert.ok(!shown.includes('@'), shown);
    const trusted = await fetch(`${server.url}/health/ready`, { headers: { authorization: `Bearer ${server.token}` } });
    assert.match(await trusted.text(), /"status":"ready".*"account":"/);
    const metrics = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${server.token}` } });
    assert.match(
      await metrics.text(),
      /^gmail_llm_call_duration_seconds_count\{server="gmail-api-server",operation="search_messages",code="OK"\} \d+$/m,
    );
  });
});
