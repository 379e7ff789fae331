import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';

const mail = 'To: ann@example.org\r\nSubject: Tea\r\n\r\nAt four?\r\n';
const send = 'upload/gmail/v1/users/me/messages/send';

function related(json: string, message: string, headers = 'Content-Type: message/rfc822'): string {
  return [
    '--b',
    'Content-Type: application/json; charset=UTF-8',
    '',
    json,
    '--b',
    headers,
    '',
    message,
    '--b--',
    '',
  ].join('\r\n');
}

async function rawOf(emulator: TestEmulator, id: string): Promise<string> {
  return Buffer.from((await emulator.mailbox().getRawMessage(id)).raw).toString();
}

test('a message is uploaded alone', async (t) => {
  const emulator = await startTestEmulator(t);
  const answer = await emulator.call('POST', `${send}?uploadType=media`, {
    body: mail,
    headers: { 'content-type': 'message/rfc822' },
  });
  assert.equal(answer.status, 200, answer.text);
  const raw = await rawOf(emulator, (answer.json as { id: string }).id);
  assert.ok(raw.endsWith('\r\n\r\nAt four?\r\n'), raw);
});

test('a message is uploaded beside its JSON, as it is or in base64', async (t) => {
  const emulator = await startTestEmulator(t);
  const path = 'upload/gmail/v1/users/me/messages?uploadType=multipart';
  const options = { headers: { 'content-type': 'multipart/related; boundary=b' } };
  const plain = await emulator.call('POST', path, { ...options, body: related('{"labelIds":["STARRED"]}', mail) });
  assert.equal(plain.status, 200, plain.text);
  const { id, labelIds } = plain.json as { id: string; labelIds: string[] };
  assert.deepEqual(labelIds, ['STARRED']);
  assert.equal(await rawOf(emulator, id), mail);
  const encoded = Buffer.from(mail).toString('base64').replaceAll(/.{40}/g, '$&\r\n');
  const headers = 'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64';
  const base64 = await emulator.call('POST', path, { ...options, body: related('{}', encoded, headers) });
  assert.equal(await rawOf(emulator, (base64.json as { id: string }).id), mail);
});

const untouched = startTestEmulator({ after });

for (const [what, query, contentType, body, status, message] of [
  ['of no kind', '', 'message/rfc822', mail, 400, /Invalid upload type: none given/],
  ['of an unknown kind', '?uploadType=magic', 'message/rfc822', mail, 400, /Invalid upload type: magic/],
  ['that can be resumed', '?uploadType=resumable', 'message/rfc822', mail, 501, /resumable uploads/],
  ['of a picture', '?uploadType=media', 'image/png', mail, 400, /Media type 'image\/png' is not supported/],
  ['without a boundary', '?uploadType=multipart', 'multipart/related', mail, 400, /Malformed multipart body/],
  ['of one part', '?uploadType=multipart', 'multipart/related; boundary=b', '--b\r\n\r\n{}\r\n--b--', 400, /Malformed/],
  [
    'with broken JSON',
    '?uploadType=multipart',
    'multipart/related; boundary=b',
    related('{', mail),
    400,
    /Expected a value/,
  ],
  [
    'of a part that is no message',
    '?uploadType=multipart',
    'multipart/related; boundary=b',
    related('{}', mail, 'Content-Type: text/plain'),
    400,
    /Media type 'text\/plain'/,
  ],
] as const) {
  test(`an upload ${what} is refused, and nothing is sent`, async () => {
    const emulator = await untouched;
    const answer = await emulator.call('POST', `${send}${query}`, { body, headers: { 'content-type': contentType } });
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, message);
    assert.equal((await emulator.mailbox().getProfile()).messagesTotal, 0);
  });
}

test('a message over the limit is refused whichever way it comes', async (t) => {
  const emulator = await startTestEmulator(t);
  const large = Buffer.alloc(36_700_161, 'a');
  large.write('To: ann@example.org\r\nSubject: Large\r\n\r\n');
  const upload = await emulator.call('POST', `${send}?uploadType=media`, {
    body: large,
    headers: { 'content-type': 'message/rfc822' },
  });
  assert.equal(upload.status, 413, upload.text);
  assert.match(upload.text, /"reason": "uploadTooLarge"/);
  const labels = await emulator.call('POST', 'gmail/v1/users/me/labels', {
    body: `{"name":"${'a'.repeat(10 * 1024 * 1024)}"}`,
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(labels.status, 413);
  assert.equal((await emulator.mailbox().getProfile()).messagesTotal, 0);
});
