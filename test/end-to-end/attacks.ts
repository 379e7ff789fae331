/** A mail that attacks time or memory of whoever reads it. */
export interface Attack {
  readonly name: string;
  readonly raw: string;
}

function fill(piece: string, characters: number): string {
  return piece.repeat(Math.ceil(characters / piece.length));
}

const megabyte = 1_000_000;

function mail(headers: readonly string[], body: string): string {
  const own = ['From: mallory@attack.example', 'To: bob@example.org', 'Date: Sun, 2 Mar 2025 10:00:00 +0000'];
  return [...own, 'MIME-Version: 1.0', ...headers, '', body].join('\r\n');
}

function html(document: string): string {
  return mail(['Subject: html', 'Content-Type: text/html; charset=utf-8'], document);
}

function plain(text: string): string {
  return mail(['Subject: plain', 'Content-Type: text/plain; charset=utf-8'], text);
}

function withFile(type: string, name: string, content: string | Buffer): string {
  const file = `Content-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64`;
  const encoded = Buffer.from(content).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  const text = 'Content-Type: text/plain\r\n\r\nsee the file';
  return mail(
    ['Subject: file', 'Content-Type: multipart/mixed; boundary=b'],
    `--b\r\n${text}\r\n--b\r\n${file}\r\n\r\n${encoded}\r\n--b--\r\n`,
  );
}

function multipart(parts: readonly string[]): string {
  return mail(
    ['Subject: parts', 'Content-Type: multipart/mixed; boundary=b'],
    `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`,
  );
}

function nested(depth: number): string {
  const open = Array.from(
    { length: depth },
    (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`,
  );
  return `From: mallory@attack.example\r\nMIME-Version: 1.0\r\n${open.join('')}\r\ndeep`;
}

const headers: readonly (readonly [string, string])[] = [
  ['recipients', `To: ${fill('a,', megabyte)}`],
  ['recipients with names', `Cc: ${fill('"a\\"b" <c@d.example>, ', megabyte)}`],
  ['groups of recipients', `To: ${fill('a:b,c;', megabyte)}`],
  ['comments in an address', `From: ${fill('(', megabyte)}x@y.example`],
  ['open quotes in an address', `From: ${fill('"<', megabyte)}`],
  ['references', `References: ${fill('<a@b.example> ', megabyte)}`],
  ['one long reference', `In-Reply-To: <${fill('a', megabyte)}`],
  ['a subject', `Subject: ${fill('Re: ', megabyte)}`],
  ['encoded words', `Subject: ${fill('=?utf-8?q?=41?= ', megabyte)}`],
  ['broken encoded words', `Subject: ${fill('=?utf-8?q?', megabyte)}`],
  ['folded lines', `Subject: x${fill('\r\n y', megabyte)}`],
  ['header fields', fill('X-A: b\r\n', megabyte).trimEnd()],
  ['parameters', `Content-Type: text/plain; ${fill('a*0*=b; ', megabyte)}`],
  ['a long media type', `Content-Type: ${fill('a', megabyte)}/x`],
  ['a date', `Date: ${fill('1 ', megabyte)}`],
  ['fields of recipients', fill('To: a,a,a,a,a\r\n', megabyte).trimEnd()],
  ['authentication results', `Authentication-Results: ${fill('x; dkim=pass ', megabyte)}`],
];

const plainTexts: readonly (readonly [string, string])[] = [
  ['line feeds', fill('\n', 300_000)],
  ['lines', fill('a\n', 2 * megabyte)],
  ['marks of quotes', fill('>', megabyte)],
  ['quoted lines', fill('> > a\n>> b\n', megabyte)],
  ['introductions of quotes', fill('On Monday, Ann wrote:\n> a\n', megabyte)],
  ['a line', fill('a', 2 * megabyte)],
  ['addresses of pages', fill('https://a.example/b ', megabyte)],
  ['brackets', fill('([<{', megabyte)],
  ['invisible characters', fill('a\u200b\u2060', megabyte)],
  ['combining marks', `a${fill('\u0301', megabyte)}`],
  ['armour', fill('-----BEGIN PGP MESSAGE-----\n', megabyte)],
  ['spaces at ends of lines', fill(`a${' '.repeat(500)}\n`, megabyte)],
  ['signatures', fill('-- \na\n', megabyte)],
  ['header fields in the text', fill('From: a\nSent: b\nTo: c\n\n', megabyte)],
];

const documents: readonly (readonly [string, string])[] = [
  ['preformatted line feeds', `<pre>${fill('\n', 1_900_000)}</pre>`],
  ['cells', `<table>${fill('<tr><td>a<td>b', megabyte)}`],
  ['spans of cells', `<table>${fill('<tr><td rowspan=9999 colspan=9999>a', megabyte)}`],
  ['nested tables', fill('<table><tr><td>', megabyte)],
  ['boxes side by side', fill('<div style="display:flex"><b>x</b>', megabyte)],
  [
    'placed boxes',
    '<div style="position:absolute;bottom:1px">'.repeat(500) + fill('<p style="position:relative">a', megabyte),
  ],
  ['grounds', fill('<p style="position:relative;top:1px;background:red">a</p>', megabyte)],
  ['turned boxes', '<div style="transform:rotate(1deg)">'.repeat(500) + fill('<p>a', megabyte)],
  ['selectors', `<style>${'p:has(b ~ i){color:red}'.repeat(200)}</style>${fill('<p><b></b><u></u></p>', megabyte)}`],
  ['rules', `<style>${fill('.a b>c~d:not(.e):has(f){color:red}', megabyte)}</style><p class=a>x`],
  [
    'variables',
    `<style>:root{--a0:x;${Array.from({ length: 60 }, (_, i) => `--a${i + 1}:var(--a${i})var(--a${i});`).join('')}}</style>${fill('<p style="color:var(--a60)">a', megabyte)}`,
  ],
  ['generated text', `<style>p::before{content:"${'x'.repeat(1000)}"}</style>${fill('<p>', megabyte)}`],
  ['formatting that is not closed', fill('<b><i><a>', megabyte)],
  ['links', fill('<a href="https://a.example/">a</a>', megabyte)],
  ['pictures', fill('<img alt=a src=cid:a>', megabyte)],
  ['lists', '<ol><li>'.repeat(200) + fill('<li>a', megabyte)],
  ['entities', fill('&amp;&#x202e;', megabyte)],
];

const files: readonly (readonly [string, string])[] = [
  ['a table of commas', withFile('text/csv', 'a.csv', fill(',', megabyte))],
  ['quotes in a table', withFile('text/csv', 'a.csv', fill('"a""', megabyte))],
  ['brackets in JSON', withFile('application/json', 'a.json', fill('[', megabyte))],
  ['an HTML file', withFile('text/html', 'a.html', fill('<b><i><a>', megabyte))],
  [
    'a PDF of nothing',
    withFile('application/pdf', 'a.pdf', `%PDF-1.4\n${fill('1 0 obj<</A 1 0 R>>endobj\n', megabyte)}`),
  ],
  ['an archive of nothing', withFile('application/zip', 'a.zip', `PK\u0003\u0004${fill('PK\u0001\u0002', megabyte)}`)],
  [
    'repeated events',
    withFile(
      'text/calendar',
      'a.ics',
      `BEGIN:VCALENDAR\r\n${fill('BEGIN:VEVENT\r\nDTSTART:20250101T000000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n', megabyte)}END:VCALENDAR`,
    ),
  ],
  ['a message in a file', withFile('message/rfc822', 'a.eml', nested(2000))],
  [
    'thousands of files',
    multipart(
      Array.from(
        { length: 5000 },
        (_, index) => `Content-Type: text/plain; name=f${index}\r\nContent-Disposition: attachment\r\n\r\na`,
      ),
    ),
  ],
  ['parts without a header', multipart(Array.from({ length: 100_000 }, () => ''))],
  ['parts in parts', nested(5000)],
  ['boundaries', mail(['Content-Type: multipart/mixed; boundary=-'], fill('--\r\n', megabyte))],
  ['broken base64', mail(['Content-Type: text/plain', 'Content-Transfer-Encoding: base64'], fill('=A', megabyte))],
  [
    'broken quoted-printable',
    mail(['Content-Type: text/plain', 'Content-Transfer-Encoding: quoted-printable'], fill('=', megabyte)),
  ],
];

/** A calendar that comes with a mail as an invitation does. */
function invitation(lines: string): string {
  return withFile('text/calendar; method=REQUEST', 'i.ics', `BEGIN:VCALENDAR\r\n${lines}END:VCALENDAR\r\n`);
}

function zone(rules: string): string {
  const start = 'BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n';
  return `BEGIN:VTIMEZONE\r\nTZID:x\r\n${start}${rules}END:STANDARD\r\nEND:VTIMEZONE\r\n${inZone}`;
}

const inZone = 'BEGIN:VEVENT\r\nDTSTART;TZID=x:20260101T000000\r\nDURATION:P9999999999W\r\nEND:VEVENT\r\n';
const invitations: readonly (readonly [string, string])[] = [
  ['a zone that changes each second', invitation(zone('RRULE:FREQ=SECONDLY\r\n'))],
  [
    'a zone that changes on all days',
    invitation(zone(fill('RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9;BYDAY=MO,TU,WE,TH,FR\r\n', 900_000))),
  ],
  ['parameters', invitation(`BEGIN:VEVENT\r\n${fill('A;B=C', 900_000)}\r\nEND:VEVENT\r\n`)],
  ['people', invitation(`BEGIN:VEVENT\r\n${fill('ATTENDEE;CN=a:mailto:a@b.example\r\n', 900_000)}END:VEVENT\r\n`)],
];

/** HTML of a length that many newsletters have, with what takes longest in it. */
const shortDocuments: readonly (readonly [string, string])[] = [
  ['generated text', `<style>p::before{content:"${'x'.repeat(1000)}"}</style>${fill('<p>', 30_000)}`],
  ['cells', `<table>${fill('<tr><td>a<td>b', 30_000)}`],
  ['rules', `<style>${fill('.a b>c~d:not(.e):has(f){color:red}', 90_000)}</style><p class=a>x`],
];

/** Attacks of every kind: on headers, texts, HTML, and on what is attached. */
export const attacks: readonly Attack[] = [
  ...headers.map(([name, field]) => ({ name: `headers: ${name}`, raw: mail([field], 'text') })),
  ...plainTexts.map(([name, text]) => ({ name: `text: ${name}`, raw: plain(text) })),
  ...documents.map(([name, document]) => ({ name: `HTML: ${name}`, raw: html(document) })),
  ...files.map(([name, raw]) => ({ name: `parts: ${name}`, raw })),
  ...invitations.map(([name, raw]) => ({ name: `invitations: ${name}`, raw })),
  ...shortDocuments.map(([name, document]) => ({ name: `short HTML: ${name}`, raw: html(document) })),
];
