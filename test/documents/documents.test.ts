import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentWindow } from '../../src/documents/document.ts';
import { imageFacts } from '../../src/documents/image-size.ts';
import { readWindow } from '../../src/documents/read-window.ts';
import { buildZip } from '../support/build-zip.ts';
import { buildDocx, buildPdf, buildPptx, buildXlsx } from './build-documents.ts';

/** The first characters of a file's text. The name and type say nothing true, unless they are given. */
async function read(
  content: string | Uint8Array,
  { filename = 'file.bin', mimeType = 'application/octet-stream', offset = 0, maxChars = 10_000 } = {},
): Promise<DocumentWindow> {
  const file = { filename, mimeType, content: Buffer.from(content) };
  const window = await readWindow(file, { offset, maxChars, timeZone: 'Europe/Vienna' });
  assert.ok(window !== undefined, 'the file has no text');
  return window;
}

test('a PDF is read page by page, columns of a table apart, and says which pages are pictures', async () => {
  const pages = [
    ['Invoice (copy)', [72, 600, 'Zinc sheet'], [300, 600, '12'], [400, 600, 'EUR 480.00']],
    [],
    ['Terms'],
  ] as const;
  const { form, text, notes } = await read(buildPdf(pages));
  assert.equal(form, 'pdf');
  assert.equal(text, 'Page 1\nInvoice (copy)\n\nZinc sheet | 12 | EUR 480.00\n\nPage 3\nTerms');
  assert.deepEqual(notes, ['3 pages', 'page 2 without text: pictures, or a scan']);
});

test('a Word document keeps headings, lists and tables', async () => {
  const paragraph = (text: string, style = ''): string =>
    `<w:p>${style === '' ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
  const cell = (text: string): string => `<w:tc>${paragraph(text)}</w:tc>`;
  const row = (...cells: readonly string[]): string => `<w:tr>${cells.map(cell).join('')}</w:tr>`;
  const { form, text } = await read(
    buildDocx(
      `${paragraph('Roof works')}${paragraph('Clause 1')}<w:tbl>${row('Item', 'Qty')}${row('Zinc', '12')}</w:tbl>`,
    ),
  );
  assert.equal(form, 'docx');
  for (const words of ['Roof works', 'Clause 1', 'Item', 'Zinc', '12']) assert.ok(text.includes(words), text);
});

test('a spreadsheet is rows of cells; dates, percents and booleans as a person sees them', async () => {
  const formats =
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="[$-409]h:mm AM/PM"/><numFmt numFmtId="166" formatCode="0.0&quot; days&quot;"/></numFmts>' +
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="22"/></cellXfs>';
  const rows = [
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>',
    '<row r="2"><c r="A2" s="1"><v>46023</v></c><c r="C2" s="2"><v>0.255</v></c></row>',
    '<row r="3"><c r="A3" s="3"><v>0.75</v></c><c r="B3" s="4"><v>2.5</v></c><c r="C3" t="b"><v>1</v></c></row>',
    '<row r="4"><c r="A4"><v>0.30000000000000004</v></c><c r="B4" t="inlineStr"><is><t>a\nb</t></is></c><c r="C4" t="e"><v>#REF!</v></c></row>',
    '<row r="5"><c r="A5" s="5"><v>46023.5</v></c></row>',
  ].join('');
  const { form, text, notes } = await read(
    buildXlsx({ Plan: rows }, { strings: ['Month', 'Cost &amp; tax'], formats }),
  );
  assert.equal(form, 'xlsx');
  assert.equal(
    text,
    'Sheet 1: Plan\nMonth | Cost & tax\n2026-01-01 |  | 25.5%\n18:00 | 2.5 | TRUE\n0.3 | a b | #REF!\n2026-01-01 12:00\n',
  );
  assert.deepEqual(notes, ['1 sheet']);
});

test('a spreadsheet that counts from 1904 has its own days', async () => {
  const formats = '<cellXfs><xf numFmtId="14"/></cellXfs>';
  const { text } = await read(buildXlsx({ A: '<row><c s="0"><v>44561</v></c></row>' }, { formats, is1904: true }));
  assert.ok(text.includes('2026-01-01'), text);
});

test('a presentation has its slides in order, with what is said to them', async () => {
  const { form, text, notes } = await read(
    buildPptx([{ lines: ['Title', 'One &amp; two'], said: 'Smile' }, { lines: ['End'] }]),
  );
  assert.equal(form, 'pptx');
  assert.equal(text, 'Slide 1\nTitle\nOne & two\n\nNotes: Smile\n\nSlide 2\nEnd');
  assert.deepEqual(notes, ['2 slides']);
});

test('an OpenDocument file is read, repeated cells within reason, comments left out', async () => {
  const content =
    '<office:document-content><text:h>Plan</text:h><text:p>One<text:s text:c="2"/>two<office:annotation><text:p>hush</text:p></office:annotation></text:p>' +
    '<table:table table:name="T"><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"/><table:table-cell><text:p>b</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table></office:document-content>';
  const { form, text } = await read(
    buildZip({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': content }),
  );
  assert.equal(form, 'odf');
  assert.equal(text, 'Plan\nOne  two\n\nSheet T\na |  |  | b');
});

const rtf = [
  [String.raw`{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 hello {\b bold}\par next}`, 'hello bold\nnext'],
  [String.raw`{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}`, 'Привет'],
  [String.raw`{\rtf1\uc1 Gr\u252?\u223?e \u8364?{\*\generator Word;}}`, 'Grüße €'],
  [String.raw`{\rtf1 a\cell b\cell\row {\pict 00ff}c\{\}\\}`, 'a | b\nc{}\\'],
  [String.raw`{\rtf1 shown{\v hidden} and{\v1 more} on}`, 'shown and on'],
  [String.raw`{\rtf1 open {\i never closed`, 'open never closed'],
] as const;
for (const [source, expected] of rtf) {
  test(`RTF ${JSON.stringify(expected)} is read`, async () => {
    const { form, text } = await read(source);
    assert.equal(form, 'rtf');
    assert.equal(text, expected);
  });
}

test('a calendar file is facts in the zone of the reader, with the time as it was sent', async () => {
  const source = [
    'BEGIN:VCALENDAR',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    'UID:1',
    'SUMMARY:Budget review',
    'DTSTART;TZID=America/New_York:20261204T090000',
    'DTEND;TZID=America/New_York:20261204T103000',
    'LOCATION:Room 5\\, first floor',
    'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;COUNT=4',
    'ORGANIZER;CN=Ann:mailto:ann@example.org',
    'ATTENDEE;CN=Bob;PARTSTAT=NEEDS-ACTION;ROLE=OPT-PARTICIPANT:mailto:bob@example.org',
    'END:VEVENT',
    'BEGIN:VEVENT',
    'SUMMARY:Holiday',
    'DTSTART;VALUE=DATE:20261224',
    'DTEND;VALUE=DATE:20261227',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
  const { form, text, notes } = await read(source, { mimeType: 'text/calendar' });
  assert.equal(form, 'calendar');
  assert.deepEqual(notes, ['2 events', 'method REQUEST']);
  assert.equal(
    text,
    'Event: Budget review\nWhen: 2026-12-04 15:00 to 16:30 +0100\nAs sent: 2026-12-04 09:00 America/New_York\nRepeats: every 2 weeks on FR 4 times\nWhere: Room 5, first floor\nOrganizer: Ann <ann@example.org>\nAttendees: Bob <bob@example.org> (needs action, optional)\n\nEvent: Holiday\nWhen: 2026-12-24 to 2026-12-26',
  );
});

test('contacts are lines of what a person wants to know', async () => {
  const source =
    'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nitem1.EMAIL;TYPE=WORK:ann@exam\r\n ple.org\r\nTEL;CELL:+43 1\r\nADR;HOME:;;Gasse 1;Wien;;1010;AT\r\nPHOTO:aGk=\r\nEND:VCARD\r\n';
  const { form, text } = await read(source, { filename: 'a.vcf', mimeType: 'text/plain' });
  assert.equal(form, 'contact');
  assert.equal(
    text,
    'Name: Ann Lee\nEmail (work): ann@example.org\nPhone (cell): +43 1\nAddress (home): Gasse 1, Wien, 1010, AT',
  );
});

test('a calendar of tasks alone is read as it is, a card of version 2.1 with its name', async () => {
  const tasks = 'BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:Buy milk\r\nEND:VTODO\r\nEND:VCALENDAR\r\n';
  assert.match((await read(Buffer.from(tasks), { filename: 'a.ics' })).text, /SUMMARY:Buy milk/);
  const card =
    'BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg\r\nTEL;CELL:+49 1\r\nEND:VCARD\r\n';
  assert.equal((await read(Buffer.from(card), { filename: 'a.vcf' })).text, 'Name: Jörg Müller\nPhone (cell): +49 1');
});

test('of an HTML file is said how much of it nobody sees', async () => {
  const { text, notes } = await read(Buffer.from('<p>Seen</p><p hidden>Not seen</p>'), { filename: 'a.html' });
  assert.deepEqual([text, notes], ['Seen', ['8 hidden characters left out']]);
});

test('an attached message is read as a message', async () => {
  const source =
    'From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nSubject: Roof\r\nDate: Fri, 4 Dec 2026 09:00:00 +0100\r\n\r\nIt is done.\r\n';
  const { form, text } = await read(source, { filename: 'x.eml' });
  assert.equal(form, 'message');
  assert.match(
    text,
    /^From: Ann <ann@example\.org>\nTo: bob@example\.org\nSubject: Roof\nDate: 2026-12-04 09:00 \+0100\n\nIt is done\./,
  );
});

test('an archive is a list of its files', async () => {
  const { form, text, notes } = await read(buildZip({ 'a/readme.txt': 'hello', 'tabelle.csv': 'x'.repeat(1500) }));
  assert.equal(form, 'zip');
  assert.equal(text, 'a/readme.txt (5 B)\ntabelle.csv (2 KB)\n');
  assert.deepEqual(notes, ['2 files']);
});

test('a window cuts no character in two', async () => {
  const options = { mimeType: 'text/plain', filename: 'a.txt' };
  for (const offset of [0, 1, 2, 3]) {
    for (const maxChars of [1, 2, 3]) {
      const { text } = await read('a😀😀b', { ...options, offset, maxChars });
      assert.ok(text.isWellFormed(), `${maxChars} from ${offset}`);
    }
  }
});

test('a window begins and ends where it is told, and says whether there is more', async () => {
  const source = '0123456789'.repeat(10);
  const options = { mimeType: 'text/plain', filename: 'a.txt' };
  const parts: string[] = [];
  for (let offset = 0; ; offset += 33) {
    const { text, hasMore } = await read(source, { ...options, offset, maxChars: 33 });
    parts.push(text);
    if (!hasMore) break;
  }
  assert.equal(parts.length, 4);
  assert.equal(parts.join(''), source);
  assert.deepEqual(await read(source, { ...options, offset: 500, maxChars: 10 }), {
    form: 'text',
    text: '',
    hasMore: false,
    notes: [],
  });
});

const pictures = [
  ['png', Buffer.from('89504e470d0a1a0a0000000d4948445200000500000002d0', 'hex'), 'image/png', 1280, 720],
  ['gif', Buffer.from('4749463839614001c800', 'hex'), 'image/gif', 320, 200],
  [
    'jpeg',
    Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0001108012c0190030122', 'hex'),
    'image/jpeg',
    400,
    300,
  ],
  [
    'webp',
    Buffer.from(
      `${Buffer.from('RIFF').toString('hex')}00000000${Buffer.from('WEBPVP8X').toString('hex')}0a000000000000003f010095000000`,
      'hex',
    ),
    'image/webp',
    320,
    150,
  ],
] as const;
for (const [name, content, mimeType, width, height] of pictures) {
  test(`the size of a picture is read off ${name}`, () => {
    assert.deepEqual(imageFacts(content), { mimeType, width, height });
  });
}

test('what is no picture and has no text is neither', async () => {
  assert.equal(imageFacts(Buffer.from('\u0000\u0001\u0002hello')), undefined);
  const file = {
    filename: 'a.txt',
    mimeType: 'application/octet-stream',
    content: Buffer.from([0, 1, 2, 255, 254, 0, 3]),
  };
  assert.equal(await readWindow(file, { offset: 0, maxChars: 10, timeZone: 'UTC' }), undefined);
});
