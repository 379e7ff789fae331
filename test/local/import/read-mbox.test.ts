import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { assert as check, asyncProperty, integer } from 'fast-check';
import { splitMbox, type MboxEntry } from '../../../src/local/import/split-mbox.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { collect, mbox, message, readAll, textsOf, writeFiles } from './archives.ts';

const splitText = async (text: string, chunkBytes = text.length, maxMessageBytes = 1e6): Promise<MboxEntry[]> => {
  const bytes = Buffer.from(text);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
  return collect(splitMbox(chunks, { maxMessageBytes }));
};
const rawOf = (entry: MboxEntry | undefined): string =>
  entry?.kind === 'message' ? Buffer.from(entry.raw).toString() : `no message: ${entry?.kind}`;

test('every form of envelope line separates messages, and its date is read', async () => {
  const envelopes = [
    ['From edd at debian.org  Tue Jun  1 17:40:49 2004', '2004-06-01T17:40:49Z'],
    ['From Martin Maechler <maechler@stat.math.ethz.ch>  Tue Apr  1 09:28:56 1997', '1997-04-01T09:28:56Z'],
    ['From 1234567890123456789@xxx Mon Jan 01 00:00:00 +0000 2024', '2024-01-01T00:00:00Z'],
    ['From - Mon, 05 Feb 2018 11:22:33 +0100', '2018-02-05T10:22:33Z'],
    ['From ann@example.org Thu Nov 13 08:00:00 CET 2003', '2003-11-13T08:00:00Z'],
    ['From j@@e @ending from ex@mple@org  Sun May  6 11:42:45 2018', '2018-05-06T11:42:45Z'],
    ['From -', undefined],
    ['From 1844347792267117879@xxx', undefined],
  ] as const;
  const text = envelopes.map(([line], index) => `${line}\n${message(`Number ${index}`)}\n`).join('');
  const entries = await splitText(text);
  assert.deepEqual(
    entries.map(rawOf),
    envelopes.map((_, index) => message(`Number ${index}`)),
  );
  assert.deepEqual(
    entries.map((entry) => entry.kind === 'message' && entry.envelope.dateMs),
    envelopes.map(([, date]) => (date === undefined ? undefined : Date.parse(date))),
  );
});

/** Dialects of mail programs, archives and list services. Some dates are in a language of their own, and stay unread. */
const dialects: readonly (readonly [line: string, date: string | undefined])[] = [
  ['From ann@example.org Mon, 01 Jun 2026 09:00:00 +0200', '2026-06-01T07:00:00Z'],
  ['From ann@example.org 2026-06-01T09:00:00Z', '2026-06-01T09:00:00Z'],
  ['From ann@example.org 2026-06-01 09:00:00', '2026-06-01T09:00:00Z'],
  ['From ann@example.org Jun  1 09:00:00 2026', '2026-06-01T09:00:00Z'],
  ['From ann@example.org Wed Dec 6 2023 23:14:04', '2023-12-06T23:14:04Z'],
  ['From ann@example.org Mon Jun 01 09:00:00 26', '2026-06-01T09:00:00Z'],
  ['From ann at example.org 1 Jun 2026 09:00:00', '2026-06-01T09:00:00Z'],
  ['From ann@example.org lun. juin 01 09:00:00 2026', undefined],
  ['From ann@example.org 1 de maio de 2026 09:00:00', undefined],
  ['From ann@example.org Пн июн 01 09:00:00 2026', undefined],
  ['From ann@example.org 月 6月 01 09:00:00 2026', undefined],
  ['From ann@example.org"\n <ann@example.org  Mon Jan 15 12:58:00 2001', '2001-01-15T12:58:00Z'],
  ['From ann@example.org in a form that nobody knows', undefined],
  ['From ', undefined],
  ['From nobody', undefined],
];

for (const [line, date] of dialects) {
  test(`three messages behind lines like "${line}" stay three`, async () => {
    const texts = ['one', 'two', 'three'].map((subject) => message(subject));
    const entries = await splitText(mbox(texts, line));
    assert.deepEqual(entries.map(rawOf), texts);
    const dates = entries.map((entry) => (entry.kind === 'message' ? entry.envelope.dateMs : 0));
    assert.deepEqual(new Set(dates), new Set([date === undefined ? undefined : Date.parse(date)]));
  });
}

test('a byte order mark and empty lines before the first message are no message', async (t) => {
  for (const before of ['\ufeff', '\n\n', '\r\n', '\ufeff\n']) {
    const path = join(
      writeFiles(temporaryFolder(t), { 'list.mbox': `${before}${mbox([message('a'), message('b')])}` }),
      'list.mbox',
    );
    assert.deepEqual(textsOf(await readAll(path)), [message('a'), message('b')]);
  }
});

test('a From line inside a body does not cut the message, unless it is an envelope before a header', async () => {
  const bodies = [
    'From now on we meet on Mondays.\n',
    'Two lines.\n\nFrom the paper:\nAbstract: none\n',
    'He wrote\n\nFrom ann@example.org Tue Jan  2 10:00:00 2024\nas the first line of the file.\n',
    '>From Kiel with love\n',
  ];
  const written = bodies.map((body, index) => message(`Body ${index}`, { body }));
  const read = await splitText(mbox(written));
  assert.deepEqual(
    read.map(rawOf),
    written.map((text) => text.replace('>From', 'From')),
  );
});

test('messages are told apart where the archive leaves out the empty line between them', async () => {
  const first = message('First', { body: 'URL: https://example.org/attachment.html\n' });
  const envelope = 'From ann at example.org  Wed Sep 29 15:52:38 2004\n';
  const entries = await splitText(`${envelope}${first}${envelope}${message('Second')}`);
  assert.deepEqual(entries.map(rawOf), [first, message('Second')]);
});

test('the escaping of From lines is undone once, in mboxrd form too', async () => {
  const [entry] = await splitText(mbox([message('Quoted', { body: '>From a\n>>From b\n> From c\nx >From d\n' })]));
  assert.equal(rawOf(entry), message('Quoted', { body: 'From a\n>From b\n> From c\nx >From d\n' }));
});

test('lines that end in CRLF are split the same way and kept as they are', async () => {
  const texts = ['One', 'Two'].map((subject) => message(subject, { body: '>From x\n\nlast line\n' }));
  const entries = await splitText(mbox(texts).replaceAll('\n', '\r\n'));
  assert.deepEqual(
    entries.map(rawOf),
    texts.map((text) => text.replace('>From', 'From').replaceAll('\n', '\r\n')),
  );
});

test('where the chunks of a file are cut never matters', async () => {
  const texts = ['A', 'B', 'C'].map((subject) => message(subject, { body: 'From x\n\n>From y\n\nFrom the end:\n\n' }));
  for (const text of [mbox(texts), mbox(texts).replaceAll('\n', '\r\n')]) {
    const whole = await splitText(text);
    assert.equal(whole.length, 3);
    await check(
      asyncProperty(integer({ min: 1, max: text.length }), async (chunkBytes) => {
        assert.deepEqual(await splitText(text, chunkBytes), whole);
      }),
      { numRuns: 60 },
    );
  }
});

test('each message is found again from the place that the one before it names', async () => {
  const bytes = Buffer.from(mbox(['One', 'Two', 'Three'].map((subject) => message(subject))));
  const entries = await splitText(bytes.toString());
  const [, second] = entries;
  assert.ok(second);
  const startOffsetBytes = second.offsetBytes;
  const rest = await collect(splitMbox([bytes.subarray(startOffsetBytes)], { maxMessageBytes: 1e6, startOffsetBytes }));
  assert.deepEqual(rest, entries.slice(1));
  assert.equal(rest.at(-1)?.nextOffsetBytes, bytes.length);
});

test('a message over the limit is named with its size, and its neighbours are read', async () => {
  const large = message('Large', { body: 'a line of text\n'.repeat(10_000) });
  const text = mbox([message('Before'), large, message('After')]);
  for (const chunkBytes of [text.length, 1000, 7]) {
    const [before, notice, after, ...more] = await splitText(text, chunkBytes, 20_000);
    assert.equal(rawOf(before), message('Before'));
    assert.ok(notice?.kind === 'tooLarge');
    assert.equal(notice.nextOffsetBytes - notice.offsetBytes, notice.sizeBytes);
    assert.ok(Math.abs(notice.sizeBytes - large.length) < 100);
    assert.equal(rawOf(after), message('After'));
    assert.deepEqual(more, []);
  }
});

test('a packed mbox gives the same messages as the plain one', async (t) => {
  const text = mbox(Array.from({ length: 300 }, (_, index) => message(`Number ${index}`)));
  const folder = writeFiles(temporaryFolder(t), { 'plain.mbox': text, 'packed.mbox.gz': gzipSync(text) });
  const plain = await readAll(join(folder, 'plain.mbox'));
  const packed = await readAll(join(folder, 'packed.mbox.gz'));
  assert.equal(textsOf(plain).length, 300);
  assert.deepEqual(textsOf(packed), textsOf(plain));
  const [first] = packed;
  assert.ok(first?.kind === 'message');
  assert.equal(first.source, `${join(folder, 'packed.mbox.gz')} at byte 0`);
  assert.deepEqual(first.labels, ['packed']);
});

/** Text that does not pack to nothing. */
const hardToPack = (seed: number): string => Array.from({ length: 400 }, (_, n) => `${(n * seed) % 9973}\n`).join('');

test('a packed mbox that breaks off gives what is before the break, and names the place', async (t) => {
  const texts = Array.from({ length: 200 }, (_, index) => message(`Number ${index}`, { body: hardToPack(index + 7) }));
  const packed = gzipSync(mbox(texts));
  const path = join(
    writeFiles(temporaryFolder(t), { 'cut.mbox.gz': packed.subarray(0, packed.length / 2) }),
    'cut.mbox.gz',
  );
  const items = await readAll(path);
  const broken = items.at(-2);
  assert.deepEqual(textsOf(items), texts.slice(0, items.length - 2));
  assert.ok(items.length > 50);
  assert.ok(broken?.kind === 'unreadable');
  assert.match(broken.source, /cut\.mbox\.gz at byte [1-9]\d+$/);
  assert.equal(broken.reason, 'the archive breaks off in this message: unexpected end of file');
});

test('a small packed mbox that breaks off gives what is before the break too', async (t) => {
  const texts = ['one', 'two', 'three'].map((subject) => message(subject, { body: hardToPack(subject.length + 10) }));
  const packed = gzipSync(mbox(texts));
  const path = join(
    writeFiles(temporaryFolder(t), { 'cut.mbox.gz': packed.subarray(0, packed.length - 500) }),
    'cut.mbox.gz',
  );
  const items = await readAll(path);
  assert.deepEqual(textsOf(items), texts.slice(0, 2));
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ['message', 'message', 'unreadable', 'mboxEnd'],
  );
});

test('a packed message that breaks off is not taken for whole', async (t) => {
  const packed = gzipSync(message('half', { body: hardToPack(17) }));
  const path = join(
    writeFiles(temporaryFolder(t), { 'half.eml.gz': packed.subarray(0, packed.length - 200) }),
    'half.eml.gz',
  );
  assert.deepEqual(await readAll(path), [
    { kind: 'unreadable', source: path, reason: 'it cannot be read: unexpected end of file' },
  ]);
});

test('a file named .mbox that is none is unreadable, with what an mbox begins with', async (t) => {
  const path = join(writeFiles(temporaryFolder(t), { 'notes.mbox': 'Dear diary,\n\ntoday nothing.\n' }), 'notes.mbox');
  assert.deepEqual(await readAll(path), [
    {
      kind: 'unreadable',
      source: path,
      reason: 'an mbox begins with a line "From SENDER DATE" and a header; this file: no mail header at its beginning',
    },
  ]);
});
