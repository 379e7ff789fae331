import assert from 'node:assert/strict';
import { appendFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { AppError } from '../../../src/core/errors.ts';
import { importPaths, requireMail } from '../../../src/local/import/import-paths.ts';
import type { ImportReport } from '../../../src/local/import/import-report.ts';
import { dryRunTarget } from '../../../src/local/import/import-target.ts';
import type { LocalMailbox } from '../../../src/local/open-local-mailbox.ts';
import type { MessageSummary } from '../../../src/mail/message.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openMailbox } from '../temporary-mailbox.ts';
import { mbox, message, temporaryMailbox, writeFiles } from './archives.ts';

const nowMs = Date.UTC(2026, 0, 1);
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => message(`Number ${index}`));

const dateless = (subject: string, extra = ''): string => message(subject, { extra }).replace(/^Date: .*\n/m, '');
const dated = (subject: string, date: string): string => message(subject).replace(/^Date: .*$/m, `Date: ${date}`);

async function listAll(mailbox: LocalMailbox): Promise<readonly MessageSummary[]> {
  const found: MessageSummary[] = [];
  for (let pageToken: string | undefined; ;) {
    const request = { query: { kind: 'all' }, maxResults: 500, includeSpamTrash: true } as const;
    const page = await mailbox.searchMessages(pageToken === undefined ? request : { ...request, pageToken });
    found.push(...page.messages);
    if (page.nextPageToken === undefined) return found;
    pageToken = page.nextPageToken;
  }
}

/** Numbers only, and that they account for every message. */
function countsOf(report: ImportReport): readonly number[] {
  assert.equal(report.found, report.imported + report.duplicates + report.leftOut + report.unreadable.length);
  return [report.found, report.imported, report.duplicates, report.unreadable.length];
}

test('every message is imported, a duplicate, or unreadable with the reason', async (t) => {
  const folder = writeFiles(temporaryFolder(t), {
    'list.mbox': mbox([message('one'), message('two'), message('one')]),
    'mail/copy.eml': message('two'),
    'mail/empty.eml': '',
    'mail/readme.md': '# Mail\n',
  });
  const mailbox = temporaryMailbox(t);
  const report = await importPaths({ mailbox, paths: [folder], nowMs, timeZone: 'UTC' });
  assert.deepEqual(countsOf(report), [5, 2, 2, 1]);
  assert.deepEqual(report.unreadable, [{ source: join(folder, 'mail/empty.eml'), reason: 'the file is empty' }]);
  assert.deepEqual(
    report.skippedFiles.map(({ source }) => source),
    [join(folder, 'mail/readme.md')],
  );
  assert.equal((await listAll(mailbox)).length, 2);
});

test('an import that is repeated finds everything there already', async (t) => {
  const folder = writeFiles(temporaryFolder(t), { 'list.mbox': mbox(many(40)), 'a.eml': message('a') });
  const mailbox = temporaryMailbox(t);
  assert.deepEqual(countsOf(await importPaths({ mailbox, paths: [folder], nowMs, timeZone: 'UTC' })), [41, 41, 0, 0]);
  const { historyId } = await mailbox.getProfile();
  assert.deepEqual(countsOf(await importPaths({ mailbox, paths: [folder], nowMs, timeZone: 'UTC' })), [41, 0, 41, 0]);
  assert.equal((await mailbox.getProfile()).historyId, historyId);
});

test('a second Takeout with other labels brings no duplicates', async (t) => {
  const envelope = 'From 1790000000000000001@xxx Tue Jan 02 10:00:05 +0000 2024';
  const exported = (labels: string): string =>
    mbox([message('exported', { extra: `X-GM-THRID: 1790000000000000777\nX-Gmail-Labels: ${labels}\n` })], envelope);
  const folder = writeFiles(temporaryFolder(t), {
    'first.mbox': exported('Inbox,Unread,Work'),
    'second.mbox': exported('Archived'),
  });
  const mailbox = temporaryMailbox(t);
  assert.deepEqual(countsOf(await importPaths({ mailbox, paths: [folder], nowMs, timeZone: 'UTC' })), [2, 1, 1, 0]);
  const [only] = await listAll(mailbox);
  const labels = new Map((await mailbox.listLabels()).map(({ id, name }) => [id, name]));
  assert.deepEqual(new Set(only?.labelIds.map((id) => labels.get(id))), new Set(['INBOX', 'UNREAD', 'Work']));
});

test('a message is dated by the best source that its archive has', async (t) => {
  const takeout = 'From 1790000000000000001@xxx Tue Jan 02 10:00:05 +0000 2024';
  const received =
    'Received: from a by b; Wed, 3 Jan 2024 11:00:00 +0100\nReceived: from c by a; Mon, 1 Jan 2024 00:00:00 +0000\n';
  const asctime = 'From ann@example.org  Thu Jan  4 12:00:00 2024';
  const folder = writeFiles(temporaryFolder(t), {
    '1.mbox': mbox([message('takeout', { extra: received })], takeout),
    '2.mbox': mbox([message('received', { extra: received })], asctime),
    '3.mbox': mbox([message('date header')], asctime),
    '4.mbox': mbox([dateless('envelope')], asctime),
    '5.mbox': mbox([dated('from the future', 'Fri, 1 Jan 2100 00:00:00 +0000')], asctime),
    '6.mbox': mbox([dated('before Unix', 'Fri, 1 Jan 1960 00:00:00 +0000')], asctime),
    '7.eml': dateless('file time'),
  });
  utimesSync(join(folder, '7.eml'), 1_700_000_000, 1_700_000_000);
  const mailbox = temporaryMailbox(t);
  await importPaths({ mailbox, paths: [folder], nowMs, timeZone: 'UTC' });
  const dates = (await listAll(mailbox)).map(({ subject, internalDate }) => [
    subject,
    new Date(Number(internalDate)).toISOString(),
  ]);
  assert.deepEqual(Object.fromEntries(dates), {
    takeout: '2024-01-02T10:00:05.000Z',
    received: '2024-01-03T10:00:00.000Z',
    'date header': '2024-01-02T10:00:00.000Z',
    envelope: '2024-01-04T12:00:00.000Z',
    'from the future': '2024-01-04T12:00:00.000Z',
    'before Unix': '2024-01-04T12:00:00.000Z',
    'file time': '2023-11-14T22:13:20.000Z',
  });
});

test('an interrupted import goes on where it was, and its report is whole', async (t) => {
  const folder = writeFiles(temporaryFolder(t), {
    'list.mbox': mbox([...many(2500), message('big', { body: 'x'.repeat(3000) })]),
  });
  const path = join(folder, 'list.mbox');
  const mailbox = temporaryMailbox(t);
  const stop = new AbortController();
  const options = { mailbox, paths: [path], nowMs, timeZone: 'UTC', maxMessageBytes: 2000 };
  const onProgress = (): void => stop.abort();
  const first = await importPaths({ ...options, signal: stop.signal, onProgress });
  assert.equal(first.isInterrupted, true);
  assert.ok(first.found > 0 && first.found < 2501, `${first.found} messages before the interruption`);
  assert.equal((await mailbox.getProfile()).messagesTotal, first.imported);

  const progress: number[] = [];
  const second = await importPaths({ ...options, onProgress: ({ found }) => progress.push(found) });
  assert.equal(second.isInterrupted, false);
  assert.deepEqual(countsOf(second), [2501, 2500 - first.imported, first.imported, 1]);
  assert.match(second.unreadable[0]?.source ?? '', /list\.mbox at byte \d+$/);
  assert.equal((await mailbox.getProfile()).messagesTotal, 2500);
  assert.equal(await mailbox.getMark(`import ${path}`), '', 'the resume point is gone when the import is complete');
});

test('an mbox that changed after an interruption is read from its beginning', async (t) => {
  const path = join(writeFiles(temporaryFolder(t), { 'list.mbox': mbox(many(2500)) }), 'list.mbox');
  const mailbox = temporaryMailbox(t);
  const stop = new AbortController();
  await importPaths({
    mailbox,
    paths: [path],
    nowMs,
    timeZone: 'UTC',
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  assert.match((await mailbox.getMark(`import ${path}`)) ?? '', /"offsetBytes":[1-9]/);
  writeFiles(join(path, '..'), { 'list.mbox': mbox([message('put in front')]) });
  appendFileSync(path, mbox(many(2500)));
  const report = await importPaths({ mailbox, paths: [path], nowMs, timeZone: 'UTC' });
  assert.equal(report.found, 2501);
  assert.equal((await mailbox.getProfile()).messagesTotal, 2501);
});

test('a message with parts nested without end is imported, its text searchable', async (t) => {
  const depth = 300;
  const nested = Array.from(
    { length: depth },
    (_, n) => `--b${n}\nContent-Type: multipart/mixed; boundary="b${n + 1}"\n\n`,
  ).join('');
  const extra = 'Content-Type: multipart/mixed; boundary="b0"\n';
  const folder = writeFiles(temporaryFolder(t), {
    'deep.eml': message('too deep', { extra, body: `${nested}--b${depth}\n\nbottom\n` }),
  });
  const mailbox = temporaryMailbox(t);
  const report = await importPaths({ mailbox, paths: [folder], nowMs, timeZone: 'UTC' });
  assert.deepEqual(countsOf(report), [1, 1, 0, 0]);
  assert.deepEqual(report.headersOnly, []);
  const query = { kind: 'text', field: 'anywhere', words: ['bottom'] } as const;
  const { messages } = await mailbox.searchMessages({ query, maxResults: 10, includeSpamTrash: false });
  assert.deepEqual(
    messages.map(({ subject }) => subject),
    ['too deep'],
  );
});

test('a message that the mailbox fails on does not stop the others', async (t) => {
  const path = join(writeFiles(temporaryFolder(t), { 'list.mbox': mbox(many(20)) }), 'list.mbox');
  const folder = temporaryFolder(t);
  const mailbox = openMailbox(t, folder);
  const database = new DatabaseSync(join(folder, 'mailbox.db'));
  t.after(() => database.close());
  database.exec(
    `CREATE TRIGGER refuses BEFORE INSERT ON message WHEN new.subject = 'Number 7'
     BEGIN SELECT raise(ABORT, 'no place for it'); END`,
  );
  const report = await importPaths({ mailbox, paths: [path], nowMs, timeZone: 'UTC' });
  assert.deepEqual(countsOf(report), [20, 19, 0, 1]);
  assert.equal(report.unreadable[0]?.reason, 'the mailbox cannot take it: no place for it');
  assert.match(report.unreadable[0].source, /list\.mbox at byte \d+$/);
});

test('a fault of ours ends the import, instead of making every message unreadable', async (t) => {
  const path = join(writeFiles(temporaryFolder(t), { 'list.mbox': mbox(many(20)) }), 'list.mbox');
  const mailbox = temporaryMailbox(t);
  const failing: LocalMailbox = {
    ...mailbox,
    async addMessages(batch, given) {
      if (batch.length > 0) throw new TypeError('rows.messages is not a function');
      return mailbox.addMessages(batch, given);
    },
  };
  const options = { paths: [path], nowMs, timeZone: 'UTC' };
  await assert.rejects(importPaths({ ...options, mailbox: failing }), TypeError);
  const unread = { ...mailbox, getMark: () => Promise.reject(new AppError('UNAVAILABLE', 'The disk is gone.')) };
  await assert.rejects(importPaths({ ...options, mailbox: unread }), { message: 'The disk is gone.' });
});

test('paths that are not there or hold no mail are refused before anything is stored', async (t) => {
  const folder = writeFiles(temporaryFolder(t), { 'notes.txt': 'Milk, eggs.\n', 'more.txt': 'Bread.\n' });
  const missing = join(folder, 'missing');
  await assert.rejects(requireMail([folder, missing]), {
    code: 'INVALID_INPUT',
    message: `There is no ${missing} to import.`,
    details: { field: 'PATH', expected: 'a file or a folder that can be read', got: missing },
  });
  await assert.rejects(requireMail([folder]), {
    code: 'INVALID_INPUT',
    message: `There is no mail in ${folder}.`,
    details: {
      field: 'PATH',
      expected: 'an mbox (also .gz), a Maildir, .eml files or folders of them, a Google Takeout folder or .zip',
      got: '2 files that are no mail',
    },
  });
  const mailbox = temporaryMailbox(t);
  await assert.rejects(importPaths({ mailbox, paths: [missing], nowMs, timeZone: 'UTC' }), { code: 'INVALID_INPUT' });
});

const yearly = (year: number, extra = ''): string =>
  message(`Of ${year}`, { extra }).replace(/^Date: .*$/m, `Date: 1 Jan ${year} 03:00:00 +0000`);

test('only messages of the time asked for, without spam, are imported; years and labels are counted', async (t) => {
  const folder = writeFiles(temporaryFolder(t), {
    'all.mbox': mbox([
      yearly(2014),
      yearly(2015, 'X-Gmail-Labels: Inbox,Work\n'),
      yearly(2016, 'X-Gmail-Labels: Spam\n'),
      yearly(2017, 'X-Gmail-Labels: Work\n'),
      yearly(2018),
    ]),
  });
  const mailbox = temporaryMailbox(t);
  // At 03:00 UTC on New Year's Day it is still the old year in New York.
  const options = { mailbox, paths: [folder], nowMs, timeZone: 'America/New_York' };
  const selection = { sinceMs: Date.UTC(2014, 6), beforeMs: Date.UTC(2017, 6), withoutSpam: true };
  const report = await importPaths({ ...options, selection });
  assert.deepEqual([...countsOf(report), report.leftOut], [5, 2, 0, 0, 3]);
  assert.deepEqual(
    [...report.years],
    [
      [2014, 1],
      [2016, 1],
    ],
  );
  assert.deepEqual(
    [...report.labels],
    [
      ['Work', 2],
      ['INBOX', 1],
    ],
  );
  // Everything else is still there to be imported.
  assert.deepEqual(countsOf(await importPaths(options)), [5, 3, 2, 0]);
});

test('an import that was stopped does not lose what another selection wants', async (t) => {
  const path = join(writeFiles(temporaryFolder(t), { 'list.mbox': mbox(many(2500)) }), 'list.mbox');
  const mailbox = temporaryMailbox(t);
  const options = { mailbox, paths: [path], nowMs, timeZone: 'UTC' };
  const selection = { sinceMs: Date.UTC(2025, 0) };
  const stop = new AbortController();
  const stopped = { ...options, selection, signal: stop.signal, onProgress: () => stop.abort() };
  assert.equal((await importPaths(stopped)).isInterrupted, true);
  const rest = await importPaths({ ...options, selection });
  assert.deepEqual([...countsOf(rest), rest.leftOut], [2500, 0, 0, 0, 2500]);

  const again = new AbortController();
  await importPaths({ ...stopped, signal: again.signal, onProgress: () => again.abort() });
  assert.deepEqual(countsOf(await importPaths(options)), [2500, 2500, 0, 0]);
});

test('a dry run reports what an import would, and stores nothing', async (t) => {
  const folder = writeFiles(temporaryFolder(t), {
    'a.mbox': mbox([message('one'), message('two'), message('one')]),
    'b/empty.eml': '',
  });
  const mailbox = temporaryMailbox(t);
  const options = { paths: [folder], nowMs, timeZone: 'UTC' };
  assert.deepEqual(countsOf(await importPaths({ ...options, mailbox: dryRunTarget(undefined) })), [4, 2, 1, 1]);
  await importPaths({
    ...options,
    mailbox,
    paths: [join(writeFiles(temporaryFolder(t), { 'x.eml': message('two') }))],
  });
  const { messagesTotal, historyId } = await mailbox.getProfile();
  const dry = await importPaths({ ...options, mailbox: dryRunTarget(mailbox) });
  assert.deepEqual(countsOf(dry), [4, 1, 2, 1]);
  assert.deepEqual(await mailbox.getProfile(), { ...(await mailbox.getProfile()), messagesTotal, historyId });
  assert.deepEqual(countsOf(await importPaths({ ...options, mailbox })), countsOf(dry));
});
