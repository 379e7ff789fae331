/**
 * The local mailbox on real mail: import rate, disk, memory, and how long searches, reads and changes take.
 * `npm run bench:mailbox [-- --rounds N] [-- PATH…]`; without a path it imports `../shared/mail`, about 100,000 messages.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { importPaths } from '../src/local/import/import-paths.ts';
import type { LocalMailbox } from '../src/local/open-local-mailbox.ts';
import { openLocalMailbox } from '../src/local/open-local-mailbox.ts';
import { openMailStore } from '../src/store/sqlite/mail/open-mail-store.ts';
import { parseQuery } from '../src/mail/query/parse-query.ts';
import { quantile } from './load.ts';

/** One of each kind of question, words common and rare, and plans that are known to be hard. */
const queries = [
  '',
  'package',
  'the',
  'quaternion',
  'from:ripley',
  'subject:cran',
  'to:r-devel',
  'to:r-devel subject:cran',
  '"segmentation fault"',
  '"the package"',
  'package windows',
  'package OR windows',
  'package (windows OR linux)',
  'package -windows',
  '-the',
  'the before:2005/01/01',
  'the after:2010/01/01 before:2010/02/01',
  'after:2015/06/01 before:2015/07/01',
  'is:unread',
  'in:sent',
  'label:nothing package',
  'has:attachment',
  'larger:100K',
  'smaller:600',
  'list:r-devel has:nouserlabels',
  'subject:(re memory) from:smith',
  'filename:pdf OR subject:bug',
  'rfc822msgid:nothing@example.org',
] as const;
/** Times that each search and each read is measured, after a tenth as many that are not. */
const repetitions = 60;
/** As `search_messages` asks. */
const page = { maxResults: 50, includeSpamTrash: false, countUpTo: 1000 };
const emailAddress = 'me@example.org';

const say = (line = '') => process.stdout.write(`${line}\n`);

/** In milliseconds. The least is what compares two versions on a machine that does other work, too. */
interface Times {
  readonly least: number;
  readonly p50: number;
  readonly p99: number;
}

/** How long a piece of work takes. */
async function timed(work: (round: number) => Promise<unknown>): Promise<Times> {
  const times: number[] = [];
  for (let round = -repetitions / 10; round < repetitions; round += 1) {
    const start = performance.now();
    await work(Math.abs(round));
    if (round >= 0) times.push(performance.now() - start);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return { least: sorted[0] ?? 0, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

/** Milliseconds of processor time that this process has used, in all its threads. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function benchImport(mailbox: LocalMailbox, folder: string, paths: readonly string[]): Promise<void> {
  const start = { wall: performance.now(), processor: processorMs() };
  const { imported } = await importPaths({ mailbox, paths, nowMs: Date.now(), timeZone: 'UTC' });
  const processor = processorMs() - start.processor;
  const seconds = (performance.now() - start.wall) / 1000;
  const megabytes = (name: string) => statSync(join(folder, name)).size / 1e6;
  const disk = readdirSync(folder).map((name) => `${name} ${megabytes(name).toFixed(0)} MB`);
  figure('import: processor ms a message', processor / imported, 3);
  figure('import: messages a second', imported / seconds, 0);
  say(`imported ${imported}; ${disk.join(', ')}; resident ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
}

function figure(name: string, value: number, digits: number): void {
  say(`${name.padEnd(52)}${value.toFixed(digits).padStart(10)}`);
}

function times(name: string, { least, p50, p99 }: Times): void {
  say(`${name.padEnd(52)}${[least, p50, p99].map((ms) => ms.toFixed(3).padStart(10)).join('')}`);
}

async function benchSearches(mailbox: LocalMailbox): Promise<void> {
  say(`${''.padEnd(52)}${['least', 'p50 ms', 'p99 ms'].map((head) => head.padStart(10)).join('')}`);
  for (const text of queries) {
    const query = parseQuery(text, { emailAddress, nowMs: Date.now(), timeZone: 'UTC' });
    let hits = 0;
    const result = await timed(async () => {
      hits = (await mailbox.searchMessages({ ...page, query })).messages.length;
    });
    times(`search ${text === '' ? '(all)' : text} [${hits}]`, result);
  }
  const query = parseQuery('package', { emailAddress, nowMs: Date.now(), timeZone: 'UTC' });
  times('search threads: package', await timed(() => mailbox.searchThreads({ ...page, query })));
}

async function benchReads(mailbox: LocalMailbox): Promise<void> {
  const query = parseQuery('from:r OR package', { emailAddress, nowMs: Date.now(), timeZone: 'UTC' });
  const { messages } = await mailbox.searchMessages({ ...page, maxResults: 500, query });
  const pick = (round: number) => messages[(round * 7) % messages.length] ?? { id: '', threadId: '' };
  times('read a summary', await timed((round) => mailbox.getMessageSummary(pick(round).id)));
  times('read a message', await timed((round) => mailbox.getMessage(pick(round).id)));
  times('read a thread', await timed((round) => mailbox.getThread(pick(round).threadId)));
  times('read the profile', await timed(() => mailbox.getProfile()));
  times('list labels', await timed(() => mailbox.listLabels()));
  const ids = messages.slice(0, 10).map(({ id }) => id);
  const relabel = (round: number) => {
    const label = ['STARRED'];
    const [addLabelIds, removeLabelIds] = round % 2 === 0 ? [label, []] : [[], label];
    return mailbox.modifyMessages({ ids, addLabelIds, removeLabelIds });
  };
  times('change labels of 10 messages', await timed(relabel));
  const { historyId } = await mailbox.getProfile();
  const startHistoryId = String(Number(historyId) - 400);
  times('follow 200 changes', await timed(() => mailbox.listHistory({ startHistoryId, maxResults: 200 })));
}

async function round(paths: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-bench-mailbox-'));
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress });
  try {
    await benchImport(mailbox, folder, paths);
    await benchSearches(mailbox);
    await benchReads(mailbox);
  } finally {
    mailbox.close();
    rmSync(folder, { recursive: true });
  }
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const shared = resolve(import.meta.dirname, '../../shared/mail');
const archives = ['lists', 'spamassassin'].map((name) => join(shared, name));
for (let index = 0; index < Number(values.rounds); index += 1) {
  await round(positionals.length > 0 ? positionals : archives);
}
