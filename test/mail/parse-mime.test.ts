import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { bodyText } from '../../src/mail/text/body-text.ts';
import { parseHeadersOnly, parseMime } from '../../src/mail/mime/parse-mime.ts';

/** Lines joined as in a message; one character a byte, so that any charset can be written. */
function mail(...lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

test('reads addresses, subject, date, ids and lists', async () => {
  const parsed = await parseMime(
    mail(
      'From: "Lee, Ann" <ann@example.org>',
      'To: bob@example.org, Team: carl@example.org, dora@example.org;',
      'Cc: =?utf-8?q?Zo=C3=AB?= <zoe@example.org>',
      'Cc: eve@example.org',
      'Reply-To: list@example.org',
      'Delivered-To: <me@example.org>',
      'List-Id: The list',
      '\t<list.example.org>',
      'Subject: a folded',
      '  subject',
      'Date: Fri, 21 Nov 1997 09:55:06 -0600',
      'Message-ID: <3@example.org>',
      'In-Reply-To: <2@example.org> (message of Ann)',
      'References: <1@example.org>',
      ' <2@example.org>',
      '',
      'Hello',
      'Bob',
    ),
  );
  assert.deepEqual(parsed.from, [{ name: 'Lee, Ann', address: 'ann@example.org' }]);
  assert.deepEqual(parsed.to, [
    { name: '', address: 'bob@example.org' },
    { name: '', address: 'carl@example.org' },
    { name: '', address: 'dora@example.org' },
  ]);
  assert.deepEqual(parsed.cc, [
    { name: 'Zoë', address: 'zoe@example.org' },
    { name: '', address: 'eve@example.org' },
  ]);
  assert.deepEqual(parsed.bcc, []);
  assert.deepEqual(parsed.replyTo, [{ name: '', address: 'list@example.org' }]);
  assert.deepEqual(parsed.deliveredTo, ['me@example.org']);
  assert.equal(parsed.listId, 'The list <list.example.org>');
  assert.equal(parsed.subject, 'a folded subject');
  assert.equal(parsed.dateMs, Date.UTC(1997, 10, 21, 15, 55, 6));
  assert.equal(parsed.messageId, '3@example.org');
  assert.deepEqual(parsed.references, ['1@example.org', '2@example.org']);
  assert.equal(parsed.text, 'Hello\nBob');
  assert.equal(parsed.html, undefined);
  assert.equal(parsed.headers.at(0)?.name, 'from');
  assert.equal(parsed.headers.length, 12);
});

test('the first From counts, a second one does not', async () => {
  const parsed = await parseMime(mail('From: a@example.org', 'From: b@example.org', '', ''));
  assert.deepEqual(parsed.from, [{ name: '', address: 'a@example.org' }]);
});

const headerBytes: readonly (readonly [what: string, bytes: string, charset: string | undefined, subject: string])[] = [
  ['bare UTF-8', utf8('Grüße aus Köln ✓'), undefined, 'Grüße aus Köln ✓'],
  ['bare UTF-8 that ends in the byte A0', utf8('voilà'), undefined, 'voilà'],
  ['bare Latin-1', 'Gr\xfc\xdfe', undefined, 'Grüße'],
  ['bare windows-1252', '\x93quoted\x94', undefined, '“quoted”'],
  ['bare KOI8-R with a charset named', '\xf0\xd2\xc9\xd7\xc5\xd4', 'koi8-r', 'Привет'],
  ['bare GB2312 with a charset named', '\xc4\xe3\xba\xc3', 'GB2312', '你好'],
  ['a last letter that could begin a character of UTF-8', 'inscription \xe0', undefined, 'inscription à'],
  ['bare bytes of an unknown charset', '\xe9t\xe9', 'x-made-up', 'été'],
  ['quoted encoded words, split inside a character', '=?utf-8?q?Zo=C3?= =?utf-8?q?=AB?=', undefined, 'Zoë'],
  ['base64 encoded words', '=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?= ok', undefined, '日本 ok'],
  ['a line break hidden in an encoded word', '=?utf-8?q?a=0D=0ABcc:_evil?=', undefined, 'a Bcc: evil'],
  ['an encoded word that is broken', '=?utf-8?q?never closed', undefined, '=?utf-8?q?never closed'],
];

for (const [what, bytes, charset, subject] of headerBytes) {
  test(`reads a subject of ${what}`, async () => {
    const contentType = charset === undefined ? [] : [`Content-Type: text/plain; charset=${charset}`];
    assert.equal((await parseMime(mail(`Subject: ${bytes}`, ...contentType, '', ''))).subject, subject);
  });
}

const archiveForms: readonly (readonly [from: string, name: string, address: string])[] = [
  ['ann at example.org (Ann Lee)', 'Ann Lee', 'ann@example.org'],
  ['list-bounces at lists.example.org', '', 'list-bounces@lists.example.org'],
  ['ann at example.org (Lee, Ann (Dr))', 'Lee, Ann (Dr)', 'ann@example.org'],
  ['ann @end|ng |rom ex@mp|e@org (Ann Lee)', 'Ann Lee', 'ann @end|ng |rom ex@mp|e@org'],
  ['ann@example.org (Ann Lee)', 'Ann Lee', 'ann@example.org'],
  ['Ann Lee <ann@example.org> (Ann Lee)', 'Ann Lee', 'ann@example.org'],
  ['nobody in particular', 'nobody in particular', ''],
  ['Lee, Ann, PhD <ann@example.org>', 'Lee, Ann, PhD', 'ann@example.org'],
];

test('a comma in a name without quotes ends no address, and entries without one lose nothing', async () => {
  const { to, cc } = await parseMime(
    mail(
      'To: Lee, Ann <ann@example.org>; Ray, Bob <bob@example.org>',
      'Cc: someone, carl@example.org, nobody, else',
      '',
      '',
    ),
  );
  assert.deepEqual(to, [
    { name: 'Lee, Ann', address: 'ann@example.org' },
    { name: 'Ray, Bob', address: 'bob@example.org' },
  ]);
  const named = cc.map(({ name, address }) => name || address);
  assert.deepEqual(named, ['someone', 'carl@example.org', 'nobody', 'else']);
});

for (const [from, name, address] of archiveForms) {
  test(`reads the sender ${from}`, async () => {
    assert.deepEqual((await parseMime(mail(`From: ${from}`, '', ''))).from, [{ name, address }]);
  });
}

const bodies: readonly (readonly [what: string, headers: readonly string[], body: string, text: string | undefined])[] =
  [
    ['no content headers', [], 'one\r\ntwo\r\n', 'one\ntwo\n'],
    ['no content headers and Latin-1 bytes', [], 'Gr\xfc\xdfe', 'Grüße'],
    ['UTF-8', ['Content-Type: text/plain; charset="utf-8"'], utf8('Grüße'), 'Grüße'],
    ['another charset', ['Content-Type: text/plain; charset=iso-8859-15'], '\xa4', '€'],
    ['quoted-printable', ['Content-Transfer-Encoding: quoted-printable'], 'a=3Db =\r\nc', 'a=b c'],
    [
      'base64',
      ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64'],
      'R3LDvMOfZQ==',
      'Grüße',
    ],
    [
      'format=flowed',
      ['Content-Type: text/plain; format=flowed'],
      'one \r\ntwo\r\n\r\n\r\nthree',
      'one two\n\n\nthree',
    ],
    ['nothing', [], '', undefined],
  ];

for (const [what, headers, body, text] of bodies) {
  test(`reads a body of ${what}`, async () => {
    assert.equal((await parseMime(mail(...headers, '', body))).text, text);
  });
}

test('reads text, HTML, an inline picture and files', async () => {
  const parsed = await parseMime(
    mail(
      'Content-Type: multipart/mixed; boundary=m',
      '',
      '--m',
      'Content-Type: multipart/alternative; boundary=a',
      '',
      '--a',
      '',
      'plain',
      '--a',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<p>rich <img src="cid:logo%40x"></p>',
      '--a--',
      '--m',
      'Content-Type: image/png; name=logo.png',
      'Content-Id: <logo@x>',
      'Content-Transfer-Encoding: base64',
      '',
      'QUJD',
      '--m',
      "Content-Disposition: attachment; filename*=utf-8''..%2F..%2FInvoice%20%E2%82%AC.pdf",
      'Content-Type: Application/PDF',
      '',
      'DEF',
      '--m',
      'Content-Disposition: attachment',
      'Content-Type: application/octet-stream',
      '',
      '',
      '--m--',
    ),
  );
  assert.equal(parsed.text, 'plain');
  assert.equal(parsed.html, '<p>rich <img src="cid:logo%40x"></p>');
  assert.deepEqual(
    parsed.attachments.map(({ content, ...rest }) => ({ ...rest, content: Buffer.from(content).toString() })),
    [
      {
        filename: 'logo.png',
        mimeType: 'image/png',
        isInline: true,
        contentId: 'logo@x',
        sizeBytes: 3,
        content: 'ABC',
      },
      { filename: 'Invoice €.pdf', mimeType: 'application/pdf', isInline: false, sizeBytes: 3, content: 'DEF' },
      { filename: 'attachment', mimeType: 'application/octet-stream', isInline: false, sizeBytes: 0, content: '' },
    ],
  );
});

test('HTML with a text footer is HTML, in which the hidden text stays hidden', async () => {
  const parsed = await parseMime(
    mail(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html',
      '',
      '<p>Seen by everybody on the list.</p><p style="display:none">secret</p>',
      '--b',
      '',
      'The footer of the list',
      '--b--',
    ),
  );
  assert.equal(parsed.text, undefined);
  const { text, hiddenCharacters } = bodyText(parsed);
  assert.equal(text, 'Seen by everybody on the list.\n\nThe footer of the list');
  assert.equal(hiddenCharacters, 'secret'.length);
});

test('a multipart body without its boundary is shown as it stands', async () => {
  const parsed = await parseMime(mail('Content-Type: multipart/mixed; boundary=promised', '', '--other', '', 'text'));
  assert.equal(parsed.text, '--other\n\ntext');
});

test('parts nested deeper than any mail program shows are read as text, and the header with them', async () => {
  const deep = Array.from(
    { length: 300 },
    (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}`,
  );
  const parsed = await parseMime(mail('Subject: deep', ...deep, '', 'the bottom'));
  assert.equal(parsed.subject, 'deep');
  assert.ok(parsed.text?.endsWith('the bottom'));
  assert.deepEqual(parsed.attachments, []);
});

test('a header alone, a body alone and nothing at all are messages', async () => {
  assert.equal((await parseMime(mail('Subject: alone'))).subject, 'alone');
  assert.equal((await parseMime(mail('', 'Subject: not a header'))).text, 'Subject: not a header');
  const below = await parseMime(mail('', '', 'From: ann@example.org', 'Subject: below', '', 'text'));
  assert.deepEqual([below.subject, below.text], ['below', 'text']);
  assert.deepEqual((await parseMime(new Uint8Array())).headers, []);
});

test('whatever the bytes are, the message is read', async () => {
  const words = fc.constantFrom(
    'From: ',
    'To: ',
    'Date: ',
    'Subject: ',
    'Content-Type: ',
    'multipart/mixed',
    'text/html',
    'message/rfc822',
    '; boundary=',
    'b',
    '--b',
    '--b--',
    '\r\n',
    '\r\n',
    '\n',
    '\r\n\r\n',
    ' ',
    '\t',
    '<',
    '>',
    '@',
    ',',
    ':',
    ';',
    '"',
    '(',
    ')',
    '\\',
    '=?utf-8?q?',
    '=C3',
    '?=',
    'base64',
    'Content-Transfer-Encoding: ',
    'Content-Disposition: attachment; filename*0*=',
    "utf-8''%C3",
    'charset=',
    'utf-16',
  );
  const message = fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(message, async (pieces) => {
      const raw = Buffer.from(pieces.join(''), 'latin1');
      assert.equal(typeof parseHeadersOnly(raw).subject, 'string');
      assert.equal(typeof (await parseMime(raw)).subject, 'string');
    }),
    { numRuns: 500 },
  );
});

test('blanks that a line of quoted-printable ends with are no text (RFC 2045 section 6.7, rule 3)', async () => {
  const head = ['Content-Type: text/plain', 'Content-Transfer-Encoding: quoted-printable', ''];
  const { text } = await parseMime(mail(...head, 'one  ', 'two=20 ', 'three \t'));
  assert.equal(text, 'one\ntwo \nthree');
});

test('text that can only be UTF-8 is, whatever charset it is said to be in', async () => {
  const { text } = await parseMime(mail('Content-Type: text/plain; charset=iso-8859-1', '', utf8('Grüße aus Köln')));
  assert.equal(text, 'Grüße aus Köln');
});

test('a damaged character or two do not make other text of UTF-8', async () => {
  const bytes = `${utf8('Grüße aus Köln und ')}\u00e9 ${utf8('schöne')}`;
  const parsed = await parseMime(mail('Content-Type: text/plain; charset=utf-8', '', bytes));
  assert.equal(parsed.text, 'Grüße aus Köln und \ufffd schöne');
  const latin = await parseMime(
    mail('Content-Type: text/plain; charset=utf-8', '', 'Gr\u00fc\u00dfe aus M\u00fcnchen'),
  );
  assert.equal(latin.text, 'Grüße aus München');
});

test('transfer encodings are known behind a comment, and base64 in the alphabet of addresses', async () => {
  const commented = ['Content-Transfer-Encoding: (was 8bit) quoted-printable', '', 'caf=E9'];
  assert.equal((await parseMime(mail(...commented))).text, 'café');
  const words = 'ÿþ?>~~ Meet at nine ÿÿÿ';
  const encoded = Buffer.from(words).toString('base64url');
  assert.match(encoded, /[-_]/);
  const type = 'Content-Type: text/plain; charset=utf-8';
  assert.equal((await parseMime(mail(type, 'Content-Transfer-Encoding: base64', '', encoded))).text, words);
});

test('charsets of the old Mac have their own tables', async () => {
  const text = 'P\u00de\u0092li\u00e4 ku\u00de';
  assert.equal((await parseMime(mail('Content-Type: text/plain; charset=x-mac-ce', '', text))).text, 'Příliš kuř');
});

test('the line before a signature stays a line of its own in a flowed text (RFC 3676 section 4.3)', async () => {
  const head = ['Content-Type: text/plain; format=flowed', ''];
  const { text } = await parseMime(mail(...head, 'See you ', 'soon ', '-- ', 'Ann'));
  assert.equal(text, 'See you soon \n-- \nAnn');
});

test('shows of a compound with HTML what that shows, and takes other texts for files', async () => {
  const related = (...parts: readonly string[]): Promise<{ text?: string; html?: string; files: string[] }> =>
    parseMime(
      mail(
        'Content-Type: multipart/related; boundary=r; start="<root>"',
        '',
        ...parts.flatMap((part) => ['--r', part]),
        '--r--',
      ),
    ).then(({ text, html, attachments }) => ({
      ...(text === undefined ? {} : { text }),
      ...(html === undefined ? {} : { html }),
      files: attachments.map(({ content }) => Buffer.from(content).toString()),
    }));
  const html = 'Content-Type: text/html\r\n\r\n<p>seen</p>';
  const plain = 'Content-Type: text/plain\r\n\r\nbeside';
  const inMixed = `Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n${plain}\r\n--m--`;
  assert.deepEqual(await related(html, plain), { html: '<p>seen</p>', files: ['beside'] });
  assert.deepEqual(await related(html, inMixed), { html: '<p>seen</p>', files: ['beside'] });
  const rooted = html.replace('\r\n\r\n', '\r\nContent-ID: <root>\r\n\r\n');
  assert.deepEqual(await related(plain, rooted), { html: '<p>seen</p>', files: ['beside'] });
  // Of mailers that call any mixture related.
  assert.match((await related(plain, html)).html ?? '', /beside.*<p>seen<\/p>/s);
});

test('leaves out the form of a message that only some programs show', async () => {
  const parsed = await parseMime(
    mail(
      'Content-Type: multipart/alternative; boundary=a',
      '',
      '--a',
      'Content-Type: text/x-amp-html',
      '',
      '<html amp4email><body>other words</body></html>',
      '--a',
      'Content-Type: text/html',
      '',
      '<p>seen</p>',
      '--a--',
    ),
  );
  assert.deepEqual([parsed.html, parsed.attachments.length], ['<p>seen</p>', 0]);
});
