import assert from 'node:assert/strict';
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { createGunzip } from 'node:zlib';
import { importPaths } from '../../../src/local/import/import-paths.ts';
import { splitMbox } from '../../../src/local/import/split-mbox.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { temporaryMailbox } from './archives.ts';

const mailFolder = resolve(import.meta.dirname, '../../../../shared/mail');
const isHere = existsSync(mailFolder);
const skip = isHere ? false : `${mailFolder} is absent: put the public mail archives there`;
const nowMs = Date.now();

test('whole messages with full headers: every file is one message', { skip }, async (t) => {
  const mailbox = temporaryMailbox(t);
  const paths = [join(mailFolder, 'spamassassin/hard-ham-1')];
  const report = await importPaths({ mailbox, paths, nowMs, timeZone: 'UTC' });
  assert.deepEqual([report.found, report.imported, report.unreadable, report.headersOnly], [125, 125, [], []]);
});

test('hard MIME: every message goes in, and every file that is none is named', { skip }, async (t) => {
  const mailbox = temporaryMailbox(t);
  const report = await importPaths({ mailbox, paths: [join(mailFolder, 'mime')], nowMs, timeZone: 'UTC' });
  assert.deepEqual(report.unreadable, []);
  assert.equal(report.found, report.imported + report.duplicates);
  // Of MimeKit 32 in three mbox files, and 22 messages by themselves.
  const labels = new Map((await mailbox.listLabels()).map(({ id, name }) => [id, name]));
  const page = await mailbox.searchMessages({ query: { kind: 'all' }, maxResults: 500, includeSpamTrash: true });
  const perFolder = Map.groupBy(page.messages, ({ labelIds }) => labels.get(labelIds[0] ?? '')?.split('/')[1] ?? '');
  assert.deepEqual(Object.fromEntries(Array.from(perFolder, ([folder, messages]) => [folder, messages.length])), {
    mailparser: 5,
    mimekit: 54,
    stalwart: 54,
  });
  assert.deepEqual(
    report.skippedFiles.filter(({ source }) => source.endsWith('.eml')),
    [],
  );
});

test('a list archive of many years: the head of it, with its thousand messages', { skip }, async (t) => {
  const path = join(temporaryFolder(t), 'r-package-devel.mbox');
  const packed = createReadStream(join(mailFolder, 'lists/r-package-devel.mbox.gz'));
  let end = 0;
  let count = 0;
  const chunks: Buffer[] = [];
  const unpacked = packed.pipe(createGunzip());
  const kept = unpacked.map((chunk: Buffer) => {
    chunks.push(chunk);
    return chunk;
  });
  for await (const { nextOffsetBytes } of splitMbox(kept, { maxMessageBytes: 1e8 })) {
    end = nextOffsetBytes;
    count += 1;
    if (count === 1000) break;
  }
  writeFileSync(path, Buffer.concat(chunks).subarray(0, end));
  const mailbox = temporaryMailbox(t);
  const report = await importPaths({ mailbox, paths: [path], nowMs, timeZone: 'UTC' });
  assert.deepEqual([report.found, report.unreadable, report.headersOnly], [1000, [], []]);
  assert.equal(report.imported + report.duplicates, 1000);
});

const wholeSkip = process.env['TEST_WHOLE_ARCHIVES'] === '1' ? skip : 'takes minutes: run with TEST_WHOLE_ARCHIVES=1';

test('everything there is: every message of every archive is accounted for', { skip: wholeSkip }, async (t) => {
  const counts = Array.from(
    readFileSync(join(mailFolder, 'README.md'), 'utf8').matchAll(/(?:r-devel|r-sig-finance|r-package-devel) ([\d,]+)/g),
    ([, count = '']) => Number(count.replaceAll(',', '')),
  );
  const mailbox = temporaryMailbox(t);
  const lists = await importPaths({ mailbox, paths: [join(mailFolder, 'lists')], nowMs, timeZone: 'UTC' });
  assert.equal(
    lists.found,
    counts.reduce((sum, count) => sum + count, 0),
  );
  const samples = await importPaths({ mailbox, paths: [join(mailFolder, 'spamassassin')], nowMs, timeZone: 'UTC' });
  assert.equal(samples.found, 3125);
  for (const report of [lists, samples]) {
    assert.deepEqual([report.unreadable, report.headersOnly], [[], []]);
    assert.equal(report.found, report.imported + report.duplicates);
  }
  assert.equal((await mailbox.getProfile()).messagesTotal, lists.imported + samples.imported);
});

test('an mbox of 200 MB is read with memory for a few messages', { skip: wholeSkip }, async () => {
  const one = Buffer.from(
    `From a@example.org Tue Jan  2 10:00:00 2024\nFrom: a@example.org\n\n${'word '.repeat(2000)}\n\n`,
  );
  const block = Buffer.concat(Array.from({ length: 25 }, () => one));
  function* blocks(): Generator<Buffer> {
    for (let bytes = 0; bytes < 200_000_000; bytes += block.length) yield block;
  }
  const before = process.memoryUsage().rss;
  let peak = before;
  let count = 0;
  for await (const { kind } of splitMbox(blocks(), { maxMessageBytes: 1e8 })) {
    assert.equal(kind, 'message');
    count += 1;
    if (count % 500 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  }
  assert.equal(count, 25 * Math.ceil(200_000_000 / block.length));
  assert.ok(peak - before < 60_000_000, `${peak - before} bytes more`);
});
