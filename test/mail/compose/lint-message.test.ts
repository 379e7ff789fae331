import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeMessage } from '../../../src/mail/compose/compose-message.ts';
import { plainMessage } from './composing-cases.ts';
import { lintMessage } from './lint-message.ts';

const clean = Buffer.from(
  composeMessage({
    ...plainMessage,
    subject: 'Größe',
    text: 'Lang – '.repeat(3) + 'and long enough to need two lines of quoted-printable text, which is over 76',
    html: '<p>x</p><img src="cid:a@b">',
    files: [
      { filename: 'Über.bin', mimeType: 'application/octet-stream', content: Buffer.from('some bytes') },
      { filename: 'a.png', mimeType: 'image/png', content: Buffer.from('png'), contentId: 'a@b' },
    ],
  }),
).toString('latin1');

/** What is changed in a clean message, and what the lint must say. */
const faults: readonly (readonly [what: string, from: string | RegExp, to: string, expected: RegExp])[] = [
  ['a bare LF', /\r\n/, '\n', /stands alone/],
  ['no CRLF at the end', /\r\n$/, '', /last line/],
  ['a NUL', 'Lang', 'La\0ng', /NUL/],
  ['a line over 998 bytes', 'Subject: ', `X-Long: ${'x'.repeat(999)}\r\nSubject: `, /line of 1007 bytes/],
  ['no Date', /^Date:.*\r\n/m, '', /no date/],
  ['two subjects', 'Subject: ', 'Subject: a\r\nSubject: ', /more than one subject/],
  ['a wrong weekday', /^Date: \w+/m, 'Date: Fri', /Date "/],
  ['a raw 8-bit subject', /^Subject: .*$/m, 'Subject: Gr\xf6\xdfe', /eight-bit/],
  ['an unfolded header', /^Subject: .*$/m, `Subject: ${'word '.repeat(20)}end`, /could be folded/],
  ['an encoded word too long', /^Subject: .*$/m, `Subject:\r\n =?UTF-8?Q?${'x'.repeat(70)}?=`, /encoded word of 82/],
  [
    'a character split over encoded words',
    /^Subject: .*$/m,
    'Subject: =?UTF-8?Q?=C3?= =?UTF-8?Q?=B6?=',
    /splits a character/,
  ],
  ['an encoded word glued to text', /^Subject: .*$/m, 'Subject: a=?UTF-8?Q?b?=', /no encoded word/],
  ['an encoded word in quotes', /^To: .*$/m, 'To: "=?UTF-8?Q?b?=" <b@example.org>', /no encoded word/],
  ['an unquoted name', /^To: .*$/m, 'To: Lee, Ann <b@example.org>', /RFC 5322 3.4/],
  ['a message id without brackets', /^Message-ID: .*$/m, 'Message-ID: a@b', /3\.6\.4/],
  ['no closing boundary', '--=_b0undary4tests_m--', '', /no closing boundary/],
  ['a boundary of another name', 'boundary="=_b0undary4tests_a"', 'boundary="other"', /RFC 2046 5.1.1/],
  ['an outer boundary inside', 'Lang', '--=_b0undary4tests_m\r\nLang', /RFC 2046/],
  ['a stray = in quoted-printable', '=E2', '=ZZ', /stray =/],
  ['lower-case hex', '=E2=80', '=e2=80', /stray =/],
  ['a space at the end of a line', /=E2=80=93 and/, '=E2=80=93 and \r\n', /white space/],
  ['a broken base64', 'c29tZSBieXRlcw==', 'c29tZSBieXRlcw=', /incomplete group/],
  ['a foreign character in base64', 'c29tZSBieXRlcw==', 'c29tZSBie*RlcwAA', /not of base64/],
  [
    'an unknown encoding',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: uuencode',
    /encoding uuencode/,
  ],
  [
    'an encoded multipart',
    'Content-Type: multipart/alternative;',
    'Content-Transfer-Encoding: base64\r\nContent-Type: multipart/alternative;',
    /encoded as base64/,
  ],
  ['8bit inside of 7bit', 'Content-Transfer-Encoding: base64', 'Content-Transfer-Encoding: 8bit', /8bit inside/],
  ['a raw 8-bit file name', /filename\*=[^\r]*/, 'filename="\xdcber.bin"', /eight-bit|parameter/],
  ['an encoded word in a parameter', /filename\*=[^\r]*/, 'filename="=?UTF-8?Q?=C3=9Cber?="', /encoded word in/],
  ['an unquoted special', /filename\*=[^\r]*/, 'filename=a b', /RFC 2045 5.1/],
  ['a parameter twice', /filename\*=[^\r]*/, 'filename="a"; filename="b"', /twice/],
  ['RFC 2231 without a charset', "utf-8''%C3%9C", '%C3%9C', /names no charset/],
  ['RFC 2231 out of order', /filename\*=[^\r]*/, "filename*0*=utf-8''a; filename*2*=b", /out of order/],
  ['both forms of a parameter', /filename\*=[^\r]*/, 'filename="a"; filename*=utf-8\'\'a', /both plain/],
  [
    'text without a charset',
    'Content-Type: text/plain; charset="utf-8"',
    'Content-Type: text/plain',
    /without a charset/,
  ],
  ['text of another charset', '=E2=80=93', '=E2=80', /not UTF-8/],
  ['a related part without its type', ' type="text/html";', '', /RFC 2387/],
  ['HTML in front of text', 'Content-Type: text/plain;', 'Content-Type: text/enriched;', /plainest/],
  [
    'flowed text with From',
    'charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
    'charset="utf-8"; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=46rom a\r\n',
    /RFC 3676 4.4/,
  ],
];

test('a message as composed is clean', () => {
  assert.deepEqual(lintMessage(Buffer.from(clean, 'latin1')), []);
});

for (const [what, from, to, expected] of faults) {
  test(`the lint finds ${what}`, () => {
    const broken = clean.replace(from, () => to);
    assert.notEqual(broken, clean);
    assert.match(lintMessage(Buffer.from(broken, 'latin1')).join('\n'), expected);
  });
}
