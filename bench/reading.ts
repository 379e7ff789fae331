import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { chromium } from 'playwright-core';
import { LinkList, numbersByHost } from '../src/mail/blocks/link-list.ts';
import type { ParsedMail } from '../src/mail/message.ts';
import { bodyText } from '../src/mail/text/body-text.ts';
import { quantile } from './load.ts';
import { isRowKept, missingWords, wordsOf } from './reading/compare-words.ts';
import { measureThread, type ThreadFigures } from './reading/measure-thread.ts';
import { peers } from './reading/peers.ts';
import { htmlMails, threadsOf } from './reading/read-corpora.ts';
import { shownPage } from './reading/shown-page.ts';
import { BrowserWindow } from './visible/browser-truth.ts';

// What a model pays for mail and what it misses, beside other converters and beside what a headless Chromium shows:
// `npm run bench:reading [-- MAILS]`. Needs `../shared/mail` and, for the second part, Chromium.

const browserPath = '/usr/bin/chromium';
const sharedMail = join(import.meta.dirname, '../../shared/mail');
/** Chromium takes minutes for larger ones. */
const maxCharacters = 300_000;
const threadsOfEach = 20;
/** Our text of a mail is made so often that it takes this long: the processor's own clock of a thread ticks in steps of 4 ms. */
const measuredMs = 60;
const [leastRounds, mostRounds] = [5, 200];

const say = (line = '') => process.stdout.write(`${line}\n`);
const tokens = (text: string) => encode(text).length;
const percent = (part: number, whole: number) => `${whole === 0 ? '–' : ((100 * part) / whole).toFixed(2)} %`;

/** A body as a model reads it: its text, and where its links lead. */
function ourText(parsed: ParsedMail): string {
  const links = new LinkList();
  const { text } = bodyText(parsed, links);
  const hosts = numbersByHost(links.targets);
  return hosts.length === 0 ? text : `${text}\n\nLinks: ${hosts.join('; ')}`;
}

/** Milliseconds that this thread takes of a processor, on average: other threads count tokens and run Chromium. */
function timed(work: () => void): number {
  const start = performance.now();
  work();
  const rounds = Math.ceil(measuredMs / (performance.now() - start));
  const count = Math.max(leastRounds, Math.min(mostRounds, rounds));
  const before = process.threadCpuUsage();
  for (let round = 0; round < count; round += 1) work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000 / count;
}

interface Totals {
  raw: number;
  html: number;
  ours: number;
  visible: number;
  words: number;
  missing: number;
  passages: number;
  rows: number;
  keptRows: number;
}

async function measureHtml(most: number): Promise<void> {
  const totals: Totals = {
    raw: 0,
    html: 0,
    ours: 0,
    visible: 0,
    words: 0,
    missing: 0,
    passages: 0,
    rows: 0,
    keptRows: 0,
  };
  const ofPeers = Object.fromEntries(Object.keys(peers).map((name) => [name, { tokens: 0, words: 0, missing: 0 }]));
  const times: number[] = [];
  const newsletter: number[] = [];
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
  let mails = 0;
  let failed = 0;
  try {
    let window = await BrowserWindow.open(browser);
    for await (const { name, raw, parsed, html } of htmlMails(sharedMail)) {
      if (html.length > maxCharacters) continue;
      if (mails >= most) break;
      let shown;
      try {
        shown = await shownPage(window, html);
      } catch {
        failed += 1;
        window = await BrowserWindow.open(browser);
        continue;
      }
      mails += 1;
      times.push(timed(() => void ourText(parsed)));
      const ours = ourText(parsed);
      const [ourTokens, visibleTokens] = [tokens(ours), tokens(shown.text)];
      totals.raw += tokens(raw.toString('latin1'));
      totals.html += tokens(html);
      totals.ours += ourTokens;
      totals.visible += visibleTokens;
      if (visibleTokens > 300) newsletter.push(ourTokens / visibleTokens);
      const { words, missing, hasPassage } = missingWords(shown.text, ours);
      totals.words += words;
      totals.missing += missing;
      if (hasPassage) {
        totals.passages += 1;
        say(`  ${name}: ${missing} of ${words} visible words are missing`);
      }
      const lines = ours.split('\n').map((line) => ` ${wordsOf(line.replaceAll(/\[\d+\]/g, '')).join(' ')} `);
      const kept = shown.rows.filter((cells) => isRowKept(cells, lines));
      totals.rows += shown.rows.length;
      totals.keptRows += kept.length;
      for (const [peer, convert] of Object.entries(peers)) {
        const sum = ofPeers[peer];
        const text = convert(html);
        if (sum === undefined) continue;
        const lost = missingWords(shown.text, text);
        sum.tokens += tokens(text);
        sum.words += lost.words;
        sum.missing += lost.missing;
      }
    }
  } finally {
    await browser.close();
  }
  times.sort((one, other) => one - other);
  newsletter.sort((one, other) => one - other);
  const beside = (sum: number) => `${sum} tokens, ${(sum / totals.visible).toFixed(2)} × the visible words'`;
  say(`${mails} HTML mails (${failed} that Chromium could not show)`);
  say(`  raw message   ${beside(totals.raw)}`);
  for (const [peer, sum] of Object.entries(ofPeers)) {
    say(`  ${peer.padEnd(13)} ${beside(sum.tokens)}; ${percent(sum.missing, sum.words)} of the visible words missing`);
  }
  say(`  visible words ${totals.visible} tokens`);
  say(
    `  ours          ${beside(totals.ours)}; per newsletter ${quantile(newsletter, 0.5).toFixed(2)} × at the median, ${quantile(newsletter, 0.9).toFixed(2)} × at p90 (aim 1.2)`,
  );
  say(
    `  visible words missing: ${percent(totals.missing, totals.words)} (aim 0.5 %); mails with a passage missing: ${totals.passages} (aim 0)`,
  );
  say(`  short rows whole: ${totals.keptRows} of ${totals.rows}, ${percent(totals.keptRows, totals.rows)} (aim 95 %)`);
  say(
    `  time: ${quantile(times, 0.5).toFixed(1)} ms at the median (aim 2), ${quantile(times, 0.99).toFixed(1)} ms at p99 (aim 50), of the processor`,
  );
}

async function measureThreads(): Promise<void> {
  const figures: ThreadFigures[] = [];
  for (const name of ['r-devel', 'r-package-devel', 'r-sig-finance']) {
    const threads = await threadsOf(join(sharedMail, `lists/${name}.mbox.gz`), threadsOfEach);
    figures.push(...threads.map(measureThread));
  }
  const sum = (of: (one: ThreadFigures) => number) => figures.reduce((total, one) => total + of(one), 0);
  const own = sum(({ ownTokens }) => ownTokens);
  const folded = sum(({ foldedTokens }) => foldedTokens);
  const context = sum(({ contextTokens }) => contextTokens);
  say(`${figures.length} threads of lists`);
  say(`  whole         ${sum(({ wholeTokens }) => wholeTokens)} tokens`);
  say(`  their own     ${own} tokens`);
  say(
    `  ours          ${folded} tokens, ${((folded - context) / own).toFixed(2)} × their own (aim 1.4), and ${context} of what answers are below of`,
  );
  say(`  own lines lost: ${sum(({ lostLines }) => lostLines)} of ${sum(({ ownLines }) => ownLines)} (aim 0)`);
}

if (!existsSync(sharedMail)) {
  say(`needs the mail in ${sharedMail}, which is not part of this repository`);
  process.exit(1);
}
await measureThreads();
if (existsSync(browserPath)) await measureHtml(Number(process.argv[2] ?? Number.POSITIVE_INFINITY));
else say('HTML: skipped, needs Chromium: apt-get install -y --no-install-recommends chromium');
