import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestHome, sharedTestHome } from './test-home.ts';

const refusing = sharedTestHome();

type Json = Record<string, unknown>;

const lines = [
  'From: Ann <ann@example.org>',
  'Date: Mon, 01 Jun 2020 10:00:00 +0000',
  'Message-ID: <old@example.org>',
  'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
  '',
  'An old letter.',
  '',
];

test('a message is imported as base64, byte for byte, dated by its Date header, under its labels', async (t) => {
  const { json, mailbox } = openTestHome(t);
  await json('create_label', { name: 'Archive 2020' });
  const bytes = Buffer.from(lines.join('\r\n'));
  const filed = await json('import_message', { raw: bytes.toString('base64'), labelIds: ['archive 2020', 'INBOX'] });
  const { raw } = await mailbox.getRawMessage(String(filed.id));
  assert.deepEqual(Buffer.from(raw), bytes);
  const message = await json('read_message', { id: filed.id });
  assert.equal(message.subject, 'Grüße');
  assert.equal(message.internalDate, String(Date.UTC(2020, 5, 1, 10)));
  assert.deepEqual(message.labelIds, filed.labelIds);
  assert.equal((message.labelIds as string[]).length, 2);
});

test('base64url counts too, and a text gets the line ends of a message', async (t) => {
  const { json, text, mailbox } = openTestHome(t);
  const url = await json('import_message', { raw: Buffer.from(lines.join('\r\n')).toString('base64url') });
  assert.equal((await json('read_message', { id: url.id })).subject, 'Grüße');
  const other = lines.join('\n').replace('old@', 'other@');
  const answer = await text('import_message', { text: other });
  const [, id = ''] = /^Imported as message ([\da-f]{16}) in thread [\da-f]{16}, labels: none$/.exec(answer) ?? [];
  assert.equal(Buffer.from((await mailbox.getRawMessage(id)).raw).toString(), other.replaceAll('\n', '\r\n'));
});

test('a message is imported by its fields, as plain text and nothing else, without the grant to send', async (t) => {
  const { json, mailbox } = openTestHome(t);
  const fields = {
    from: 'Ann Lee <ann@example.org>',
    to: ['me@example.org'],
    date: '2020-06-01T12:00:00+02:00',
    subject: 'Grüße <img src=x>',
    text: '<img src="https://attacker.example/">\nContent-Type: text/html',
  };
  const id = String((await json('import_message', fields, ['organize'])).id);
  const message = await json('read_message', { id });
  assert.equal(message.from, 'Ann Lee <ann@example.org>');
  assert.equal(message.internalDate, String(Date.UTC(2020, 5, 1, 10)));
  assert.equal(message.text, fields.text);
  assert.match(Buffer.from((await mailbox.getRawMessage(id)).raw).toString(), /^Content-Type: text\/plain/m);
  for (const whole of [{ raw: Buffer.from(lines.join('\r\n')).toString('base64') }, { text: lines.join('\n') }]) {
    await assert.rejects(json('import_message', whole, ['organize']), {
      code: 'FORBIDDEN',
      message: 'Importing a whole message needs the grant "send".',
    });
  }
  for (const wrong of [
    { ...fields, raw: 'RnJvbTogeA==' },
    { subject: 'x', text: 'x' },
    { ...fields, from: 'a@b.org, c@d.org' },
    { ...fields, from: 'Ann' },
  ]) {
    await assert.rejects(json('import_message', wrong, ['organize', 'send']), { code: 'INVALID_INPUT' });
  }
});

const refused: readonly (readonly [string, Json, string, Json])[] = [
  [
    'neither form',
    {},
    'The message is given in one form.',
    { field: 'raw', expected: 'raw, or from and the other fields', got: 'neither' },
  ],
  [
    'both forms',
    { raw: 'RnJvbTogeA==', text: 'From: x' },
    'The message is given in one form.',
    { field: 'raw', expected: 'raw, or from and the other fields', got: 'both' },
  ],
  [
    'a text that is no message',
    { text: 'Dear Ann,\n\nhello.' },
    'This is no message.',
    {
      field: 'text',
      expected: 'RFC 5322: header fields such as "From: ann@example.org", an empty line, the body',
      got: String.raw`"Dear Ann,\r\n\r\nhello."`,
    },
  ],
  [
    'an unknown label',
    { text: 'From: x', labelIds: ['Paris'] },
    'There is no label "Paris".',
    { field: 'labelIds', expected: 'a name or id that list_labels shows', got: 'Paris' },
  ],
];
for (const [what, input, message, details] of refused) {
  test(`importing ${what} is refused, and nothing is filed`, async () => {
    const { json } = refusing();
    await assert.rejects(json('import_message', input), { code: 'INVALID_INPUT', message, details });
    assert.equal((await json('get_profile', {})).messagesTotal, 0);
  });
}

test('what is no base64 is refused', async (t) => {
  const { json } = openTestHome(t);
  await assert.rejects(json('import_message', { raw: 'From: x' }), {
    code: 'INVALID_INPUT',
    details: { field: 'raw', faults: ['raw: expected base64 or base64url, got "From: x"'] },
  });
});

test('deleted messages are gone for good, all or none', async (t) => {
  const { json, text, deliver } = openTestHome(t);
  const [one, two, three] = await deliver([{ subject: 'One' }, { subject: 'Two' }, { subject: 'Three' }]);
  const unknown = '00000000deadbeef';
  await assert.rejects(json('delete_messages', { ids: [one, unknown] }), { code: 'NOT_FOUND' });
  assert.equal((await json('get_profile', {})).messagesTotal, 3);
  assert.deepEqual(await json('delete_messages', { ids: [one, two] }), { deleted: 2 });
  await assert.rejects(json('read_message', { id: one }), { code: 'NOT_FOUND' });
  assert.equal(await text('delete_messages', { ids: [three] }), 'Deleted 1 message for good.');
  assert.equal((await json('get_profile', {})).messagesTotal, 0);
});

test('deleting for good needs the grant of its own', async (t) => {
  const { json, deliver } = openTestHome(t);
  const [id] = await deliver([{}]);
  await assert.rejects(json('delete_messages', { ids: [id] }, ['read', 'organize', 'draft', 'send', 'settings']), {
    code: 'FORBIDDEN',
    message: 'delete_messages needs the grant "delete".',
  });
  assert.equal((await json('get_profile', {})).messagesTotal, 1);
});
