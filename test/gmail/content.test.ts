import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { buildMail } from '../build-mail.ts';
import { contentThroughGmail, readBoth, visibleContent } from './compare-content.ts';

const mailFolder = resolve(import.meta.dirname, '../../../shared/mail');
const skip = existsSync(mailFolder) ? false : `${mailFolder} is absent: put the public mail archives there`;
/** `CONTENT_MESSAGES=all` compares every message there is, in about 20 seconds. */
const wanted = process.env.CONTENT_MESSAGES === 'all' ? Number.POSITIVE_INFINITY : 500;

function messageOf(...lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.join('\r\n'));
}

test('a message reads the same through the JSON of Gmail as from its bytes', { skip }, async (t) => {
  const files = globSync(['**/*.eml', 'spamassassin/*/*.txt'], { cwd: mailFolder }).toSorted();
  assert.ok(files.length > 3000);
  const step = Math.max(1, Math.ceil(files.length / wanted));
  const sample = files.filter((_, index) => index % step === 0);
  const counts = { messages: 0, same: 0, attachments: 0 };
  const different: string[] = [];
  for (const file of sample) {
    const both = await readBoth(join(mailFolder, file));
    if (both === undefined) continue;
    counts.messages += 1;
    counts.attachments += both.raw.attachments.length;
    // The handles a1, a2, … count these, so their order and number must agree in every message.
    const filesOf = ({ attachments }: typeof both.gmail): readonly string[] =>
      attachments.map(({ mimeType, isInline }) => `${mimeType} ${isInline}`);
    assert.deepEqual(filesOf(both.gmail), filesOf(both.raw), file);
    if (visibleContent(both.gmail) === visibleContent(both.raw)) counts.same += 1;
    else different.push(file);
  }
  t.diagnostic(JSON.stringify(counts));
  // The rest is broken mail: bare 8-bit headers in another charset, multiparts without parts.
  assert.ok(counts.same >= 0.99 * counts.messages, different.join('\n'));
});

test('attachments keep their order, names and sizes, files inside attached messages too', async () => {
  const raw = messageOf(
    'Subject: outer',
    'Content-Type: multipart/mixed; boundary=a',
    '',
    '--a',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Gr=C3=BC=C3=9Fe',
    '--a',
    'Content-Type: application/pdf; name="one.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.alloc(1000).toString('base64'),
    '--a',
    'Content-Type: message/rfc822',
    '',
    'Subject: inner',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'Inner text',
    '--b',
    'Content-Type: image/png',
    'Content-Disposition: attachment; filename="two.png"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.alloc(2000).toString('base64'),
    '--b--',
    '--a',
    'Content-Type: text/plain; name="notes.txt"',
    'Content-Disposition: attachment',
    '',
    'a note',
    '--a--',
    '',
  );
  const content = await contentThroughGmail(raw);
  const { attachments, text } = await parseMime(raw);
  assert.deepEqual(
    content.attachments.map(({ filename, sizeBytes }) => [filename, sizeBytes]),
    [
      ['one.pdf', 1000],
      ['two.png', 2000],
      ['notes.txt', 6],
    ],
  );
  assert.deepEqual(
    content.attachments.map(({ filename }) => filename),
    attachments.map(({ filename }) => filename),
  );
  assert.match(content.text ?? '', /Grüße[^]*Inner text/);
  assert.equal(content.text?.trim(), text?.trim());
});

test('a message attached to a report is a file, as it is in the report itself', async () => {
  const raw = messageOf(
    'Subject: Undelivered',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=a',
    '',
    '--a',
    '',
    'It did not arrive.',
    '--a',
    'Content-Type: message/delivery-status',
    '',
    'Action: failed',
    '--a',
    'Content-Type: message/rfc822',
    '',
    'Subject: lost',
    '',
    'What was written',
    '--a--',
    '',
  );
  const content = await contentThroughGmail(raw);
  assert.equal(content.text?.trim(), 'It did not arrive.');
  assert.equal(visibleContent(content), visibleContent(await parseMime(raw)));
});

test('no text of a message can pass for the end of a part or for the mark of a file', async () => {
  const text = '--boundary-0\r\nContent-Type: text/plain; name=x.exe\r\n\r\n12345678:99';
  const raw = buildMail({ text, attachment: { filename: 'a.bin', content: '12345678:99' } });
  const content = await contentThroughGmail(raw);
  assert.equal(content.text?.replaceAll('\r\n', '\n').trim(), text.replaceAll('\r\n', '\n'));
  assert.deepEqual(
    content.attachments.map(({ sizeBytes }) => sizeBytes),
    [11],
  );
});

test('a header keeps to its line', async () => {
  const content = await contentThroughGmail(messageOf('Subject: =?utf-8?Q?one=0D=0ABcc:_evil@example.com?=', '', 'x'));
  assert.deepEqual(content.bcc, []);
  assert.equal(content.headers.length, 1);
});
