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

const refused: readonly (readonly [string, Json, string, Json])[] = [
  ['neither form', {}, 'The message is given in one form.', { field: 'raw', expected: 'raw or text', got: 'neither' }],
  [
    'both forms',
    { raw: 'RnJvbTogeA==', text: 'From: x' },
    'The message is given in one form.',
    { field: 'raw', expected: 'raw or text', got: 'both' },
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
