/** A file that a message is to have: its name, and its bytes or a part of the text that `read_attachment` shows. */
export interface ExpectedFile {
  readonly name: RegExp | string;
  readonly latin1?: string;
  readonly text?: string;
}

/** A mail of one of the kinds that the field has shown, and what is right of it through every server and command. */
export interface Case {
  /** Below `test/kinds/mail`, without `.eml`. */
  readonly input: string;
  readonly subject?: string;
  readonly from?: string;
  readonly to?: string;
  /** What the text shows. */
  readonly text?: string;
  readonly absent?: RegExp;
  readonly files?: readonly ExpectedFile[];
  /** Queries that find it. */
  readonly found?: readonly string[];
  /** Names of the files that a forward carries. */
  readonly forwarded?: readonly (RegExp | string)[];
}

/** Mails that break in the same place. */
export interface Kind {
  readonly title: string;
  /** What is right of all of them. */
  readonly rule: string;
  readonly cases: readonly Case[];
}

const signature = '-----BEGIN PGP SIGNATURE-----\r\n\r\nabc=\r\n-----END PGP SIGNATURE-----\r\n';
const plumber = 'The plumber comes Thursday at nine. Size 40.';

/** What the mails of `test/kinds/mail` come to; `docs/kinds.md` has the same table for readers. */
export const kinds: readonly Kind[] = [
  {
    title: 'Names that hold addresses',
    rule: 'An encoded name is text: no comma, bracket or colon in it becomes structure.',
    cases: [
      { input: 'gmail-decoded-addresses/s1-comma', from: '"Müller, Jörg" <joerg@fern.example>' },
      { input: 'gmail-decoded-addresses/s2-angle', from: '"Ceo Boss <boss@corp.example>" <attacker@evil.example>' },
      {
        input: 'gmail-decoded-addresses/s4-to',
        to: '"Bob <eve@evil.example>" <bob@fern.example>, me@local.example',
      },
      { input: 'gmail-decoded-addresses/s8-colon', from: '"Vertrieb: Müller" <joerg@fern.example>' },
    ],
  },
  {
    title: 'Bytes of attachments',
    rule: 'A file has the bytes that were sent; the line break before a boundary belongs to the boundary (RFC 2046 5.1.1).',
    cases: [
      { input: 'attachment-bytes/csv7bit-nofinal', files: [{ name: 'f.dat', latin1: 'a;b\r\n1;2' }] },
      { input: 'attachment-bytes/csv7bit-2final', files: [{ name: 'f.dat', latin1: 'a;b\r\n1;2\r\n\r\n' }] },
      { input: 'attachment-bytes/octetbinary-lone', files: [{ name: 'f.dat', latin1: 'A\nB\rC\r\nD\0E' }] },
      { input: 'attachment-bytes/json-none', files: [{ name: 'f.dat', latin1: '{"a":1}' }] },
      { input: 'attachment-bytes/asc', files: [{ name: 'f.dat', latin1: signature }] },
      { input: 'attachment-bytes/qp-csv', files: [{ name: 'f.dat', latin1: 'gr\u00c3\u00b6\u00c3\u009fe;1\r\nx;2' }] },
      {
        input: 'attachment-bytes/rfc822',
        files: [{ name: 'f.dat', latin1: 'From: a@b.example\r\nSubject: x\r\n\r\nbody\r\n' }],
      },
    ],
  },
  {
    title: 'Attached messages and reports',
    rule: 'read_attachment shows their text: the header of a message with its body, a report as it stands.',
    cases: [
      { input: 'attached-messages/i22d-bounce', files: [{ name: /\.txt$/, text: 'no such user' }, { name: /\.txt$/ }] },
      { input: 'attached-messages/delivery-status', files: [{ name: /\.txt$/, text: 'gone@nowhere.example' }] },
      { input: 'attached-messages/forwarded-message', files: [{ name: 'x.eml', text: '8,200 EUR, zinc included' }] },
    ],
  },
  {
    title: 'A type of the body that is wrong or unknown',
    rule: 'What is no media type is text/plain, and a kind of text that nobody knows is text (RFC 2045 5.2, RFC 2046 4.1.4).',
    cases: [
      ...['b00', 'b08', 'b19', 'b26', 'b33'].map((name) => ({
        input: `bad-content-type/${name}`,
        text: plumber,
        files: [],
      })),
      { input: 'bad-content-type/i2c-body-type-plain', text: 'The plumber comes Thursday at nine.', files: [] },
      { input: 'bad-content-type/i2e-html-missing-semicolon', text: 'Größe und Straße', files: [] },
      { input: 'small/quoted-content-type', text: plumber, files: [] },
      { input: 'text-forms/m43-ct-text', text: 'The text inside', files: [] },
    ],
  },
  {
    title: 'No blank line, no header',
    rule: 'Where the empty line behind a header is missing, or a part has no header, nothing of the body is lost.',
    cases: [
      { input: 'no-blank-line/c1-alt-both-noblank', text: 'forty of them' },
      { input: 'no-blank-line/c3-mixed-noheader-para', text: 'Tulips arrive Monday.\n\nSecond paragraph only.' },
      { input: 'no-blank-line/c6-alt-top-noblank', text: 'Tulips', files: [{ name: 'a.pdf', latin1: '%PDF-' }] },
      {
        input: 'no-blank-line/i19a-signed-noheaders',
        text: 'The courier arrives between two and four.',
        files: [{ name: 'smime.p7s' }],
      },
      { input: 'no-blank-line/i4b-text-no-separator', text: 'The lift is out of order until Wednesday.' },
      { input: 'text-forms/m45-cr-only', text: 'line one\nline two' },
    ],
  },
  {
    title: 'A charset that the header does not name',
    rule: 'UTF-8 and byte order marks show in the bytes, then a <meta> or an XML declaration counts, then statistics.',
    cases: [
      { input: 'charset-not-in-header/a1-html-nocharset-nometa-latin1', text: 'Größe Straße' },
      { input: 'charset-not-in-header/a16-mixed-plain-nocharset', text: 'Größe Straße' },
      { input: 'charset-not-in-header/a5-html-meta-euckr', text: '회의 자료', found: ['회의'] },
      { input: 'charset-not-in-header/a8-html-xmldecl', text: 'Größe' },
      { input: 'charset-not-in-header/i1a-meta-latin1', text: 'Søren køber brød for 40 kr.', found: ['soren'] },
      { input: 'charset-not-in-header/i1h-meta-shiftjis', text: '請求書を送ります', found: ['請求書'] },
      { input: 'text-forms/m08-cp1251-missing', text: 'Встреча в среду в три часа дня у нас' },
      { input: 'text-forms/m10-jis-missing', text: '会議は水曜日の午後三時です' },
    ],
  },
  {
    title: 'Names of charsets',
    rule: 'Charsets of mail are known by all their names; a wrong one does not outrank valid UTF-8.',
    cases: [
      { input: 'charset-labels/i1g-unknown8bit', text: 'Größe 42, Straße 7 café' },
      { input: 'charset-labels/f-cp65001', text: 'Größe Straße – naïve' },
      { input: 'charset-labels/f-iso_8859_1_utf_8', text: 'Größe Straße – naïve' },
      { input: 'charset-labels/i17-cp437', text: 'café größe' },
      { input: 'charset-labels/i17-ibm850', text: 'café größe' },
      { input: 'charset-labels/i17-utf-7', text: 'Größe café' },
      { input: 'text-forms/m02-utf7', text: 'Grüße und 日本 zugleich' },
      { input: 'text-forms/m04-utf32', text: 'Grüße und 日本 zugleich' },
      { input: 'text-forms/m06-utf8-as-latin1', text: 'Grüße aus Köln – heute' },
      { input: 'text-forms/m12-label-utf8mb4', text: 'Grüße aus Köln' },
      { input: 'text-forms/m14-label-unknown', text: 'Grüße aus Köln' },
      { input: 'text-forms/m16-big5-hkscs', text: '會議喺星期三' },
    ],
  },
  {
    title: 'Words of every script',
    rule: 'Words are found inside Korean, Japanese, Chinese, Thai, Lao, Khmer and Burmese, and however letters are typed.',
    cases: [
      { input: 'search-scripts/ko', found: ['회의', '예산', '결정', '회의실'] },
      { input: 'search-scripts/ja', found: ['カタカナ', 'ｶﾀｶﾅ', '123', '予算'] },
      { input: 'search-scripts/vi', found: ['duong', 'đường', 'nguyen hue', 'da nang'] },
      { input: 'search-scripts/pl', found: ['lodz', 'zolw', 'Łódź', 'spolka'] },
      { input: 'search-scripts/da', found: ['oresund', 'aero', 'arhus', 'Øresund'] },
    ],
  },
  {
    title: 'Text parts with a name',
    rule: 'A text with a name is a file, also where it is to be shown in place: searches and forwards find it.',
    cases: [
      {
        input: 'named-inline-text/e1-plain-named-inline',
        text: 'Lists are attached.',
        files: [{ name: 'guests.txt', latin1: 'Ann, Bob, Zebediah' }],
        found: ['filename:guests.txt', 'has:attachment'],
        forwarded: ['guests.txt'],
      },
      {
        input: 'named-inline-text/i21a-html-plus-inline-text',
        text: 'Both lists are below.',
        files: [
          { name: 'guests.txt', latin1: 'guest list: Ann, Bob' },
          { name: 'menu.txt', latin1: 'menu: soup, trout' },
          { name: 'plan.pdf' },
        ],
        found: ['filename:menu.txt', 'has:attachment'],
        forwarded: ['guests.txt', 'menu.txt', 'plan.pdf'],
      },
    ],
  },
  {
    title: 'Encoded words that are cut',
    rule: 'Encoded words of one charset side by side are one text, also where a character is cut between two.',
    cases: [
      { input: 'split-encoded-words/d1-b-split-nopad-char', subject: '日本語の件名です' },
      { input: 'split-encoded-words/d11-bq-mix', subject: '日本語の件名です' },
      { input: 'split-encoded-words/d9-from', from: '日本語の件名です <orla@fern.example>' },
      { input: 'split-encoded-words/i5d-split-inside-char', files: [{ name: '日本語.pdf' }] },
    ],
  },
  {
    title: 'base64 with plain text',
    rule: 'base64 ends where plain text begins, a footer of a list; what never was base64 is the text that it is.',
    cases: [
      {
        input: 'base64-with-footer/g1-footer',
        text: 'due on the third. Thanks, Orla and the whole team of Fern Lane.',
      },
      { input: 'base64-with-footer/g3-footer-html', text: 'Thanks, Orla and the whole team of Fern Lane.' },
      { input: 'base64-with-footer/g5-plain-labelled-b64', text: 'The gate code is 4417 (new!).' },
    ],
  },
  {
    title: 'Parts without a name',
    rule: 'A file without a name has one by its type; the date of a message inside is ISO with its zone.',
    cases: [
      { input: 'unnamed-parts/i12b-calendar-alt', files: [{ name: /\.ics$/ }], forwarded: [/\.ics$/] },
      {
        input: 'unnamed-parts/i22c-rfc822-only',
        text: '2026-09-07 09:00 +0200',
        files: [{ name: 'roof.pdf' }],
      },
    ],
  },
  {
    title: 'Forms of text',
    rule: 'format=flowed keeps quotes, text/enriched loses its commands, uuencoded files are files.',
    cases: [
      { input: 'text-forms/m01-flowed-quote', text: '> quoted text that goes on here.\n>> deeper still' },
      { input: 'text-forms/m40-enriched', text: 'Now is the time for all good men', absent: /<bold>/ },
      {
        input: 'text-forms/m42-uuencode',
        text: 'See the file.',
        absent: /#0V%T/,
        files: [{ name: 'data.bin', latin1: 'Cat' }],
      },
    ],
  },
];
