import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import * as z from 'zod';
import { parseMime } from '../src/mail/mime/parse-mime.ts';
import { hidingTricks, showingTricks, trickDocument } from '../test/mail/html/tricks.ts';
import { BrowserWindow } from './visible/browser-truth.ts';
import { compareDocument } from './visible/compare-document.ts';
import { ownCorpus, type OwnDocument } from './visible/own-corpus.ts';

// Compares what we read of HTML mail with what a headless Chromium shows:
// `npm run bench:visible -- [tricks | own | real] [documents] [--state FILE] [--minutes N]`.
// With a state file it goes on where it ended; the totals are those of all documents in the file.

const browserPath = '/usr/bin/chromium';
const sharedMail = join(import.meta.dirname, '../../shared/mail');
/** Chromium takes minutes for larger ones. */
const maxCharacters = 300_000;
const ownDocuments = 60;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { state: { type: 'string' }, minutes: { type: 'string' } },
});
const endAtMs = performance.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** What came of a document: how its words compare, or why they do not. */
const outcome = z.object({
  title: z.string(),
  name: z.string(),
  problem: z.enum(['failed', 'differs']).optional(),
  seen: z.number().default(0),
  hidden: z.number().default(0),
  lost: z.array(z.string()).readonly().default([]),
  kept: z.array(z.string()).readonly().default([]),
});
type Outcome = z.infer<typeof outcome>;

/** What a state file holds of the runs before. */
function outcomesIn(file: string | undefined): readonly Outcome[] {
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => outcome.parse(JSON.parse(line)));
}

async function compareAll(
  title: string,
  browser: Browser,
  documents: AsyncIterable<OwnDocument> | Iterable<OwnDocument>,
): Promise<void> {
  const outcomes = outcomesBefore.filter((before) => before.title === title);
  const names = new Set(outcomes.map(({ name }) => name));
  let window = await BrowserWindow.open(browser);
  for await (const { name, html } of documents) {
    if (performance.now() > endAtMs) {
      say(`${title}: time is up after ${outcomes.length} documents`);
      break;
    }
    if (names.has(name)) continue;
    let result: Partial<Outcome> = {};
    try {
      result = (await compareDocument(window, html)) ?? { problem: 'differs' };
    } catch (error) {
      result = { problem: 'failed' };
      say(`  ${name}: Chromium could not show it: ${String(error).split('\n', 1)[0]}`);
      window = await BrowserWindow.open(browser);
    }
    const one = outcome.parse({ title, name, ...result });
    outcomes.push(one);
    if (values.state !== undefined) appendFileSync(values.state, `${JSON.stringify(one)}\n`);
    if (one.problem === 'differs') say(`  ${name}: the trees differ`);
    if (one.lost.length > 0) say(`  ${name}: ${one.lost.length} seen words lost: ${one.lost.slice(0, 8).join(' ')}`);
    if (one.kept.length > 0) say(`  ${name}: ${one.kept.length} hidden words kept: ${one.kept.slice(0, 8).join(' ')}`);
  }
  const sum = (count: (one: Outcome) => number) => outcomes.reduce((total, one) => total + count(one), 0);
  const [seen, hidden] = [sum((one) => one.seen), sum((one) => one.hidden)];
  const [lost, kept] = [sum((one) => one.lost.length), sum((one) => one.kept.length)];
  const [differing, failed] = [
    sum((one) => Number(one.problem === 'differs')),
    sum((one) => Number(one.problem === 'failed')),
  ];
  say(
    `${title}: ${outcomes.length} documents (${differing} with another tree, ${failed} not rendered); of ${seen} seen words ${lost} lost, ${percent(lost, seen)} (aim 0.05 %); of ${hidden} hidden words ${hidden - kept} gone, ${percent(hidden - kept, hidden)} (aim 99 %)`,
  );
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(3)} %`;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.(?:gz|json|md)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The HTML of real mail, from files all over the folder; what cannot be read as mail is passed over. */
async function* realDocuments(most: number): AsyncGenerator<OwnDocument> {
  const files = filesIn(sharedMail);
  let count = 0;
  // A step that shares no factor with the count visits each file once.
  for (let index = 0; index < files.length && count < most; index += 1) {
    const file = files[(index * 1009) % files.length];
    if (file === undefined) continue;
    const parsed = await parseMime(readFileSync(file)).catch(() => undefined);
    const html = parsed?.html;
    if (html === undefined || html.length > maxCharacters) continue;
    count += 1;
    yield { name: file.slice(sharedMail.length + 1), html };
  }
}

/** Tricks whose text is there as a word of its own in the tree: the browser has to agree with their list. */
function* trickDocuments(): Generator<OwnDocument> {
  for (const trick of [...hidingTricks, ...showingTricks])
    yield { name: trick[0], html: trickDocument(trick, 'zebra quilted marmalade') };
}

if (!existsSync(browserPath)) {
  say('needs Chromium: apt-get install -y --no-install-recommends chromium');
  process.exit(1);
}
if (values.state !== undefined) mkdirSync(dirname(values.state), { recursive: true });
const outcomesBefore = outcomesIn(values.state);
const [what, count] = positionals;
const most = Number(count ?? Number.POSITIVE_INFINITY);
const isWanted = (name: string) => what === undefined || what === name;
const browser = await chromium.launch({
  executablePath: browserPath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--force-color-profile=srgb',
    '--disable-lcd-text',
  ],
});
try {
  if (isWanted('tricks')) await compareAll('tricks', browser, trickDocuments());
  if (isWanted('own')) await compareAll('own corpus', browser, ownCorpus(Number(count ?? ownDocuments)));
  if (isWanted('real') && existsSync(sharedMail)) await compareAll('real mail', browser, realDocuments(most));
  if (isWanted('real') && !existsSync(sharedMail)) say(`real mail: skipped, ${sharedMail} is not there`);
} finally {
  await browser.close();
}
