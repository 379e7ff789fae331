// npm run test:queries [-- --postgres] [--generated 10000] [--random 1000000] [--seed 1] [--minutes N] [--state FILE]: compares
// generated queries on made-up mailboxes with looking at every message, then searches for random texts, none of which may fail
// or take a second. Ends with 1 when something did not hold. It goes on where it was interrupted, for each engine and seed.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseArgs } from 'node:util';
import { openLocalMailbox, type LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { treeProcessorMs } from '../../bench/mailbox/watched-run.ts';
import { numbersFrom } from '../fuzz/mutate.ts';
import { startPostgres } from '../support/postgres.ts';
import { runCleaned } from '../support/run-cleaned.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { assertMadeUpAgrees, fillWithMadeUp } from './query-properties.ts';
import { randomQuery, tryQuery } from './random-queries.ts';
import { emailAddress, openMailbox } from './temporary-mailbox.ts';

/** Messages of the mailboxes, each of which is asked the same number of queries. */
const sizes = [1, 40, 150, 260, 400, 700, 1300, 3000];
/** Generated queries between two looks at the clock. */
const queriesAtOnce = 25;
const slowMs = 1000;
/** A text that took long is tried again by itself, by what it takes of processors: the machine may have been busy. */
const mostTries = 5;
/** Random texts that are searched for between two looks at the clock. */
const textsInRow = 400;
/** Searches under way at a time, so that PostgreSQL works while the next query is read; SQLite answers in this thread. */
const textsAtOnce = { postgres: 4, sqlite: 1 };

const text = (value: string) => ({ type: 'string', default: value }) as const;
const { values } = parseArgs({
  options: {
    postgres: { type: 'boolean', default: false },
    generated: text('10000'),
    random: text('1000000'),
    seed: text('1'),
    minutes: text('1000'),
    state: text(join(import.meta.dirname, '../../node_modules/.cache/queries/state.json')),
  },
});
const run = `${values.postgres ? 'postgres' : 'sqlite'} ${values.seed}`;
const seed = Number(values.seed);
const endMs = performance.now() + Number(values.minutes) * 60_000;

async function opener(context: Pick<TestContext, 'after'>): Promise<() => Promise<LocalMailbox>> {
  if (!values.postgres) return async () => openMailbox(context, temporaryFolder(context));
  const database = postgresAt((await startPostgres(context)).create('queries'));
  context.after(() => database.close());
  let opened = 0;
  return async () => {
    opened += 1;
    return openLocalMailbox({ store: await openMailStore(database, `${opened} ${emailAddress}`), emailAddress });
  };
}

/** How far the runs of each engine and seed have come. */
function readState(): Readonly<Record<string, Done>> {
  return existsSync(values.state) ? JSON.parse(readFileSync(values.state, 'utf8')) : {};
}

interface Done {
  readonly generated: number;
  readonly random: number;
}

function doneBefore(): Done {
  return readState()[run] ?? { generated: 0, random: 0 };
}

function keep(done: Partial<Done>): void {
  mkdirSync(dirname(values.state), { recursive: true });
  writeFileSync(values.state, JSON.stringify({ ...readState(), [run]: { ...doneBefore(), ...done } }));
}

const isTime = (): boolean => performance.now() < endMs;

async function compareGenerated(open: () => Promise<LocalMailbox>): Promise<void> {
  const ofEach = Math.ceil(Number(values.generated) / sizes.length);
  let { generated } = doneBefore();
  for (const [place, size] of sizes.entries()) {
    const last = (place + 1) * ofEach;
    if (generated >= last || !isTime()) continue;
    const searched = await fillWithMadeUp(await open(), size, seed + place);
    while (generated < last && isTime()) {
      const numRuns = Math.min(queriesAtOnce, last - generated);
      await assertMadeUpAgrees(searched, { numRuns, seed: seed * 1_000_003 + generated });
      generated += numRuns;
      keep({ generated });
    }
    console.log(`${generated} queries agree, the last of them on ${size} messages`);
  }
}

const queryOf = (index: number): string => randomQuery(numbersFrom(seed * 1_000_003 + index));

/** The least that a text took of processors, here and in PostgreSQL, in some tries by itself. */
async function processorMsOf(mailbox: LocalMailbox, index: number): Promise<number> {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < mostTries && leastMs >= slowMs; tries += 1) {
    const beforeMs = treeProcessorMs(process.pid);
    await tryQuery(mailbox, queryOf(index));
    leastMs = Math.min(leastMs, treeProcessorMs(process.pid) - beforeMs);
  }
  return leastMs;
}

async function tryRandom(open: () => Promise<LocalMailbox>): Promise<number> {
  const { mailbox } = await fillWithMadeUp(await open(), 1300);
  await mailbox.finishImport();
  const [first, last] = [doneBefore().random, Number(values.random)];
  let [problems, queries, slowest, reportedMs] = [0, 0, 0, performance.now()];
  const startedMs = reportedMs;
  const report = (index: number, problem: string): void => {
    problems += 1;
    console.log(`${index}: ${problem}: ${JSON.stringify(queryOf(index))}`);
  };
  let done = first;
  while (done < last && isTime()) {
    const end = Math.min(done + textsInRow, last);
    let next = done;
    const slow: number[] = [];
    const workers = Array.from({ length: textsAtOnce[values.postgres ? 'postgres' : 'sqlite'] }, async () => {
      while (next < end) {
        const index = next++;
        const { problem, isQuery, ms } = await tryQuery(mailbox, queryOf(index));
        if (isQuery) queries += 1;
        if (ms >= slowMs) slow.push(index);
        else slowest = Math.max(slowest, ms);
        if (problem !== undefined) report(index, problem);
      }
    });
    await Promise.all(workers);
    for (const index of slow) {
      const ms = await processorMsOf(mailbox, index);
      slowest = Math.max(slowest, ms);
      if (ms >= slowMs) report(index, `took ${ms.toFixed(0)} ms of processors`);
    }
    done = end;
    if (performance.now() - reportedMs < 10_000) continue;
    reportedMs = performance.now();
    keep({ random: done });
    const rate = ((done - first) / (reportedMs - startedMs)) * 1000;
    const left = (last - done) / rate / 60;
    console.error(`${done} texts, ${rate.toFixed(0)}/s, ${left.toFixed(0)} minutes left, ${problems} problems`);
  }
  keep({ random: done });
  console.log(
    `${done - first} texts to ${done}, ${queries} of them queries, slowest ${slowest.toFixed(0)} ms, ${problems} problems`,
  );
  return problems;
}

await runCleaned(async (context) => {
  const open = await opener(context);
  await compareGenerated(open);
  if (doneBefore().random < Number(values.random) && isTime() && (await tryRandom(open)) > 0) process.exitCode = 1;
});
