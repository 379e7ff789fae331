import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import type { ParsedMail } from '../../src/mail/message.ts';
import { assertFault, openTestHome, owner, sharedTestHome, type TestHome } from './test-home.ts';

type Json = Readonly<Record<string, unknown>>;

const refusing = sharedTestHome();

/** Makes a draft and answers its id and what it says. */
async function make(
  { json, mailbox }: TestHome,
  fields: Json,
): Promise<{ id: string; answer: Json; mail: ParsedMail }> {
  const answer = await json('create_draft', fields);
  const id = String(answer.id);
  return { id, answer, mail: await parseMime((await mailbox.getDraft(id)).message.raw) };
}

async function change({ json, mailbox }: TestHome, fields: Json): Promise<{ answer: Json; mail: ParsedMail }> {
  const answer = await json('update_draft', fields);
  return { answer, mail: await parseMime((await mailbox.getDraft(String(fields.id))).message.raw) };
}

const addresses = (list: ParsedMail['to']): readonly string[] => list.map(({ address }) => address);
const textOf = ({ text = '' }: ParsedMail): string => text.replaceAll('\r\n', '\n').trimEnd();

test('a draft has the text in both forms, or plain alone', async (t) => {
  const home = openTestHome(t);
  const { mail } = await make(home, { to: ['a@example.org', 'B <b@example.org>'], body: 'Well, **done**.' });
  assert.equal(textOf(mail), 'Well, **done**.');
  assert.match(mail.html ?? '', /Well, <strong>done<\/strong>\./);
  assert.deepEqual(mail.to, [
    { name: '', address: 'a@example.org' },
    { name: 'B', address: 'b@example.org' },
  ]);
  const plain = await make(home, { body: 'a * b', format: 'text' });
  assert.deepEqual([textOf(plain.mail), plain.mail.html], ['a * b', undefined]);
});

test('a draft may be empty, and says what it lacks', async (t) => {
  const { answer } = await make(openTestHome(t), {});
  assert.deepEqual(answer.warnings, [
    'Nobody is named: it can be kept as a draft, but not sent.',
    'It has no subject.',
  ]);
});

test('the name, reply-to address and signature of the address are used, the signature once', async (t) => {
  const home = openTestHome(t);
  const settings = { displayName: 'Bob', replyToAddress: 'desk@example.org', signature: '<b>Bob</b><br>Sales' };
  await home.mailbox.updateSendAs(owner, settings);
  const { mail } = await make(home, { body: 'Hello' });
  assert.deepEqual(mail.from, [{ name: 'Bob', address: owner }]);
  assert.deepEqual(mail.replyTo, [{ name: '', address: 'desk@example.org' }]);
  assert.equal(textOf(mail), 'Hello\n\n-- \nBob\nSales');
  assert.match(mail.html ?? '', /gmail_signature"><b>Bob<\/b><br>Sales/);
  assert.equal(textOf((await make(home, { body: 'Hello', signature: false })).mail), 'Hello');
  assert.equal(textOf((await make(home, { body: 'Hello\n\nBob\nSales' })).mail), 'Hello\n\nBob\nSales');
});

test("an address is written from only if it is the account's and confirmed", async (t) => {
  const home = openTestHome(t);
  await home.mailbox.createSendAs('sales@example.org', { displayName: 'Sales' });
  const { mail } = await make(home, { from: 'Sales@Example.org' });
  assert.deepEqual(mail.from, [{ name: 'Sales', address: 'sales@example.org' }]);
  await assert.rejects(home.json('create_draft', { from: 'boss@example.org' }), {
    code: 'INVALID_INPUT',
    message: 'This account does not send as boss@example.org.',
    details: { field: 'from', expected: `${owner}, sales@example.org`, got: 'boss@example.org' },
  });
});

test('a file is attached from the caller and from another message, a picture is shown where the text says', async (t) => {
  const home = openTestHome(t);
  const [messageId] = await home.deliver([{ attachment: { filename: 'old.txt', content: 'old' } }]);
  const { mail } = await make(home, {
    body: '![](cid:p.png)',
    attachments: [
      { filename: 'p.png', mimeType: 'image/png', contentBase64: 'iVBO\r\nRw==' },
      { messageId, attachment: 'a1' },
      { messageId, attachment: 'a1', filename: 'new.txt', mimeType: 'text/plain' },
    ],
  });
  assert.deepEqual(
    mail.attachments.map(({ filename, mimeType, isInline, content }) => [
      filename,
      mimeType,
      isInline,
      Buffer.from(content).toString('latin1'),
    ]),
    [
      ['p.png', 'image/png', true, '\x89PNG'],
      ['old.txt', 'application/octet-stream', false, 'old'],
      ['new.txt', 'text/plain', false, 'old'],
    ],
  );
  assert.match(mail.html ?? '', /<img src="cid:p\.png"/);
});

const unclear: readonly (readonly [string, Json, string])[] = [
  ['nothing', {}, 'nothing'],
  ['a name alone', { filename: 'a.txt' }, 'filename'],
  ['bytes without a name', { contentBase64: 'eA==' }, 'contentBase64'],
  ['a message alone', { messageId: '1' }, 'messageId'],
  ['two ways', { filename: 'a', contentBase64: 'eA==', uploadId: 'x' }, 'filename, contentBase64, uploadId'],
];
for (const [what, attachment, got] of unclear) {
  test(`an attachment given as ${what} is refused`, async () => {
    await assert.rejects(refusing().json('create_draft', { attachments: [attachment] }), {
      code: 'INVALID_INPUT',
      message: 'attachments[0] does not say in one way which file is meant.',
      details: {
        field: 'attachments[0]',
        expected: '{filename, mimeType, contentBase64}, {messageId, attachment} or {uploadId}',
        got,
        hint: 'A file of this machine is sent to POST /api/uploads of the REST server first; paths are not read.',
      },
    });
  });
}

test('a path is no field of an attachment, and broken base64 is refused', async () => {
  const { json } = refusing();
  await assertFault(
    json('create_draft', { attachments: [{ path: '/etc/passwd' }] }),
    'attachments.0.path: no such field',
  );
  await assert.rejects(json('create_draft', { attachments: [{ filename: 'a', contentBase64: 'a b!' }] }), {
    code: 'INVALID_INPUT',
    details: { field: 'attachments[0].contentBase64', expected: 'base64 or base64url', got: 'a b!' },
  });
});

test('an answer and a forward are not the same, and answering all needs something to answer', async (t) => {
  const { json, deliver } = openTestHome(t);
  const [id] = await deliver([{ subject: 'x' }]);
  await assert.rejects(json('create_draft', { replyTo: id, forward: id }), { code: 'INVALID_INPUT' });
  await assert.rejects(json('create_draft', { replyAll: true }), { code: 'INVALID_INPUT' });
  const { message } = (await json('create_draft', {})) as { message: { id: string } };
  for (const field of ['replyTo', 'forward']) {
    await assert.rejects(json('create_draft', { [field]: message.id }), {
      code: 'INVALID_INPUT',
      message: 'That message is a draft: nobody has sent it.',
    });
  }
});

test('a change keeps what it does not name', async (t) => {
  const home = openTestHome(t);
  await home.mailbox.updateSendAs(owner, { signature: 'Bob' });
  const attachments = [{ filename: 'a.txt', mimeType: 'text/plain', contentBase64: 'eA==' }];
  const first = {
    to: 'a@example.org',
    cc: 'c@example.org',
    bcc: 'd@example.org',
    subject: 'One',
    body: '*x*',
    attachments,
  };
  const { id, mail: before } = await make(home, first);
  const { mail, answer } = await change(home, { id, subject: 'Two' });
  assert.equal(answer.id, id);
  assert.deepEqual({ ...before, ...varying(mail), subject: 'Two' }, { ...mail });
});

/** What differs at every writing. */
function varying({ headers, messageId, dateMs }: ParsedMail) {
  return { headers, messageId, dateMs };
}

test('an empty list or text empties a field', async (t) => {
  const home = openTestHome(t);
  const attachments = [{ filename: 'a.txt', contentBase64: 'eA==' }];
  const { id } = await make(home, { to: 'a@example.org', cc: 'c@example.org', subject: 'One', body: 'x', attachments });
  const { mail } = await change(home, { id, to: [], subject: '', body: '', attachments: [] });
  assert.deepEqual(
    [addresses(mail.to), addresses(mail.cc), mail.subject, textOf(mail), mail.attachments.length],
    [[], ['c@example.org'], '', '', 0],
  );
});

test('a new text replaces the old one with its quote, and says so; the answer stays an answer', async (t) => {
  const home = openTestHome(t);
  const [replyTo] = await home.deliver([
    { subject: 'Plan', from: 'Ann <ann@example.org>', to: owner, text: 'Shall we?' },
  ]);
  const { id, answer } = await make(home, { replyTo, body: 'Yes.' });
  const { message } = answer as { message: { threadId: string } };
  const changed = await change(home, { id, body: 'No.' });
  assert.equal(textOf(changed.mail), 'No.');
  assert.deepEqual(changed.answer.warnings, [
    'What it quoted is gone with the old text: give replyTo or forward again to quote it.',
  ]);
  assert.equal((changed.answer.message as { threadId: string }).threadId, message.threadId);
  assert.equal(changed.mail.references.length, 1);
  await change(home, { id, cc: 'cid@example.org' });
  const requoted = await change(home, { id, body: 'Well.', replyTo });
  assert.match(textOf(requoted.mail), /^Well\.\n\n.*\n\n> Shall we\?$/);
  assert.deepEqual(
    [addresses(requoted.mail.to), addresses(requoted.mail.cc)],
    [['ann@example.org'], ['cid@example.org']],
  );
});

test('a forward that is written anew keeps what was attached, each file once', async (t) => {
  const home = openTestHome(t);
  const [forward] = await home.deliver([{ subject: 'Files', attachment: { filename: 'one.txt', content: 'one' } }]);
  const attachments = [{ filename: 'two.txt', contentBase64: 'dHdv' }];
  const { id } = await make(home, { forward, to: 'a@example.org', body: 'x', attachments });
  const { mail } = await change(home, { id, forward, body: 'y' });
  assert.deepEqual(mail.attachments.map(({ filename }) => filename).toSorted(), ['one.txt', 'two.txt']);
  assert.match(textOf(mail), /^y\n\n-+ /);
});

test('a change of nothing, and of a draft that is not there, is refused', async (t) => {
  const home = openTestHome(t);
  const { id } = await make(home, { to: 'a@example.org' });
  await assert.rejects(home.json('update_draft', { id }), {
    code: 'INVALID_INPUT',
    message: 'There is nothing to change.',
  });
  for (const name of ['update_draft', 'delete_draft', 'send_draft']) {
    const input = name === 'update_draft' ? { id: 'r12345', subject: 'x' } : { id: 'r12345' };
    await assert.rejects(home.json(name, input), { code: 'NOT_FOUND' });
  }
});

test('a dry run of a draft says what it would be and makes none', async (t) => {
  const { json } = openTestHome(t);
  const answer = await json('create_draft', { to: 'Ann <ann@example.org>', subject: 'x', body: 'y', dryRun: true });
  const { to, subject, text } = answer.target as Json;
  assert.deepEqual([answer.method, to, subject, text], ['createDraft', ['ann@example.org'], 'x', 'y']);
  assert.deepEqual(await json('list_drafts', {}), { drafts: [] });
});

test('a deleted draft can be brought back', async (t) => {
  const home = openTestHome(t);
  const { id } = await make(home, { to: 'a@example.org', subject: 'Back', body: 'x' });
  assert.match(
    await home.text('delete_draft', { id }),
    /^Deleted draft r-?\d+\.\n.*\nTo: a@example\.org\nSubject: Back\n/,
  );
  await home.text('undo', {});
  const { drafts } = (await home.json('list_drafts', {})) as { drafts: readonly { subject: string }[] };
  assert.deepEqual(
    drafts.map(({ subject }) => subject),
    ['Back'],
  );
});
