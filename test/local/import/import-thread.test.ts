import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { AppError } from '../../../src/core/errors.ts';
import { importPaths, type ImportOptions } from '../../../src/local/import/import-paths.ts';
import type { ImportReport } from '../../../src/local/import/import-report.ts';
import { openMailbox } from '../temporary-mailbox.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { mbox, message, temporaryMailbox, writeFiles } from './archives.ts';

const base = { nowMs: Date.UTC(2026, 0, 1), timeZone: 'UTC' };
const inThread = { ...base, inThreadFromBytes: 0 };
const inPlace = { ...base, inThreadFromBytes: Infinity };

const words = (index: number): string =>
  Array.from({ length: 40 }, (_, n) => `w${(index * 7919 + n * n) % 5003}`).join(' ');
const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => message(`Number ${from + index}`, { body: words(from + index) }));

/** What an archive may hold: messages twice, with other dates and labels, answers, broken ones, files that are none. */
function archive(t: TestContext): string {
  const takeout = (subject: string, labels: string, thread: number): string =>
    message(subject, { extra: `X-GM-THRID: ${thread}\nX-Gmail-Labels: ${labels}\n` });
  const answers = (subject: string, to: string): string =>
    message(`Re: ${subject}`, { extra: `In-Reply-To: <${to}@example.org>\n`, body: '> quoted\n\nYes.\n' });
  const html = 'Content-Type: text/html; charset=utf-8\n';
  const early = 'From ann@example.org Mon Jan  1 10:00:00 2001';
  return writeFiles(temporaryFolder(t), {
    'list.mbox': mbox([...numbered(1200), ...numbered(300, 600), ...numbered(1100, 1100)]),
    'early.mbox': mbox([message('Number 5', { body: words(5) }).replace(/^Date: .*\n/m, '')], early),
    'takeout.mbox': mbox([takeout('one', 'Inbox,Work', 7), takeout('one', 'Sent', 8), takeout('two', 'Wörk', 7)]),
    'answers.mbox': mbox([answers('Number 1', 'Number-1'), answers('Number 1', 'Number-1'), message('Number 1')]),
    'mail/ü.eml': message('Grüße, 日本', {
      extra: html,
      body: '<p>Straße <b>日本</b> <a href="https://x.example">x</a></p>',
    }),
    'mail/heavy.eml': message('heavy', { body: `${words(3)}\n`.repeat(1000) }),
    'mail/empty.eml': '',
    'mail/notes.md': '# none\n',
    'mail/attached.eml': message('attached', {
      extra: 'Content-Type: multipart/mixed; boundary="b"\n',
      body: '--b\n\ntext\n--b\nContent-Disposition: attachment; filename="a b.pdf"\n\nx\n--b--\n',
    }),
  });
}

/** All rows of all tables of a mailbox's two files; of the full-text index what words are where. */
function contentOf(folder: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    ['mailbox.db', 'raw.db'].flatMap((file) => {
      const database = new DatabaseSync(join(folder, file));
      try {
        database.exec(
          file === 'raw.db' ? '' : 'CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, full_text, instance)',
        );
        const tables = database
          .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'full_text%'")
          .all()
          .map(({ name }) => String(name));
        const all = file === 'raw.db' ? tables : [...tables, 'temp.words'];
        return all.map((name) => [`${file} ${name}`, database.prepare(`SELECT * FROM ${name}`).all()]);
      } finally {
        database.close();
      }
    }),
  );
}

async function importInto(t: TestContext, options: Omit<ImportOptions, 'mailbox'>) {
  const folder = temporaryFolder(t);
  const mailbox = openMailbox(t, folder);
  const report = await importPaths({ ...options, mailbox });
  return { report, folder, mailbox };
}

const summaryOf = ({ found, imported, duplicates, leftOut, unreadable }: ImportReport) => {
  assert.equal(found, imported + duplicates + leftOut + unreadable.length);
  return [found, imported, duplicates, leftOut, unreadable.length];
};

test('a thread of its own makes the same mailbox and the same report', async (t) => {
  const paths = [archive(t)];
  const [here, apart] = [await importInto(t, { ...inPlace, paths }), await importInto(t, { ...inThread, paths })];
  assert.deepEqual(apart.report, here.report);
  assert.deepEqual(contentOf(apart.folder), contentOf(here.folder));
  assert.ok(here.report.imported > 2200 && here.report.duplicates > 300, 'the archive is as it was meant');

  const again = { ...inThread, paths };
  assert.deepEqual(summaryOf(await importPaths({ ...again, mailbox: apart.mailbox })), [
    here.report.found,
    0,
    here.report.imported + here.report.duplicates,
    0,
    1,
  ]);
  assert.deepEqual(contentOf(apart.folder), contentOf(here.folder), 'nothing changes by the same mail');
});

test('what another import stored before is not made again, whatever is beside it', async (t) => {
  const folder = writeFiles(temporaryFolder(t), { 'a.mbox': mbox(numbered(30)), 'b.mbox': mbox(numbered(40, 10)) });
  const mailbox = temporaryMailbox(t);
  await importPaths({ ...inThread, mailbox, paths: [join(folder, 'a.mbox')] });
  const report = await importPaths({ ...inThread, mailbox, paths: [join(folder, 'b.mbox')] });
  assert.deepEqual(summaryOf(report), [40, 20, 20, 0, 0]);
});

test('a selection holds in the thread, too', async (t) => {
  const paths = [archive(t)];
  const selection = { sinceMs: Date.UTC(2002, 0), withoutSpam: true };
  const [here, apart] = [
    await importInto(t, { ...inPlace, paths, selection }),
    await importInto(t, { ...inThread, paths, selection }),
  ];
  assert.deepEqual(apart.report, here.report);
  assert.equal(apart.report.leftOut, 1);
});

test('an interrupted import stores what was read, and the next one goes on from there', async (t) => {
  const path = join(writeFiles(temporaryFolder(t), { 'list.mbox': mbox(numbered(9000)) }), 'list.mbox');
  const mailbox = temporaryMailbox(t);
  const stop = new AbortController();
  const stopping = {
    ...mailbox,
    async addMessages(...given: Parameters<typeof mailbox.addMessages>) {
      stop.abort();
      return mailbox.addMessages(...given);
    },
  };
  const first = await importPaths({ ...inThread, mailbox: stopping, paths: [path], signal: stop.signal });
  assert.equal(first.isInterrupted, true);
  // One is stored, one waits, one is made, and one is read at the most.
  assert.ok(first.found >= 1000 && first.found <= 5000, `${first.found} messages`);
  assert.equal((await mailbox.getProfile()).messagesTotal, first.imported);

  const found: number[] = [];
  const second = await importPaths({
    ...inThread,
    mailbox,
    paths: [path],
    onProgress: (progress) => found.push(progress.found),
  });
  assert.deepEqual(summaryOf(second), [9000, 9000 - first.imported, first.imported, 0, 0]);
  assert.equal(found.at(-1), 9000);
  assert.equal(await mailbox.getMark(`import ${path}`), '');
});

test('a mailbox that fails ends the import and its thread, and the next one completes it', async (t) => {
  const path = join(writeFiles(temporaryFolder(t), { 'list.mbox': mbox(numbered(4500)) }), 'list.mbox');
  const mailbox = temporaryMailbox(t);
  let calls = 0;
  const failing = {
    ...mailbox,
    async addMessages(...given: Parameters<typeof mailbox.addMessages>) {
      calls += 1;
      if (calls === 2) throw new AppError('UNAVAILABLE', 'The disk is full.');
      return mailbox.addMessages(...given);
    },
  };
  await assert.rejects(importPaths({ ...inThread, mailbox: failing, paths: [path] }), {
    code: 'UNAVAILABLE',
    message: 'The disk is full.',
  });
  assert.equal((await mailbox.getProfile()).messagesTotal, 1000);
  assert.deepEqual(summaryOf(await importPaths({ ...inThread, mailbox, paths: [path] })), [4500, 3500, 1000, 0, 0]);
});

test('what the thread asks and cannot be answered ends the import', async (t) => {
  const path = join(writeFiles(temporaryFolder(t), { 'list.mbox': mbox(numbered(10)) }), 'list.mbox');
  const mailbox = temporaryMailbox(t);
  const unread = { ...mailbox, getMark: () => Promise.reject(new AppError('UNAVAILABLE', 'The disk is gone.')) };
  await assert.rejects(importPaths({ ...inThread, mailbox: unread, paths: [path] }), { message: 'The disk is gone.' });
});

test('a fault in the thread is said as it is', async (t) => {
  const path = join(writeFiles(temporaryFolder(t), { 'list.mbox': mbox(numbered(10)) }), 'list.mbox');
  const mailbox = temporaryMailbox(t);
  await mailbox.addMessages([], { mark: { name: `import ${path}`, value: '{"sizeBytes":' } });
  for (const options of [inPlace, inThread]) {
    await assert.rejects(importPaths({ ...options, mailbox, paths: [path] }), { name: 'SyntaxError' });
  }
});
