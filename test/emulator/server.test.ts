import assert from 'node:assert/strict';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { gmailScopes } from '../../src/mail/gmail-methods.ts';
import { startEmulator } from '../../src/emulator/start-emulator.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const profile = 'gmail/v1/users/me/profile';
const labels = 'gmail/v1/users/me/labels';
const mail = 'From: ann@example.org\r\nTo: me@example.org\r\nSubject: Tea\r\nMessage-ID: <tea@x>\r\n\r\nAt four?\r\n';

function errorOf(json: unknown) {
  return (json as { error: { code: number; message: string; status: string; errors: Record<string, string>[] } }).error;
}

test('a call without a token, with a wrong one and with an expired one is answered 401 in the words of each', async (t) => {
  const emulator = await startTestEmulator(t);
  const missing = await emulator.call('GET', profile, { token: null });
  assert.equal(missing.status, 401);
  assert.match(errorOf(missing.json).message, /^Request is missing required authentication credential\. /);
  assert.deepEqual(errorOf(missing.json).errors, [
    {
      message: 'Login Required.',
      domain: 'global',
      reason: 'required',
      location: 'Authorization',
      locationType: 'header',
    },
  ]);
  assert.equal(missing.headers.get('www-authenticate'), 'Bearer realm="https://accounts.google.com/"');

  const wrong = await emulator.call('GET', profile, { token: 'ya29.wrong' });
  assert.equal(errorOf(wrong.json).errors[0]?.reason, 'authError');
  assert.equal(
    wrong.headers.get('www-authenticate'),
    'Bearer realm="https://accounts.google.com/", error="invalid_token"',
  );

  assert.equal((await emulator.call('GET', profile)).status, 200);
  emulator.clock.advance(3_600_000);
  const expired = await emulator.call('GET', profile);
  assert.equal(expired.status, 401);
  assert.match(errorOf(expired.json).message, /^Request had invalid authentication credentials\. /);
});

test('a token may stand in the query, an API key is none', async (t) => {
  const emulator = await startTestEmulator(t);
  const { accessToken } = emulator.account;
  assert.equal((await emulator.call('GET', `${profile}?access_token=${accessToken}`, { token: null })).status, 200);
  const key = await emulator.call('GET', `${profile}?key=AIza`, { token: null });
  assert.equal(key.status, 401);
  assert.match(errorOf(key.json).message, /^API keys are not supported by this API\./);
});

test('a user is me or his own address, and nobody else', async (t) => {
  const emulator = await startTestEmulator(t, { emailAddresses: ['me@example.org', 'ann@example.org'] });
  assert.equal((await emulator.call('GET', 'gmail/v1/users/Me@Example.org/profile')).status, 200);
  const other = await emulator.call('GET', 'gmail/v1/users/ann@example.org/profile');
  assert.equal(other.status, 403);
  assert.equal(errorOf(other.json).message, 'Delegation denied for me@example.org');
});

test('a token without a scope of the method is refused with the name of the method', async (t) => {
  const emulator = await startTestEmulator(t);
  const token = emulator.tokens.issue({ scopes: [gmailScopes.readonly] }).accessToken;
  assert.equal((await emulator.call('GET', labels, { token })).status, 200);
  const refused = await emulator.call('POST', labels, { token, body: { name: 'Work' } });
  assert.deepEqual(refused.json, {
    error: {
      code: 403,
      message: 'Request had insufficient authentication scopes.',
      errors: [{ message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' }],
      status: 'PERMISSION_DENIED',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
          domain: 'googleapis.com',
          metadata: { service: 'gmail.googleapis.com', method: 'gmail.users.labels.create' },
        },
      ],
    },
  });
});

test('the metadata scope holds a token to headers, whatever else it may do', async (t) => {
  const emulator = await startTestEmulator(t);
  const { id } = await emulator.deliver(undefined, Buffer.from(mail));
  const token = emulator.tokens.issue({ scopes: [gmailScopes.readonly, gmailScopes.metadata] }).accessToken;
  const get = (path: string) => emulator.call('GET', `gmail/v1/users/me/${path}`, { token });
  assert.equal((await get('messages')).status, 200);
  assert.equal((await get(`messages/${id}?format=metadata`)).status, 200);
  assert.equal(errorOf((await get('messages?q=tea')).json).message, "Metadata scope does not support 'q' parameter");
  assert.equal(errorOf((await get(`messages/${id}`)).json).message, "Metadata scope doesn't allow format FULL");
  assert.equal(errorOf((await get(`threads/${id}?format=full`)).json).code, 403);
  assert.equal(
    errorOf((await get(`messages/${id}?format=raw`)).json).message,
    "Metadata scope doesn't allow format RAW",
  );
});

test('what only service accounts may do is refused to the login of a person', async (t) => {
  const emulator = await startTestEmulator(t);
  const body = { forwardingEmail: 'ann@example.org' };
  const path = 'gmail/v1/users/me/settings/forwardingAddresses';
  const refused = await emulator.call('POST', path, { body });
  assert.equal(refused.status, 403);
  assert.match(errorOf(refused.json).message, /^Access restricted to service accounts/);
  const token = emulator.tokens.issue({ isServiceAccount: true }).accessToken;
  assert.equal((await emulator.call('POST', path, { body, token })).status, 200);
});

test('paths, methods and bodies that the API does not have are refused as by the front end of Google', async (t) => {
  const emulator = await startTestEmulator(t);
  for (const [method, path] of [
    ['GET', 'gmail/v1/users/me/nothing'],
    ['GET', 'gmail/v1/users/me/messages/a/b'],
    ['GET', 'gmail/v1/users/me/messages/%E0%A4%A'],
    ['DELETE', profile],
    ['GET', 'upload/gmail/v1/users/me/profile'],
    ['GET', 'nothing'],
  ] as const) {
    const answer = await emulator.call(method, path);
    assert.equal(answer.status, 404, path);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(answer.text, /was not found on this server/);
  }
  assert.equal((await emulator.call('GET', 'token')).status, 405);
  assert.equal((await emulator.call('GET', 'batch')).status, 405);
  const unknown = await emulator.call('GET', `${profile}?nonsense=1`);
  assert.equal(unknown.status, 400);
  assert.match(errorOf(unknown.json).message, /Unknown name "nonsense": Cannot bind query parameter/);
  const broken = await emulator.call('POST', labels, {
    body: '{"name":',
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(errorOf(broken.json).message, 'Invalid JSON payload received. Expected a value.\n{"name":\n^');
});

/** The status line of an answer to bytes that no client library sends. */
async function rawStatus(rootUrl: string, lines: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(rootUrl).port), '127.0.0.1');
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
  return (await text(socket)).split('\r\n', 1)[0] ?? '';
}

test('a POST tells how long it is, a GET has no body, a foreign host gets nothing', async (t) => {
  const { rootUrl, account } = await startTestEmulator(t);
  const authorization = `Authorization: Bearer ${account.accessToken}`;
  const { host } = new URL(rootUrl);
  const common = [`Host: ${host}`, authorization, 'Connection: close'];
  assert.equal(await rawStatus(rootUrl, [`POST /${labels} HTTP/1.1`, ...common]), 'HTTP/1.1 411 Length Required');
  assert.equal(
    await rawStatus(rootUrl, [`GET /${profile} HTTP/1.1`, ...common, 'Content-Length: 2', '', '{}']),
    'HTTP/1.1 400 Bad Request',
  );
  assert.equal(
    await rawStatus(rootUrl, [`GET /${profile} HTTP/1.1`, 'Host: evil.example', authorization, 'Connection: close']),
    'HTTP/1.1 403 Forbidden',
  );
});

test('fields selects parts of an answer', async (t) => {
  const emulator = await startTestEmulator(t);
  const { id, threadId } = await emulator.deliver(undefined, Buffer.from(mail));
  const get = async (fields: string, path = `messages/${id}`) =>
    (await emulator.call('GET', `gmail/v1/users/me/${path}?fields=${encodeURIComponent(fields)}`)).json;
  const headers = [
    { name: 'From', value: 'ann@example.org' },
    { name: 'To', value: 'me@example.org' },
    { name: 'Subject', value: 'Tea' },
    { name: 'Message-ID', value: '<tea@x>' },
  ];
  assert.deepEqual(await get('id,threadId'), { id, threadId });
  assert.deepEqual(await get('payload/headers'), { payload: { headers } });
  assert.deepEqual(await get('payload(mimeType,headers/name),id'), {
    id,
    payload: { mimeType: 'text/plain', headers: headers.map(({ name }) => ({ name })) },
  });
  assert.deepEqual(await get('payload/mimeType,payload/filename'), {
    payload: { mimeType: 'text/plain', filename: '' },
  });
  assert.deepEqual(await get('payload,payload/mimeType'), await get('payload'));
  assert.deepEqual(await get('messages/*/value,nextPageToken', 'messages'), { messages: [{}] });
  assert.deepEqual(await get('*', 'messages'), (await emulator.call('GET', 'gmail/v1/users/me/messages')).json);
  assert.deepEqual(await get('nextPageToken', 'messages'), {});
});

const untouched = startTestEmulator({ after });

for (const fields of [
  'nope',
  'id,',
  'payload(',
  'payload()',
  'payload(mimeType',
  'id)',
  '/id',
  'payload/nope',
  '',
  'a b',
]) {
  test(`fields=${fields} is refused before anything is done`, async () => {
    const emulator = await untouched;
    const answer = await emulator.call('POST', `${labels}?fields=${encodeURIComponent(fields)}`, {
      body: { name: 'Work' },
    });
    assert.equal(answer.status, 400);
    const [error] = errorOf(answer.json).errors;
    assert.match(error?.message ?? '', /^Invalid field selection /);
    assert.equal(error?.location, 'fields');
    const { json } = await emulator.call('GET', `${labels}?fields=labels/name`);
    assert.ok(!JSON.stringify(json).includes('Work'));
  });
}

test('answers are indented unless the client asks for none of it', async (t) => {
  const emulator = await startTestEmulator(t);
  assert.match((await emulator.call('GET', profile)).text, /^\{\n {2}"emailAddress"/);
  assert.match((await emulator.call('GET', `${profile}?prettyPrint=false`)).text, /^\{"emailAddress"/);
  const error = await emulator.call('GET', `gmail/v1/users/me/messages/1?prettyPrint=false`);
  assert.match(error.text, /^\{"error":\{"code":404,/);
});

test('answers are compressed for clients that accept gzip and say so in their name, too', async (t) => {
  const { rootUrl, account } = await startTestEmulator(t);
  const get = async (headers: Readonly<Record<string, string>>) => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const asked = request(new URL(profile, rootUrl), {
      headers: { authorization: `Bearer ${account.accessToken}`, ...headers },
    });
    asked.on('error', reject);
    asked.on('response', resolve);
    asked.end();
    const response = await promise;
    return { encoding: response.headers['content-encoding'], body: await buffer(response) };
  };
  const compressed = await get({ 'accept-encoding': 'gzip, deflate', 'user-agent': 'client/1 (gzip)' });
  assert.equal(compressed.encoding, 'gzip');
  assert.match(gunzipSync(compressed.body).toString(), /me@example\.org/);
  for (const headers of [
    { 'accept-encoding': 'gzip', 'user-agent': 'client/1' },
    { 'accept-encoding': 'deflate', 'user-agent': 'client/1 (gzip)' },
    { 'accept-encoding': 'gzip;q=0', 'user-agent': 'client/1 (gzip)' },
  ]) {
    assert.equal((await get(headers)).encoding, undefined);
  }
});

test('a history id grows too old a week later, and is forgotten on demand', async (t) => {
  const emulator = await startTestEmulator(t);
  const historyOf = (startHistoryId: string) =>
    emulator.call('GET', `gmail/v1/users/me/history?startHistoryId=${startHistoryId}`, {
      token: emulator.tokens.issue().accessToken,
    });
  const { historyId } = await emulator.mailbox().getProfile();
  await emulator.deliver(undefined, Buffer.from(mail));
  const after = (await emulator.mailbox().getProfile()).historyId;
  emulator.clock.advance(6 * 24 * 3_600_000);
  assert.equal((await historyOf(historyId)).status, 200);
  emulator.clock.advance(24 * 3_600_000);
  const tooOld = await historyOf(historyId);
  assert.equal(tooOld.status, 404);
  assert.equal(errorOf(tooOld.json).message, 'Requested entity was not found.');
  assert.equal((await historyOf(after)).status, 200);
  await emulator.forgetHistory();
  assert.equal((await historyOf(after)).status, 404);
});

test('mail is delivered between the accounts of the emulator', async (t) => {
  const emulator = await startTestEmulator(t, { emailAddresses: ['me@example.org', 'ann@example.org'] });
  const raw = Buffer.from('To: ann@example.org, stranger@example.com\r\nSubject: Hello\r\n\r\nHello\r\n').toString(
    'base64url',
  );
  const sent = await emulator.call('POST', 'gmail/v1/users/me/messages/send', { body: { raw } });
  assert.equal(sent.status, 200, sent.text);
  const ann = emulator.accounts[1]?.accessToken ?? '';
  const { json } = await emulator.call('GET', 'gmail/v1/users/me/messages?q=subject:hello', { token: ann });
  assert.equal((json as { messages: unknown[] }).messages.length, 1);
});

test('an emulator is closed once, cuts what is under way, and leaves its mailboxes to another', async (t) => {
  const folder = temporaryFolder(t);
  const accounts = [{ emailAddress: 'me@example.org', folder }];
  const first = await startEmulator({ accounts, settings: { latencyMs: 60_000 } });
  const headers = { authorization: `Bearer ${first.accounts[0]?.accessToken ?? ''}` };
  const waiting = assert.rejects(fetch(new URL(profile, first.rootUrl), { headers }), /fetch failed/);
  await first.deliver(undefined, Buffer.from(mail));
  await Promise.all([first.close(), first.close()]);
  await waiting;
  const second = await startEmulator({ accounts });
  t.after(() => second.close());
  assert.equal((await second.mailbox().getProfile()).messagesTotal, 1);
  const refused = await fetch(new URL(profile, second.rootUrl), { headers });
  assert.equal(refused.status, 401);
});
