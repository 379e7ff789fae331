import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { gmailScopes } from '../../src/mail/gmail-methods.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';

interface InnerRequest {
  readonly line: string;
  readonly id?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

function batchOf(parts: readonly InnerRequest[], boundary = 'b'): string {
  const texts = parts.map(({ line, id, headers = [], body = '' }) =>
    [
      `--${boundary}`,
      'Content-Type: application/http',
      ...(id === undefined ? [] : [`Content-ID: <${id}>`]),
      '',
      line,
      ...headers,
      '',
      body,
    ].join('\r\n'),
  );
  return `${texts.join('\r\n')}\r\n--${boundary}--\r\n`;
}

interface InnerAnswer {
  readonly status: number;
  readonly body: string;
}

/** The parts of an answer by their Content-ID. */
function answersIn(text: string, contentType: string): ReadonlyMap<string, InnerAnswer> {
  const [, boundary = ''] = /boundary=(\S+)/.exec(contentType) ?? [];
  assert.ok(text.endsWith(`--${boundary}--\r\n`));
  const parts = text.split(`--${boundary}\r\n`).slice(1);
  return new Map(
    parts.map((part) => {
      const [head = '', inner = '', ...body] = part.split('\r\n\r\n');
      assert.match(head, /^Content-Type: application\/http\r\n/);
      const [, id = ''] = /Content-ID: (\S+)/.exec(head) ?? [];
      const [, status = ''] = /^HTTP\/1\.1 (\d{3}) /.exec(inner) ?? [];
      return [id, { status: Number(status), body: body.join('\r\n\r\n') }];
    }),
  );
}

async function send(
  emulator: TestEmulator,
  parts: readonly InnerRequest[],
  token?: string | null,
  path = 'batch/gmail/v1',
) {
  const answer = await emulator.call('POST', path, {
    body: batchOf(parts),
    headers: { 'content-type': 'multipart/mixed; boundary=b' },
    ...(token === undefined ? {} : { token }),
  });
  assert.equal(answer.status, 200, answer.text);
  return answersIn(answer.text, answer.headers.get('content-type') ?? '');
}

const profile = { line: 'GET /gmail/v1/users/me/profile HTTP/1.1' };

test('each part of a batch is answered under its own id, with its own status', async (t) => {
  const emulator = await startTestEmulator(t);
  const answers = await send(emulator, [
    { ...profile, id: 'one' },
    { line: 'GET /gmail/v1/users/me/messages/1?prettyPrint=false', id: 'two' },
    { line: 'GET /nothing', id: 'three' },
    { line: 'GET http://ignored.example/gmail/v1/users/me/labels?fields=labels/id', id: 'four' },
    {
      line: 'POST /gmail/v1/users/me/labels HTTP/1.1',
      id: 'five',
      headers: ['Content-Type: application/json'],
      body: '{"name":"Wörk"}',
    },
    { line: 'POST /gmail/v1/users/me/messages/batchModify', id: 'six', body: '{"ids":[]}' },
  ]);
  assert.deepEqual(Object.fromEntries(Array.from(answers, ([id, { status }]) => [id, status])), {
    '<response-one>': 200,
    '<response-two>': 404,
    '<response-three>': 404,
    '<response-four>': 200,
    '<response-five>': 200,
    '<response-six>': answers.get('<response-six>')?.status,
  });
  assert.match(answers.get('<response-one>')?.body ?? '', /"emailAddress": "me@example\.org"/);
  assert.match(answers.get('<response-two>')?.body ?? '', /^\{"error":\{"code":404,/);
  assert.match(answers.get('<response-five>')?.body ?? '', /"name": "Wörk"/);
  const { callsByMethod, requests, unitsTotal } = emulator.counters.read();
  assert.equal(callsByMethod['gmail.users.getProfile'], 1);
  assert.equal(callsByMethod['gmail.users.messages.get'], 1);
  assert.deepEqual({ requests, unitsTotal }, { requests: 1, unitsTotal: 1 + 20 + 1 + 5 + 50 });
});

test('a part is authorised by its own header, else by that of the batch', async (t) => {
  const emulator = await startTestEmulator(t);
  const labels = emulator.tokens.issue({ scopes: [gmailScopes.labels] }).accessToken;
  const inner = { ...profile, headers: [`Authorization: Bearer ${emulator.account.accessToken}`] };
  const narrow = await send(
    emulator,
    [
      { ...profile, id: 'outer' },
      { ...inner, id: 'inner' },
    ],
    labels,
  );
  assert.equal(narrow.get('<response-outer>')?.status, 403);
  assert.equal(narrow.get('<response-inner>')?.status, 200);
  const none = await send(
    emulator,
    [
      { ...profile, id: 'outer' },
      { ...inner, id: 'inner' },
    ],
    null,
    'batch',
  );
  assert.equal(none.get('<response-outer>')?.status, 401);
  assert.equal(none.get('<response-inner>')?.status, 200);
});

test('of a batch of fifty some parts are too many at a time', async (t) => {
  const emulator = await startTestEmulator(t);
  const parts = Array.from({ length: 50 }, (_, index) => ({ ...profile, id: `p${index}` }));
  const statuses = [...(await send(emulator, parts)).values()].map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 30);
  assert.equal(statuses.filter((status) => status === 429).length, 20);
  const fewer = [...(await send(emulator, parts.slice(0, 25))).values()].map(({ status }) => status);
  assert.deepEqual(new Set(fewer), new Set([200]));
});

test('batches of one user count together', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { latencyMs: 300 } });
  const parts = Array.from({ length: 25 }, (_, index) => ({ ...profile, id: `p${index}` }));
  const answers = await Promise.all([send(emulator, parts), send(emulator, parts)]);
  const statuses = answers.flatMap((answer) => Array.from(answer.values(), ({ status }) => status));
  assert.equal(statuses.filter((status) => status === 429).length, 5);
});

test('parts of a batch run at the same time', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { latencyMs: 300 } });
  await send(
    emulator,
    Array.from({ length: 20 }, (_, index) => ({ ...profile, id: `p${index}` })),
  );
  assert.equal(emulator.counters.read().mostInFlight, 20);
});

const untouched = startTestEmulator({ after });

for (const [what, body, contentType, message] of [
  ['no boundary', batchOf([profile]), 'multipart/mixed', /needs the content type multipart\/mixed/],
  ['another type', batchOf([profile]), 'application/json', /needs the content type multipart\/mixed/],
  ['no parts', '--b--\r\n', 'multipart/mixed; boundary=b', /0 items/],
  ['no end', batchOf([profile]).replace('--b--', ''), 'multipart/mixed; boundary=b', /0 items/],
  ['a part that is no request', batchOf([{ line: 'hello' }]), 'multipart/mixed; boundary=b', /no HTTP request/],
  ['101 parts', batchOf(Array.from({ length: 101 }, () => profile)), 'multipart/mixed; boundary="b"', /101 parts/],
] as const) {
  test(`a batch with ${what} is refused`, async () => {
    const emulator = await untouched;
    const answer = await emulator.call('POST', 'batch/gmail/v1', { body, headers: { 'content-type': contentType } });
    assert.equal(answer.status, 400);
    assert.match(answer.text, message);
    assert.deepEqual(emulator.counters.read().callsByMethod, {});
  });
}

test('uploads and batches do not go into a batch', async (t) => {
  const emulator = await startTestEmulator(t);
  const answers = await send(emulator, [
    { line: 'POST /batch/gmail/v1', id: 'batch' },
    { line: 'POST /upload/gmail/v1/users/me/messages/send?uploadType=media', id: 'upload' },
  ]);
  assert.deepEqual(
    [...answers.values()].map(({ status }) => status),
    [404, 404],
  );
});
