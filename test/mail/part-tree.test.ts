import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { basicCharsets } from '../../src/mail/mime/charsets.ts';
import { readParameters } from '../../src/mail/mime/read-parameters.ts';
import { parseOrHeaders } from '../../src/parser/parse-or-headers.ts';
import type { MimePart } from '../../src/mail/mime/part-tree.ts';
import { decodePart, findPart, readPartTree } from '../../src/mail/mime/part-tree.ts';

const mailFolder = join(import.meta.dirname, '../../../shared/mail');
const mailMissing = existsSync(mailFolder)
  ? false
  : 'needs ../shared/mail: ask the maintainers for the folder of real mail and put it beside the checkout';

function treeOf(...lines: readonly string[]): MimePart {
  return readPartTree(Buffer.from(lines.join('\r\n')));
}

function textOf(part: MimePart | undefined): string {
  assert.ok(part !== undefined);
  return Buffer.from(decodePart(part)).toString();
}

/** Every part with its id, depth first. */
function partsOf(part: MimePart): readonly MimePart[] {
  return [part, ...part.parts.flatMap(partsOf)];
}

suite('the parts of a message', () => {
  test('have the ids that Gmail gives them', () => {
    const tree = treeOf(
      'Content-Type: multipart/mixed; boundary=outer',
      '',
      'preamble',
      '--outer',
      'Content-Type: multipart/alternative; boundary="in ner"',
      '',
      '--in ner',
      'Content-Type: text/plain',
      '',
      'plain',
      '--in ner',
      'Content-Type: text/html',
      '',
      '<p>html',
      '--in ner--',
      '--outer  ',
      'Content-Type: application/pdf; name=a.pdf',
      '',
      'pdf',
      '--outer--',
      'epilogue',
    );
    assert.deepEqual(
      partsOf(tree).map(({ partId, mimeType }) => [partId, mimeType]),
      [
        ['', 'multipart/mixed'],
        ['0', 'multipart/alternative'],
        ['0.0', 'text/plain'],
        ['0.1', 'text/html'],
        ['1', 'application/pdf'],
      ],
    );
    assert.equal(textOf(findPart(tree, '0.0')), 'plain');
    assert.equal(textOf(findPart(tree, '1')), 'pdf');
    assert.equal(findPart(tree, '2'), undefined);
  });

  test('end before the line break that belongs to the boundary', () => {
    const body = ['', '--x', '', 'one', '', '--x', '', '', '--x--'];
    assert.deepEqual(
      treeOf('Content-Type: multipart/mixed; boundary=x', ...body).parts.map((part) => textOf(part)),
      ['one\r\n', ''],
    );
    const withLineFeeds = Buffer.from(['Content-Type: multipart/mixed; boundary=x', ...body].join('\n'));
    assert.deepEqual(
      readPartTree(withLineFeeds).parts.map((part) => textOf(part)),
      ['one\n', ''],
    );
  });

  test('are not ended by a boundary of another name or in the middle of a line', () => {
    const tree = treeOf(
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      '',
      'a --x',
      '--xy',
      '--x is not one',
      '--x--',
    );
    assert.deepEqual(
      tree.parts.map((part) => textOf(part)),
      ['a --x\r\n--xy\r\n--x is not one'],
    );
  });

  test('are read as far as a message goes that was cut off', () => {
    const tree = treeOf('Content-Type: multipart/mixed; boundary=x', '', '--x', '', 'one', '--x', '', 'tw');
    assert.deepEqual(
      tree.parts.map((part) => textOf(part)),
      ['one', 'tw'],
    );
    assert.deepEqual(treeOf('Content-Type: multipart/mixed', '', 'no boundary').parts, []);
    assert.equal(treeOf('').mimeType, 'text/plain');
  });

  test('lie inside an attached message too', () => {
    const tree = treeOf(
      'Content-Type: multipart/digest; boundary=x',
      '',
      '--x',
      '',
      'Subject: inner',
      'Content-Type: text/html',
      '',
      'hello',
      '--x--',
    );
    const [attached] = tree.parts;
    assert.equal(attached?.mimeType, 'message/rfc822');
    assert.deepEqual(
      attached?.parts.map(({ partId, mimeType, headers }) => [partId, mimeType, headers[0]]),
      [['0.0', 'text/html', { name: 'Subject', value: 'inner' }]],
    );
  });

  test('nested without end do not break the reader', () => {
    const levels = Array.from(
      { length: 3000 },
      (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`,
    );
    assert.equal(partsOf(readPartTree(Buffer.from(levels.join('')))).length, 51);
  });

  test('are decoded from base64 and quoted-printable, byte by byte, with broken codes left as they are', () => {
    const decoded = (encoding: string, body: string): string =>
      Buffer.from(decodePart(treeOf(`Content-Transfer-Encoding: ${encoding}`, '', body))).toString('latin1');
    assert.equal(decoded('BASE64', 'AP+A\r\n/w==\r\n'), '\0\u00ff\u0080\u00ff');
    assert.equal(decoded('base64', 'QQ==\r\nQUI=\r\nQUJD'), 'AABABC');
    assert.equal(decoded('quoted-printable', 'a=3D=e9 \t\r\nb=\r\nc =\n=ZZ='), 'a=\u00e9\r\nbc =ZZ');
    assert.equal(decoded('8bit', 'a=3D'), 'a=3D');
    assert.equal(decoded('quoted-printable', 'x\u00a0'), 'x\u00c2\u00a0');
  });
});

suite('the headers of a part', () => {
  test('keep their names, are unfolded as they stand and decoded', () => {
    const { headers } = treeOf(
      'RECEIVED: by x;',
      '        Mon, 1 Jun 2026',
      'X-Tab: a,',
      '\tb',
      'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?utf-8?b?IGF1cw==?= K',
      'no header',
      'To: Zoë <z@x>',
      '',
      'To: body',
    );
    assert.deepEqual(headers, [
      { name: 'RECEIVED', value: 'by x;        Mon, 1 Jun 2026' },
      { name: 'X-Tab', value: 'a, b' },
      { name: 'Subject', value: 'Grüße aus K' },
      { name: 'To', value: 'Zoë <z@x>' },
    ]);
  });

  test('are read in the charset of the part where they are neither encoded nor UTF-8', () => {
    const raw = Buffer.from(
      'Subject: \xcf\xf0\xe8\xe2\xe5\xf2\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\n',
      'latin1',
    );
    assert.deepEqual(readPartTree(raw).headers[0], { name: 'Subject', value: 'Привет' });
  });

  test('say what a part is, in spite of comments and forgotten semicolons', () => {
    const kindOf = (type: string): string => treeOf(`Content-Type: ${type}`, '', '').mimeType;
    assert.equal(kindOf('TEXT/HTML charset=utf-8'), 'text/html');
    assert.equal(kindOf('image/png (a picture)'), 'image/png');
    assert.equal(kindOf('text'), 'text/plain');
    const tree = treeOf('Content-Transfer-Encoding: Base64 (sic);', '', 'QQ==');
    assert.equal(textOf(tree), 'A');
  });

  test('name a file in every form that mailers write', () => {
    const filenameOf = (...lines: readonly string[]): string => treeOf(...lines, '', '').filename;
    assert.equal(filenameOf('Content-Type: image/png; name="a b.png"'), 'a b.png');
    assert.equal(filenameOf('Content-Type: x/y; name=old', 'Content-Disposition: attachment; filename=new'), 'new');
    assert.equal(
      filenameOf("Content-Disposition: attachment; filename*=UTF-8''na%C3%AFve%20file.txt"),
      'naïve file.txt',
    );
    assert.equal(
      filenameOf("Content-Disposition: attachment; filename*1*=%20two; filename*0*=iso-8859-1'en'%E9ne; filename=x"),
      'éne two',
    );
    assert.equal(filenameOf("Content-Disposition: attachment; filename*=iso-2022-jp''%1B$B4A%1B(B.txt"), '漢.txt');
    assert.equal(filenameOf("Content-Disposition: attachment; filename*=no-charset''%C3%A9"), 'é');
    assert.equal(filenameOf('Content-Disposition: attachment; filename*0="a;"; filename*1=b'), 'a;b');
    assert.equal(filenameOf('Content-Type: x/y; name="=?utf-8?b?w6k=?="'), 'é');
    assert.equal(filenameOf(String.raw`Content-Type: x/y; name="a\"b"`), 'a"b');
    assert.equal(filenameOf('Content-Type: text/plain'), '');
  });

  test('give up their parameters whatever stands around them', () => {
    const { value, parameters } = readParameters(' Text/Plain ; Charset = UTF-8 ;; format=flowed; charset=other; x', {
      charsets: basicCharsets(),
    });
    assert.equal(value, 'text/plain');
    assert.deepEqual(
      [...parameters],
      [
        ['charset', 'UTF-8'],
        ['format', 'flowed'],
      ],
    );
  });
});

suite('the parts of real mail', { skip: mailMissing }, () => {
  test('hold the bytes of every attachment that the MIME library finds', async () => {
    const files = ['spamassassin/easy-ham-1', 'spamassassin/hard-ham-1', 'spamassassin/spam-1'].flatMap((folder) =>
      readdirSync(join(mailFolder, folder)).map((name) => join(mailFolder, folder, name)),
    );
    let compared = 0;
    for (const file of files) {
      const raw = readFileSync(file);
      const bodies = new Set(
        partsOf(readPartTree(raw)).map((part) => Buffer.from(decodePart(part)).toString('latin1')),
      );
      // Most messages have no attachment, which the tree tells without the library.
      if (bodies.size < 3) continue;
      const { parsed } = await parseOrHeaders(raw, { deadlineMs: 10_000 });
      for (const { content, filename } of parsed.attachments) {
        const found = Buffer.from(content).toString('latin1');
        // The library counts the line break before a boundary to the part.
        assert.ok(bodies.has(found) || bodies.has(found.replace(/\r?\n$/, '')), `${file}: ${filename}`);
        compared += 1;
      }
    }
    assert.ok(compared > 100, `${compared} attachments compared`);
  });
});
