import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { parseMime } from '../src/mail/mime/parse-mime.ts';
import { hidingTricks, showingTricks, trickDocument } from '../test/mail/html/tricks.ts';
import { BrowserWindow } from './visible/browser-truth.ts';
import { compareDocument, type Comparison } from './visible/compare-document.ts';
import { ownCorpus } from './visible/own-corpus.ts';

// Compares what we read of HTML mail with what a headless Chromium shows:
// `npm run bench:visible -- [tricks | own | real] [documents]`.

const browserPath = '/usr/bin/chromium';
const sharedMail = join(import.meta.dirname, '../../shared/mail');
/** Chromium takes minutes for larger ones. */
const maxCharacters = 300_000;
const ownDocuments = 60;

const say = (line: string) => process.stdout.write(`${line}\n`);

interface Totals {
  documents: number;
  failed: number;
  differing: number;
  seen: number;
  hidden: number;
  lost: number;
  kept: number;
}

async function compareAll(
  title: string,
  browser: Browser,
  documents:
    | AsyncIterable<{ readonly name: string; readonly html: string }>
    | Iterable<{ readonly name: string; readonly html: string }>,
): Promise<void> {
  const totals: Totals = { documents: 0, failed: 0, differing: 0, seen: 0, hidden: 0, lost: 0, kept: 0 };
  let window = await BrowserWindow.open(browser);
  for await (const { name, html } of documents) {
    totals.documents += 1;
    let result: Comparison | undefined;
    try {
      result = await compareDocument(window, html);
    } catch (error) {
      totals.failed += 1;
      say(`  ${name}: Chromium could not show it: ${String(error).split('\n', 1)[0]}`);
      window = await BrowserWindow.open(browser);
      continue;
    }
    if (result === undefined) {
      totals.differing += 1;
      say(`  ${name}: the trees differ`);
      continue;
    }
    totals.seen += result.seen;
    totals.hidden += result.hidden;
    totals.lost += result.lost.length;
    totals.kept += result.kept.length;
    if (result.lost.length > 0)
      say(`  ${name}: ${result.lost.length} seen words lost: ${result.lost.slice(0, 8).join(' ')}`);
    if (result.kept.length > 0)
      say(`  ${name}: ${result.kept.length} hidden words kept: ${result.kept.slice(0, 8).join(' ')}`);
  }
  const { seen, hidden, lost, kept } = totals;
  say(
    `${title}: ${totals.documents} documents (${totals.differing} with another tree, ${totals.failed} not rendered); of ${seen} seen words ${lost} lost, ${percent(lost, seen)} (aim 0.05 %); of ${hidden} hidden words ${hidden - kept} gone, ${percent(hidden - kept, hidden)} (aim 99 %)`,
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
async function* realDocuments(most: number): AsyncGenerator<{ name: string; html: string }> {
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
function* trickDocuments(): Generator<{ name: string; html: string }> {
  for (const trick of [...hidingTricks, ...showingTricks])
    yield { name: trick[0], html: trickDocument(trick, 'zebra quilted marmalade') };
}

if (!existsSync(browserPath)) {
  say('needs Chromium: apt-get install -y --no-install-recommends chromium');
  process.exit(1);
}
const [what, count] = process.argv.slice(2);
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
  if (isWanted('own')) await compareAll('own corpus', browser, ownCorpus(Math.min(most, ownDocuments)));
  if (isWanted('real') && existsSync(sharedMail)) await compareAll('real mail', browser, realDocuments(most));
  if (isWanted('real') && !existsSync(sharedMail)) say(`real mail: skipped, ${sharedMail} is not there`);
} finally {
  await browser.close();
}
