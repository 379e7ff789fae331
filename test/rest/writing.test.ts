import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createToken } from '../../src/safety/tokens/token-store.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { startRestServer, type TestRestServer } from '../support/rest-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const owner = 'me@example.org';

type Json = Readonly<Record<string, unknown>>;

/** A REST server with one local account. */
async function start(t: TestContext, policy?: object): Promise<TestRestServer> {
  const home = temporaryFolder(t);
  const folder = localMailboxFolder(join(home, 'data'), owner);
  openLocalMailbox({ store: openMailStore(folder), emailAddress: owner }).close();
  if (policy !== undefined) writeFileSync(join(home, 'policy.json'), JSON.stringify(policy), { mode: 0o600 });
  return startRestServer(t, { GMAIL_HOME: home });
}

async function request(
  { url, token: ownerToken }: TestRestServer,
  path: string,
  { token = ownerToken, ...init }: RequestInit & { readonly token?: string },
): Promise<{ status: number; json: Json }> {
  const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
  const response = await fetch(`${url}${path}`, { method: 'POST', ...init, headers });
  return { status: response.status, json: (await response.json()) as Json };
}

function send(server: TestRestServer, body: object, headers: Record<string, string> = {}) {
  return request(server, '/api/messages/send', {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const mail = { to: 'ann@example.org', subject: 'Hi', body: 'x' };

test('a send answers what left and where it is', async (t) => {
  const server = await start(t);
  const { status, json } = await send(server, mail);
  assert.equal(status, 200);
  const { id, threadId, outboxId, contentHash, ...others } = json;
  assert.match(`${String(id)} ${String(threadId)}`, /^[\da-f]{16} [\da-f]{16}$/);
  assert.match(`${String(outboxId)} ${String(contentHash)}`, /^[\da-f]{12} [\da-f]{64}$/);
  assert.deepEqual(others, {
    state: 'sent',
    delivery: 'local',
    labelIds: ['SENT'],
    from: owner,
    to: ['ann@example.org'],
    cc: [],
    bcc: [],
    subject: 'Hi',
    attachments: [],
    warnings: ['First mail to ann@example.org.'],
  });
});

test('a send that a person has to approve, or that waits, answers 202', async (t) => {
  const parked = await send(await start(t, { sending: 'confirm' }), mail);
  assert.deepEqual([parked.status, parked.json.state, parked.json.id], [202, 'parked', undefined]);
  const waiting = await send(await start(t, { graceSeconds: 600 }), mail);
  assert.deepEqual([waiting.status, waiting.json.state, waiting.json.id], [202, 'waiting', undefined]);
  assert.ok(Date.parse(String(waiting.json.sendsAt)) > Date.now());
});

test('the header Idempotency-Key, quoted or not, is the same as the field', async (t) => {
  const server = await start(t);
  const answers = await Promise.all([
    send(server, mail, { 'idempotency-key': 'k1' }),
    send(server, mail, { 'idempotency-key': '"k1"' }),
    send(server, { ...mail, idempotencyKey: 'k1' }),
    send(server, { ...mail, idempotencyKey: 'k1' }, { 'idempotency-key': 'k1' }),
  ]);
  assert.deepEqual(
    answers.map(({ status, json }) => [status, json.id]),
    answers.map(() => [200, answers[0]?.json.id]),
  );
  const { status, json } = await send(server, { ...mail, idempotencyKey: 'k2' }, { 'idempotency-key': 'k3' });
  assert.equal(status, 400);
  assert.deepEqual([json.code, json.field, json.expected, json.got], ['INVALID_INPUT', 'idempotencyKey', 'k3', 'k2']);
});

test('a dry run shows the message and sends nothing', async (t) => {
  const server = await start(t);
  const { status, json } = await send(server, { ...mail, dryRun: true });
  assert.equal(status, 200);
  const target = json.target as Json;
  assert.deepEqual([json.dryRun, json.method, target.to, target.text], [true, 'send', ['ann@example.org'], 'x']);
  assert.deepEqual((await server.call('GET', '/api/messages?q=in:sent')).json.messages, []);
});

test('an upload is attached byte for byte, under its name and type', async (t) => {
  const server = await start(t);
  const content = Buffer.from(Array.from({ length: 5_000_000 }, (_, index) => index % 251));
  const { status, json } = await request(server, `/api/uploads?filename=${encodeURIComponent('Übersicht 1.bin')}`, {
    headers: { 'content-type': 'application/x-data; version=1' },
    body: content,
  });
  assert.equal(status, 201);
  const { uploadId, expiresAt, ...facts } = json;
  assert.deepEqual(facts, { filename: 'Übersicht 1.bin', mimeType: 'application/x-data', sizeBytes: 5_000_000 });
  assert.ok(Math.abs(Date.parse(String(expiresAt)) - Date.now() - 3_600_000) < 60_000);
  const folder = join(server.home, 'data/uploads');
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);

  const sent = await send(server, { ...mail, attachments: [{ uploadId }, { uploadId, filename: 'again.bin' }] });
  assert.deepEqual(sent.json.attachments, [
    { filename: 'Übersicht 1.bin', mimeType: 'application/x-data', sizeBytes: 5_000_000 },
    { filename: 'again.bin', mimeType: 'application/x-data', sizeBytes: 5_000_000 },
  ]);
  const response = await fetch(`${server.url}/api/messages/${String(sent.json.id)}/attachments/a1`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  assert.ok(Buffer.from(await response.arrayBuffer()).equals(content));
});

test('an upload belongs to its token, and needs a grant to write', async (t) => {
  const server = await start(t);
  const data = join(server.home, 'data');
  const [reader, other] = (
    [
      ['reader', ['read']],
      ['other', ['read', 'draft', 'send']],
    ] as const
  ).map(([name, grants]) => createToken(data, { name: name, grants: grants }, new Date()));
  assert.ok(reader !== undefined && other !== undefined);
  const upload = (token: string) => {
    const headers = { 'content-type': 'text/plain' };
    return request(server, '/api/uploads?filename=a.txt', { headers, body: 'x', token });
  };
  const refused = await upload(reader);
  assert.deepEqual([refused.status, refused.json.code], [403, 'FORBIDDEN']);
  const { uploadId } = (await upload(other)).json;
  const { status, json } = await send(server, { ...mail, attachments: [{ uploadId }] });
  assert.deepEqual([status, json.code, json.field], [404, 'NOT_FOUND', 'attachments[0].uploadId']);
});

const misnamed = [
  ['no name', '/api/uploads', { 'content-type': 'text/plain' }, 'filename'],
  ['a path', '/api/uploads?filename=..%2Fa', { 'content-type': 'text/plain' }, 'filename'],
  ['a line break in its name', '/api/uploads?filename=a%0D%0Ab', { 'content-type': 'text/plain' }, 'filename'],
  ['another field', '/api/uploads?filename=a&account=x', { 'content-type': 'text/plain' }, 'account'],
  ['a form', '/api/uploads?filename=a', { 'content-type': 'multipart/form-data; boundary=x' }, 'Content-Type'],
  [
    "curl's own media type",
    '/api/uploads?filename=a',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'Content-Type',
  ],
] as const;

test('an upload without a proper name and media type is refused', async (t) => {
  const server = await start(t);
  for (const [what, path, headers, field] of misnamed) {
    const { status, json } = await request(server, path, { headers, body: 'x' });
    const expected = field === 'Content-Type' ? 415 : 400;
    assert.deepEqual([status, json.code, json.field], [expected, 'INVALID_INPUT', field], what);
  }
});

test('an upload that is too large is refused, and nothing is kept', async (t) => {
  const server = await start(t);
  const headers = { 'content-type': 'text/plain' };
  const body = Buffer.alloc(26_000_001);
  const { status, json } = await request(server, '/api/uploads?filename=a', { headers, body });
  assert.deepEqual([status, json.code, json.expected], [413, 'TOO_LARGE', 'at most 26000000 bytes']);
  assert.ok(!readdirSync(join(server.home, 'data')).includes('uploads'));
});

test('a path of this machine is no attachment', async (t) => {
  const server = await start(t);
  const forms = [
    { path: '/etc/passwd' },
    { uploadId: '../token' },
    { filename: '/etc/passwd' },
    { filename: '../a', contentBase64: '' },
  ];
  for (const form of forms) {
    const { status, json } = await send(server, { ...mail, attachments: [form] });
    assert.ok(status === 400 || status === 404, JSON.stringify(json));
  }
  assert.deepEqual((await server.call('GET', '/api/messages?q=in:sent')).json.messages, []);
});
