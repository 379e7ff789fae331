import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { AppError } from '../../src/core/errors.ts';
import { TaskTime } from '../../src/core/task-time.ts';
import { parserProcess } from '../../src/parser/parser-process.ts';
import { readDocument, unpackEntry } from '../../src/parser/tasks.ts';
import { buildDocx, buildPdf, buildXlsx } from '../documents/build-documents.ts';
import { buildZip } from '../support/build-zip.ts';

after(() => parserProcess.stop());

const range = { offset: 0, maxChars: 1000, timeZone: 'UTC' };
const limits = { deadlineMs: 60_000 };
const named = (content: Uint8Array, filename = 'x') => ({ content, filename, mimeType: 'application/octet-stream' });

function refuses(code: string) {
  return (error: unknown): boolean => error instanceof AppError && error.code === code;
}

test('documents are read in a process of its own, kept between tasks', async () => {
  const first = await readDocument(named(buildPdf([['Hello']])), range, limits);
  assert.equal(first?.text, 'Hello');
  assert.ok(parserProcess.rssBytes > 20e6);
  const texts = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, index) => (await readDocument(named(Buffer.from(`text ${index}`), 'a.txt'), range, limits))?.text,
    ),
  );
  assert.deepEqual(
    texts,
    Array.from({ length: 20 }, (_, index) => `text ${index}`),
  );
});

test('25 MB go there and back whole', async () => {
  const content = Buffer.alloc(25_000_000, 'abcdefghij');
  const archive = buildZip({ 'big.bin': content });
  assert.ok(content.equals(await unpackEntry(archive, 'big.bin', limits)));
});

test('a file in an archive is unpacked, one in an archive inside too; what is not there is said', async () => {
  const archive = buildZip({ 'a/notes.txt': 'hello', 'inner.zip': buildZip({ 'deep.txt': 'deep' }) });
  assert.equal(Buffer.from(await unpackEntry(archive, 'a/notes.txt', limits)).toString(), 'hello');
  assert.equal(Buffer.from(await unpackEntry(archive, 'inner.zip/deep.txt', limits)).toString(), 'deep');
  for (const path of ['nothing.txt', 'a/', '../a/notes.txt', 'inner.zip/no']) {
    await assert.rejects(unpackEntry(archive, path, limits), refuses('NOT_FOUND'), path);
  }
  await assert.rejects(unpackEntry(Buffer.from('no archive'), 'x', limits), refuses('INVALID_INPUT'));
});

test('a task that takes too long is ended, and the next one is done', async () => {
  const rows = Array.from({ length: 300_000 }, (_, row) => `<row><c r="A${row}"><v>${row}</v></c></row>`).join('');
  const slow = buildXlsx({ Big: rows });
  await assert.rejects(
    readDocument(named(slow), { ...range, offset: 10_000_000 }, { deadlineMs: 30 }),
    refuses('TOO_LARGE'),
  );
  assert.equal((await readDocument(named(buildPdf([['after']])), range, limits))?.text, 'after');
});

test('the start of a process counts in the time of a call, and not in the part of it that its tasks have', async () => {
  parserProcess.stop();
  const call = new TaskTime(60_000);
  const part = new TaskTime(30_000, call);
  await readDocument(named(Buffer.from('cold'), 'a.txt'), range, { ...limits, time: part });
  const startMs = 60_000 - call.leftMs - (30_000 - part.leftMs);
  assert.ok(startMs >= 10, `${startMs} ms`);
  await readDocument(named(Buffer.from('warm'), 'a.txt'), range, { ...limits, time: part });
  assert.equal(60_000 - call.leftMs - (30_000 - part.leftMs), startMs);
});

test('no process is started for a call that has no time for its start', async () => {
  await readDocument(named(Buffer.from('there'), 'a.txt'), range, limits);
  parserProcess.stop();
  const time = new TaskTime(51);
  await assert.rejects(
    readDocument(named(Buffer.from('late'), 'a.txt'), range, { ...limits, time }),
    refuses('TOO_LARGE'),
  );
  assert.equal(parserProcess.rssBytes, 0);
});

test('a caller that is gone ends its task with its own reason; those that wait are served', async () => {
  const gone = new AbortController();
  const rows = Array.from({ length: 200_000 }, (_, row) => `<row><c r="A${row}"><v>${row}</v></c></row>`).join('');
  const slow = readDocument(named(buildXlsx({ Big: rows })), range, { ...limits, signal: gone.signal });
  const waiting = readDocument(named(Buffer.from('served'), 'a.txt'), range, limits);
  const reason = new Error('client is gone');
  gone.abort(reason);
  await assert.rejects(slow, (error) => error === reason);
  assert.equal((await waiting)?.text, 'served');
});

const zeros = Buffer.alloc(200_000_000);
const bombs = {
  'a ZIP entry of 200 MB of zeros': () => unpackEntry(buildZip({ 'x.txt': zeros }), 'x.txt', limits),
  'a ZIP entry that claims to be small': () =>
    unpackEntry(buildZip({ 'x.txt': zeros }, { 'x.txt': 10 }), 'x.txt', limits),
  'a spreadsheet of 200 MB of zeros': () =>
    readDocument(named(buildZip({ 'xl/workbook.xml': '<workbook/>', 'xl/sharedStrings.xml': zeros })), range, limits),
  'a Word document of 200 MB of zeros': () =>
    readDocument(named(buildZip({ 'word/document.xml': zeros })), range, limits),
  'a PDF of 200 MB of text': () => readDocument(named(pdfBomb()), range, limits),
};
/** A page whose text is 200 MB unpacked. */
function pdfBomb(): Buffer {
  const packed = deflateSync(Buffer.alloc(200_000_000, 'BT /F1 9 Tf (a) Tj ET\n')).toString('latin1');
  const [before = '', after = ''] = buildPdf([['X']])
    .toString('latin1')
    .split(/<< \/Length \d+ >>\nstream\n[^]*?\nendstream/);
  const stream = `<< /Filter /FlateDecode /Length ${packed.length} >>\nstream\n${packed}\nendstream`;
  return Buffer.from(`${before}${stream}${after}`, 'latin1');
}

for (const [name, open] of Object.entries(bombs)) {
  test(`${name} is refused, and the next task is done`, async () => {
    await assert.rejects(
      open(),
      (error: unknown) => error instanceof AppError && /TOO_LARGE|INVALID_INPUT/.test(error.code),
    );
    assert.equal((await readDocument(named(Buffer.from('alive'), 'a.txt'), range, limits))?.text, 'alive');
  });
}

const broken = {
  'a PDF of noise': Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000, 'xref obj <<')]),
  'a ZIP cut off': buildZip({ 'a.txt': 'hello'.repeat(1000) }).subarray(0, 40),
  'a Word document without a body': buildDocx('').subarray(0, 300),
  'a PDF whose pages contain themselves': Buffer.from(
    buildPdf([['a']])
      .toString('latin1')
      .replace('/Kids [4 0 R] /Count 1', '/Kids [2 0 R] /Count 9'),
    'latin1',
  ),
  'tables nested deeper than a stack': buildDocx(
    `${'<w:tbl><w:tr><w:tc>'.repeat(5000)}<w:p/>${'</w:tc></w:tr></w:tbl>'.repeat(5000)}`,
  ),
};
for (const [name, content] of Object.entries(broken)) {
  test(`${name} is said to be broken`, async () => {
    await assert.rejects(readDocument(named(content), range, limits), refuses('INVALID_INPUT'));
  });
}

test('XML in a document that names entities expands none', async () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "${'lol'.repeat(100)}">]><worksheet><sheetData><row><c t="str"><v>&a;&a;</v></c></row></sheetData></worksheet>`;
  const window = await readDocument(
    named(
      buildZip({
        'xl/workbook.xml': '<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels':
          '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/></Relationships>',
        'xl/s.xml': bomb,
      }),
    ),
    range,
    limits,
  );
  assert.ok(!(window?.text ?? '').includes('lollol'));
});
