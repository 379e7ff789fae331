// npm run test:queries [-- --postgres] [--generated 10000] [--random 1000000] [--from 0] [--seed 1] [--minutes N]: compares
// generated queries on made-up mailboxes with looking at every message, then searches for random texts, none of which may fail
// or take a second. Ends with 1 when something did not hold. `--from` goes on where another run ended.
import { parseArgs } from 'node:util';
import { openLocalMailbox, type LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { numbersFrom } from '../fuzz/mutate.ts';
import { startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { assertMadeUpAgrees, fillWithMadeUp } from './query-properties.ts';
import { randomQuery, tryQuery } from './random-queries.ts';
import { emailAddress, openMailbox } from './temporary-mailbox.ts';

/** Messages of the mailboxes, each of which is asked the same number of queries. */
const sizes = [1, 40, 150, 260, 400, 700, 1300, 3000];
const slowMs = 1000;

const text = (value: string) => ({ type: 'string', default: value }) as const;
const { values } = parseArgs({
  options: {
    postgres: { type: 'boolean', default: false },
    generated: text('10000'),
    random: text('1000000'),
    from: text('0'),
    seed: text('1'),
    minutes: text('1000'),
  },
});
const seed = Number(values.seed);
const endMs = performance.now() + Number(values.minutes) * 60_000;
const cleanups: (() => unknown)[] = [];
const context = { after: (work: () => unknown) => void cleanups.unshift(work) };

async function opener(): Promise<() => Promise<LocalMailbox>> {
  if (!values.postgres) return async () => openMailbox(context, temporaryFolder(context));
  const database = postgresAt((await startPostgres(context)).create('queries'));
  context.after(() => database.close());
  let opened = 0;
  return async () => {
    opened += 1;
    return openLocalMailbox({ store: await openMailStore(database, `${opened} ${emailAddress}`), emailAddress });
  };
}

async function compareGenerated(open: () => Promise<LocalMailbox>): Promise<void> {
  const numRuns = Math.ceil(Number(values.generated) / sizes.length);
  for (const [place, size] of sizes.entries()) {
    if (numRuns === 0) return;
    const startedMs = performance.now();
    const searched = await fillWithMadeUp(await open(), size, seed + place);
    await assertMadeUpAgrees(searched, { numRuns, seed: seed * 1000 + place });
    const seconds = (performance.now() - startedMs) / 1000;
    console.log(`${(place + 1) * numRuns} queries agree; ${size} messages: ${seconds.toFixed(0)} s`);
  }
}

async function tryRandom(open: () => Promise<LocalMailbox>): Promise<number> {
  const { mailbox } = await fillWithMadeUp(await open(), 1300);
  const [first, last] = [Number(values.from), Number(values.from) + Number(values.random)];
  let [problems, queries, slowest, reportedMs] = [0, 0, 0, performance.now()];
  const startedMs = reportedMs;
  let index = first;
  for (; index < last && performance.now() < endMs; index += 1) {
    const query = randomQuery(numbersFrom(seed * 1_000_003 + index));
    let { problem, isQuery, ms } = await tryQuery(mailbox, query);
    // The machine may have been busy with something else.
    for (let again = 0; again < 3 && ms >= slowMs; again += 1) ({ ms } = await tryQuery(mailbox, query));
    if (ms >= slowMs) problem ??= `took ${ms.toFixed(0)} ms`;
    if (isQuery) queries += 1;
    slowest = Math.max(slowest, ms);
    if (problem !== undefined) {
      problems += 1;
      console.log(`${index}: ${problem}: ${JSON.stringify(query)}`);
    }
    if (performance.now() - reportedMs < 10_000) continue;
    reportedMs = performance.now();
    const rate = ((index + 1 - first) / (reportedMs - startedMs)) * 1000;
    const left = (last - index) / rate / 60;
    console.error(`${index + 1} texts, ${rate.toFixed(0)}/s, ${left.toFixed(0)} minutes left, ${problems} problems`);
  }
  console.log(
    `${index - first} texts to ${index}, ${queries} of them queries, slowest ${slowest.toFixed(0)} ms, ${problems} problems`,
  );
  return problems;
}

try {
  const open = await opener();
  await compareGenerated(open);
  if (Number(values.random) > 0 && (await tryRandom(open)) > 0) process.exitCode = 1;
} finally {
  for (const cleanup of cleanups) await cleanup();
}
