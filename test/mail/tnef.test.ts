import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { libraryCharsets } from '../../src/mail/mime/charset-library.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { readTnef } from '../../src/mail/mime/tnef/read-tnef.ts';
import { binary, buildTnef, long, unicode } from './build-tnef.ts';

const samples = join(import.meta.dirname, '../../../shared/mail/mime/mimekit/UnitTests/TestData/tnef');
const skip = existsSync(samples) ? false : `${samples} is absent: ask the maintainers for the folder of real mail`;

function mailWith(tnef: Buffer, text: string | undefined, type = 'application/ms-tnef; name=winmail.dat'): Buffer {
  const lines = [
    'Content-Type: multipart/mixed; boundary=b',
    '',
    ...(text === undefined ? [] : ['--b', 'Content-Type: text/plain', '', text]),
    '--b',
    `Content-Type: ${type}`,
    'Content-Transfer-Encoding: base64',
    '',
    tnef.toString('base64'),
    '--b--',
  ];
  return Buffer.from(lines.join('\r\n'));
}

const files = [
  { title: 'OLD.TXT', data: Buffer.from('the first') },
  {
    title: 'BERICH~1.PDF',
    data: Buffer.from('the second'),
    properties: [
      unicode(0x3707, 'Bericht Größe 日本.pdf'),
      unicode(0x370e, 'Application/PDF'),
      unicode(0x3712, '<p1@x>'),
    ],
  },
];

test('the files in a winmail.dat are the attachments, with their own names, types and bytes', async () => {
  for (const type of ['application/ms-tnef; name=winmail.dat', 'application/octet-stream; name="Winmail.dat"']) {
    const { text, attachments } = await parseMime(mailWith(buildTnef(files), 'See the files.', type));
    assert.equal(text, 'See the files.');
    assert.deepEqual(
      attachments.map(({ filename, mimeType, contentId, content }) => [
        filename,
        mimeType,
        contentId,
        Buffer.from(content).toString(),
      ]),
      [
        ['OLD.TXT', 'application/octet-stream', undefined, 'the first'],
        ['Bericht Größe 日本.pdf', 'application/pdf', 'p1@x', 'the second'],
      ],
    );
  }
});

test('the text in a winmail.dat is that of a message without any other', async () => {
  const html = binary(0x1013, Buffer.from('<p>Gr\xf6\xdfe</p>', 'latin1'));
  const packed = buildTnef([], [unicode(0x1000, 'Größe'), html, long(0x3fde, 1252)]);
  const alone = await parseMime(mailWith(packed, undefined));
  assert.deepEqual([alone.text, alone.html, alone.attachments], ['Größe', '<p>Größe</p>', []]);
  const beside = await parseMime(mailWith(packed, 'The text.'));
  assert.deepEqual([beside.text, beside.html, beside.attachments], ['The text.', undefined, []]);
});

/** Without compression: a run of literal bytes under control bytes of zero. */
function literalRtf(rtf: string): Buffer {
  const body = Buffer.concat(
    (rtf.match(/[^]{1,8}/g) ?? []).map((piece) => Buffer.concat([Buffer.from([0]), Buffer.from(piece, 'latin1')])),
  );
  const head = Buffer.alloc(16);
  head.writeUInt32LE(body.length + 12, 0);
  head.writeUInt32LE(rtf.length, 4);
  head.write('LZFu', 8, 'latin1');
  return Buffer.concat([head, body]);
}

test('a message in RTF alone is a file that can be opened', async () => {
  const rtf = String.raw`{\rtf1\ansi Hello {\b bold}}`;
  const { attachments } = await parseMime(mailWith(buildTnef([], [binary(0x1009, literalRtf(rtf))]), undefined));
  assert.deepEqual(
    attachments.map(({ filename, content }) => [filename, Buffer.from(content).toString('latin1')]),
    [['message.rtf', rtf]],
  );
});

test('a message inside the message gives its files, as deep as messages are read', async () => {
  const nested = (levels: number): Buffer => {
    if (levels === 0) return buildTnef(files);
    const inner = binary(0x3701, Buffer.concat([Buffer.alloc(16), nested(levels - 1)]));
    return buildTnef([{ title: `level ${levels}`, properties: [inner] }]);
  };
  const { attachments } = await parseMime(mailWith(nested(2), undefined));
  assert.deepEqual(
    attachments.map(({ filename }) => filename),
    ['OLD.TXT', 'Bericht Größe 日本.pdf'],
  );
  assert.deepEqual(
    (await parseMime(mailWith(nested(9), undefined))).attachments.map(({ filename }) => filename),
    ['level 6'],
  );
});

test('what is no TNEF stays the file that it is', async () => {
  const { attachments } = await parseMime(mailWith(Buffer.from('no such format'), 'Text.'));
  assert.deepEqual(
    attachments.map(({ filename, content }) => [filename, Buffer.from(content).toString()]),
    [['winmail.dat', 'no such format']],
  );
});

test('damaged and hostile bytes are read as far as they are whole, and never throw', () => {
  const whole = buildTnef(files, [unicode(0x1000, 'text'), binary(0x1009, literalRtf('{}'))]);
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), fc.nat(whole.length), (changes, length) => {
      const damaged = Buffer.from(whole);
      for (const [index, value] of changes) damaged[index] = value;
      const read = readTnef(damaged.subarray(0, length), libraryCharsets());
      for (const { content } of read?.files ?? []) assert.ok(content.length <= whole.length);
    }),
  );
});

test('real winmail.dat files give the files that another program takes out of them', { skip }, () => {
  let compared = 0;
  for (const path of globSync(join(samples, '*.tnef'))) {
    const folder = path.replace(/\.tnef$/, '');
    const tnef = readTnef(readFileSync(path), libraryCharsets());
    assert.ok(tnef !== undefined, basename(path));
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      const file = tnef.files.find(({ filename }) => filename === name);
      if (file === undefined) continue;
      assert.ok(file.content.equals(readFileSync(join(folder, name))), `${basename(path)}: ${name}`);
      compared += 1;
    }
  }
  assert.ok(compared >= 3, `${compared} files compared`);
});
