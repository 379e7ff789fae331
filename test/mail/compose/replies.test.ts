import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forwardSubject, replySubject } from '../../../src/mail/compose/reply-subject.ts';
import { writeForward } from '../../../src/mail/compose/write-forward.ts';
import type { WritingTime, WrittenMessage } from '../../../src/mail/compose/message-input.ts';
import { writeMessage } from '../../../src/mail/compose/write-message.ts';
import { writeReply } from '../../../src/mail/compose/write-reply.ts';
import { parseMime } from '../../../src/mail/mime/parse-mime.ts';
import { clientOriginals } from './client-originals.ts';
import { lintMessage } from './lint-message.ts';
import { readWithPython, withoutPython } from './python-reader.ts';
import { assertAgreed } from './round-trip.ts';

const time: WritingTime = {
  nowMs: Date.UTC(2026, 10, 22, 14),
  messageId: 'new@gmail.com',
  boundary: 'b0undary4tests',
  locale: 'en',
  timeZone: 'Europe/Vienna',
};
const me = { address: { name: 'Me', address: 'me@gmail.com' } };
const own = { ownAddresses: ['me@gmail.com'], threadId: 't1' };
const locales = ['en-GB', 'de', 'fr', 'es', 'it', 'pt-BR', 'nl'];

const mail = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n`);

async function everyAnswer(): Promise<{ readonly name: string; readonly written: WrittenMessage }[]> {
  const answers: { name: string; written: WrittenMessage }[] = [];
  for (const { client, raw } of clientOriginals) {
    const original = await parseMime(raw);
    for (const locale of locales) {
      for (const format of ['markdown', 'text'] as const) {
        const input = { from: me, body: 'Grüße,\n\nbis **dann**\n.\n', format, original, ...own };
        const at = { ...time, locale };
        for (const all of [false, true]) {
          answers.push({
            name: `answer to ${client}, ${locale}, ${format}, all ${all}`,
            written: writeReply({ ...input, all }, at),
          });
        }
        for (const as of ['inline', 'attachment'] as const) {
          const written = writeForward({ ...input, raw, as, to: 'Zoë <zoe@example.org>' }, at);
          answers.push({ name: `forward of ${client}, ${locale}, ${format}, ${as}`, written });
        }
      }
    }
  }
  return answers;
}

test(
  'answers and forwards of every common program are clean, and read the same everywhere',
  { skip: withoutPython },
  async (context) => {
    const answers = await everyAnswer();
    context.diagnostic(`${answers.length} answers and forwards`);
    const python = readWithPython(answers.map(({ written }) => written.raw));
    for (const [index, { name, written }] of answers.entries()) {
      assert.deepEqual(lintMessage(written.raw), [], name);
      const other = python[index];
      assert.ok(other !== undefined);
      await assertAgreed(written, other, name);
    }
  },
);

test('an answer to an answer to an answer stays clean and in its thread', async () => {
  let raw: Uint8Array = clientOriginals[0]?.raw ?? new Uint8Array();
  const ids: string[] = [];
  for (let depth = 0; depth < 60; depth += 1) {
    const original = await parseMime(raw);
    ids.push(original.messageId);
    const input = { from: me, body: `Answer ${depth}`, format: 'markdown' as const, original, all: true, ...own };
    const written = writeReply(input, { ...time, messageId: `${depth}@gmail.com`, boundary: `boundary${depth}tests` });
    assert.deepEqual(lintMessage(written.raw), [], `depth ${depth}`);
    assert.equal(written.subject, 'Re: Plan for the week');
    raw = written.raw;
  }
  const { references, text } = await parseMime(raw);
  assert.equal(references.length, 50);
  assert.equal(references[0], 'first@example.net');
  assert.deepEqual(references.slice(-3), ids.slice(-3));
  assert.match(text ?? '', /^Answer 59\n\nOn .*, Me <me@gmail.com> wrote:\n\n> Answer 58\n/);
});

test('the lines that introduce a quote are in the language of the reader', async () => {
  const original = await parseMime(clientOriginals[0]?.raw ?? new Uint8Array());
  const lineIn = async (locale: string) => {
    const input = { from: me, body: 'x', format: 'text' as const, original, all: false, ...own };
    return (await parseMime(writeReply(input, { ...time, locale }).raw)).text?.split('\n')[2];
  };
  const sender = 'Jörg Müller <joerg@example.net>';
  assert.equal(await lineIn('en-GB'), `On 20 Nov 2026, 09:55, ${sender} wrote:`);
  assert.equal(await lineIn('en-US'), `On Nov 20, 2026, 9:55 AM, ${sender} wrote:`);
  assert.equal(await lineIn('de-AT'), `Am 20.11.2026, 09:55 schrieb ${sender}:`);
  assert.equal(await lineIn('fr'), `Le 20 nov. 2026, 09:55, ${sender} a écrit :`);
  assert.equal(await lineIn('es'), `El 20 nov 2026, 9:55, ${sender} escribió:`);
  assert.equal(await lineIn('it'), `Il 20 nov 2026, 09:55, ${sender} ha scritto:`);
  assert.equal(await lineIn('pt-BR'), `Em 20 de nov. de 2026, 09:55, ${sender} escreveu:`);
  assert.equal(await lineIn('nl'), `Op 20 nov 2026, 09:55 schreef ${sender}:`);
  assert.equal(await lineIn('constructor'), `On Nov 20, 2026, 9:55 AM, ${sender} wrote:`);
});

test('a reply mark stands once, in whatever language it was there', () => {
  const cases = {
    Plan: 'Re: Plan',
    'Re: Plan': 'Re: Plan',
    'RE: re: Plan': 'Re: Plan',
    'AW: Plan': 'Re: Plan',
    'Antw: SV: Plan': 'Re: Plan',
    'Re[3]: Plan': 'Re: Plan',
    '回复：计划': 'Re: 计划',
    'Отв: План': 'Re: План',
    'Fwd: Plan': 'Re: Fwd: Plan',
    'WG: Re: Plan': 'Re: WG: Re: Plan',
    '[list] Plan': 'Re: [list] Plan',
    '[list] Re: Plan': '[list] Re: Plan',
    'Recall: x': 'Re: Recall: x',
    'Ref: 12': 'Re: Ref: 12',
    '': 'Re:',
    ' a\u2028b ': 'Re: a b',
  };
  for (const [given, expected] of Object.entries(cases)) assert.equal(replySubject(given), expected);
  assert.equal(replySubject('x'.repeat(2000)).length, 998);
});

test('a forward mark stands once', () => {
  const cases = {
    Plan: 'Fwd: Plan',
    'Fwd: Plan': 'Fwd: Plan',
    'FW: WG: Plan': 'Fwd: Plan',
    'Re: Plan': 'Fwd: Re: Plan',
    '转发：计划': 'Fwd: 计划',
    '': 'Fwd:',
  };
  for (const [given, expected] of Object.entries(cases)) assert.equal(forwardSubject(given), expected);
});

const hostile = mail(
  'From: Eve <eve@example.org>',
  'To: me@gmail.com',
  'Subject: =?utf-8?Q?Hi=0D=0ABcc:_attacker@example.com?=',
  'Message-ID: <bad id with spaces@example.org>',
  'References: <ok@example.org> <\u00e9@example.org>',
  'Content-Type: text/html; charset=utf-8',
  'Content-Transfer-Encoding: 8bit',
  '',
  '<html><head><style>.h{display:none} p{background:url(https://track.example/x)}</style><script>alert(1)</script></head>',
  '<body onload="x()"><p style="background:url(https://t.example/a);color:red">Visible text of the mail &lt;b&gt;</p>',
  '<p class="h">HIDDEN one</p><p style="font-size:0">HIDDEN two</p><div style="display:none">HIDDEN three</div><p>zero\u200bwidth</p>',
  '<img src="https://pics.example/a.png" width="20" onerror="x()"><img src="https://track.example/p.gif" width="1" height="1">',
  '<a href="javascript:alert(1)">script link</a> <a href="https://example.org/?a=1&amp;b=2">good link</a>',
  '<form action="https://steal.example"><input name="x"><button>go</button></form><iframe src="x"></iframe>',
  '</blockquote></div></div><img src="cid:nowhere"><svg><script>1</script></svg><b>unclosed',
  '</body></html>',
);

test('a quote shows what its reader saw, and nothing that acts or hides', async () => {
  const original = await parseMime(hostile);
  const input = { from: me, body: 'My **answer**', format: 'markdown' as const, original, all: false, ...own };
  const written = writeReply(input, time);
  const { html = '', text = '', bcc, references, headers } = await parseMime(written.raw);
  assert.deepEqual(lintMessage(written.raw), []);
  assert.deepEqual(bcc, []);
  assert.equal(written.subject, 'Re: Hi Bcc: attacker@example.com');
  assert.deepEqual(references, ['ok@example.org', 'badidwithspaces@example.org']);
  assert.ok(!headers.some(({ name }) => name === 'bcc'));
  for (const part of [text, html]) {
    assert.ok(part.includes('Visible text of the mail'));
    assert.doesNotMatch(part, /HIDDEN|script:|alert|onload|onerror|track\.example|steal|\u200b|nowhere/);
  }
  assert.match(html, /<p style="color:red">Visible text of the mail &lt;b&gt;<\/p>/);
  assert.match(html, /<img src="https:\/\/pics.example\/a.png" width="20">/);
  assert.match(html, /<a href="https:\/\/example.org\/\?a=1&amp;b=2">good link<\/a>/);
  assert.doesNotMatch(html, /<(?:form|input|button|iframe|svg|style|script)/);
  assert.match(html, /<b>unclosed\s*<\/b><\/blockquote><\/div>\s*$/);
});

test('pictures of the original stay in the quote, as parts of the answer', async () => {
  const original = await parseMime(clientOriginals.find(({ client }) => client === 'Outlook')?.raw ?? new Uint8Array());
  const input = {
    from: me,
    body: 'See ![mine](cid:image001.png)',
    format: 'markdown' as const,
    original,
    all: false,
    ...own,
  };
  const mine = { filename: 'mine.png', mimeType: 'image/png', content: Buffer.from('mine'), contentId: 'image001.png' };
  const { html = '', attachments } = await parseMime(writeReply({ ...input, files: [mine] }, time).raw);
  assert.deepEqual(
    attachments.map(({ filename, isInline }) => [filename, isInline]),
    [
      ['mine.png', true],
      ['image001.png', true],
    ],
  );
  for (const { contentId } of attachments) assert.ok(html.includes(`src="cid:${contentId}"`), contentId);
  assert.equal(Buffer.from(attachments[1]?.content ?? []).toString('base64'), 'iVBORw0KGgo=');
});

test('a forward keeps every attachment, byte for byte', async () => {
  const content = Buffer.from(Array.from({ length: 999 }, (_none, index) => (index * 7) % 256));
  const files = [
    { filename: 'Bericht – größer.bin', mimeType: 'application/octet-stream', content },
    { filename: 'a.png', mimeType: 'image/png', content, contentId: 'a' },
  ];
  const first = writeMessage(
    { from: me, to: 'me@gmail.com', subject: 'Files', body: '![a](cid:a)', format: 'markdown', files },
    time,
  );
  const original = await parseMime(first.raw);
  const input = { from: me, to: 'bob@example.org', body: 'FYI', original, raw: first.raw, threadId: 't1' };
  for (const format of ['markdown', 'text'] as const) {
    const inline = await parseMime(writeForward({ ...input, format, as: 'inline' }, time).raw);
    assert.deepEqual(inline.attachments.map(({ filename }) => filename).toSorted(), ['Bericht – größer.bin', 'a.png']);
    for (const attachment of inline.attachments) assert.ok(content.equals(attachment.content));
  }
});

test('a forward as an attachment holds the whole original but its blind copies', async () => {
  const sent = writeMessage(
    {
      from: me,
      to: 'ann@example.org',
      bcc: ['secret@example.org', 'Zoë <hidden@example.org>'],
      subject: 'Größe',
      body: 'Hi',
      format: 'text',
    },
    time,
  );
  const original = await parseMime(sent.raw);
  const written = writeForward(
    {
      from: me,
      to: 'bob@example.org',
      body: 'FYI',
      format: 'text',
      original,
      raw: sent.raw,
      threadId: 't1',
      as: 'attachment',
    },
    time,
  );
  assert.deepEqual(lintMessage(written.raw), []);
  const text = Buffer.from(written.raw).toString();
  assert.doesNotMatch(text, /secret@|hidden@/);
  const whole = Buffer.from(sent.raw)
    .toString()
    .replace(/^Bcc: .*\r\n(?: .*\r\n)*/m, '');
  assert.ok(text.includes(whole));
  assert.match(text, /filename\*=utf-8''Gr%C3%B6%C3%9Fe\.eml/);
});

test('an answer says when it will not join the thread', async () => {
  const input = { from: me, body: 'x', format: 'text' as const, all: false, ...own };
  const withoutId = await parseMime(mail('From: a@example.org', 'Subject: S', '', 'x'));
  const lonely = writeReply({ ...input, original: withoutId }, time);
  assert.deepEqual(lonely.warnings, ['The original has no message id: the answer may begin a thread of its own.']);
  assert.deepEqual((await parseMime(lonely.raw)).references, []);
  const withId = await parseMime(mail('From: a@example.org', 'Subject: S', 'Message-ID: <1@example.org>', '', 'x'));
  assert.deepEqual(writeReply({ ...input, original: withId, subject: 'Other' }, time).warnings, [
    'The subject differs from that of the thread: the answer begins a thread of its own.',
  ]);
  assert.deepEqual(writeReply({ ...input, original: withId, subject: 'AW: S' }, time).warnings, []);
});

test('recipients that are given stand in the place of those that follow', async () => {
  const original = await parseMime(clientOriginals[0]?.raw ?? new Uint8Array());
  const input = { from: me, body: 'x', format: 'text' as const, original, all: true, ...own };
  const written = writeReply({ ...input, to: 'other@example.org', bcc: 'other@example.org, log@example.org' }, time);
  assert.deepEqual(written.to, [{ name: '', address: 'other@example.org' }]);
  assert.deepEqual(
    written.cc.map(({ address }) => address),
    ['carla@example.org'],
  );
  assert.deepEqual(
    written.bcc.map(({ address }) => address),
    ['log@example.org'],
  );
});

test('a message says what a person who approves it should see', () => {
  const written = writeMessage(
    {
      from: me,
      to: '"boss@firm.example" <evil@example.org>, a@bücher.example, 用户@例子.广告',
      body: 'x',
      format: 'text',
    },
    time,
  );
  assert.deepEqual(written.warnings, [
    'It has no subject.',
    'The name of evil@example.org looks like another address: boss@firm.example.',
    'The domain of a@xn--bcher-kva.example is shown as bücher.example.',
    '用户@例子.广告 can only be reached by mail systems with SMTPUTF8.',
  ]);
  assert.deepEqual(writeMessage({ from: me, subject: 'S', body: 'x', format: 'text' }, time).warnings, [
    'Nobody is named: it can be kept as a draft, but not sent.',
  ]);
});

test('the same input gives the same bytes', () => {
  const write = () =>
    writeMessage({ from: me, to: 'a@example.org', subject: 'é', body: '# é', format: 'markdown' }, time).raw;
  assert.deepEqual(write(), write());
});
