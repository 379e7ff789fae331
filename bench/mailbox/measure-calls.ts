import * as z from 'zod';
import { callsOf, hitsIn, type Call } from './calls.ts';
import type { MailServer } from './mail-server.ts';
import { measureTogether, type Times, type Work } from './measure-together.ts';
import type { Notmuch } from './notmuch.ts';

/** Milliseconds that a search may take, at the median and for one of a hundred. */
interface Aims {
  readonly p50: number;
  readonly p99: number;
}

interface Measured {
  readonly local: MailServer;
  readonly postgres?: MailServer | undefined;
  readonly notmuch?: Notmuch | undefined;
}

/** It takes two processes for each search. */
const notmuchEveryRounds = 5;
const profile = z.object({ messagesTotal: z.int() });
const nothing: Times = { least: Number.NaN, p50: Number.NaN, p99: Number.NaN };

function aimsOf(messages: number): Aims {
  return messages > 500_000 ? { p50: 5, p99: 50 } : { p50: 2, p99: 15 };
}

function missedAims({ p50, p99 }: Times, aims: Aims): string {
  const misses = [p50 > aims.p50 ? `p50 > ${aims.p50}` : '', p99 > aims.p99 ? `p99 > ${aims.p99}` : ''];
  return misses.filter(Boolean).join(', ');
}

function lineOf(name: string, cells: readonly (string | number)[], remark = ''): string {
  const texts = cells.map((cell) => (typeof cell === 'string' ? cell : Number.isNaN(cell) ? '' : cell.toFixed(2)));
  return `${name.padEnd(40)}${texts.map((text) => text.padStart(9)).join('')}  ${remark}`.trimEnd();
}

function worksOf({ local, notmuch }: Measured, call: Call, onPostgres: Call | undefined): ReadonlyMap<string, Work> {
  const query = call.search?.notmuch;
  const works = new Map<string, Work>([
    ['profile', { run: () => local.get('/api/profile') }],
    ['local', call],
  ]);
  if (onPostgres !== undefined) works.set('postgres', onPostgres);
  if (notmuch === undefined || query === undefined) return works;
  return works
    .set('notmuch', { run: () => notmuch.search(query), everyRounds: notmuchEveryRounds })
    .set('starts', { run: notmuch.startTwice, everyRounds: notmuchEveryRounds });
}

/**
 * Writes a line for each call: its hits and times on the server of the home, those of `get_profile` between its rounds,
 * then those on PostgreSQL and of notmuch where they are there; `own` is the least of notmuch without the least that
 * its processes take to start. A search that misses an aim on the server of the home says so in its line.
 */
export async function measureCalls(measured: Measured, say: (line: string) => void): Promise<void> {
  const { local, postgres, notmuch } = measured;
  const { messagesTotal } = profile.parse(JSON.parse(await local.get('/api/profile')));
  const aims = aimsOf(messagesTotal);
  const misses: string[] = [];
  say(
    `${messagesTotal} messages; milliseconds through REST, one connection; aims of searches: p50 ${aims.p50}, p99 ${aims.p99}`,
  );
  const postgresHeads = postgres === undefined ? [] : ['pg: hits', 'least', 'p50', 'p99'];
  const notmuchHeads = notmuch === undefined ? [] : ['nm: hits', 'p50', 'own'];
  say(lineOf('', ['hits', 'least', 'p50', 'p99', 'profile', ...postgresHeads, ...notmuchHeads]));
  const callsOnPostgres = postgres === undefined ? undefined : callsOf(postgres);
  for await (const call of callsOf(local)) {
    const { name, run, search } = call;
    const onPostgres: Call | undefined = (await callsOnPostgres?.next())?.value;
    const times = await measureTogether(worksOf(measured, call, onPostgres));
    const of = (work: string) => times.get(work) ?? nothing;
    const ours = of('local');
    const hits = async (asked: Call) => (search === undefined ? '' : hitsIn(await asked.run(0)));
    const cells = [await hits({ name, run }), ours.least, ours.p50, ours.p99, of('profile').p50];
    if (onPostgres !== undefined) {
      const theirs = of('postgres');
      cells.push(await hits(onPostgres), theirs.least, theirs.p50, theirs.p99);
    }
    if (notmuch !== undefined && search?.notmuch !== undefined) {
      cells.push(await notmuch.search(search.notmuch), of('notmuch').p50, of('notmuch').least - of('starts').least);
    }
    const missed = search === undefined ? '' : missedAims(ours, aims);
    if (missed !== '') misses.push(name);
    say(lineOf(name, cells, missed));
  }
  say(misses.length === 0 ? 'every search keeps the aims' : `${misses.length} miss the aims: ${misses.join('; ')}`);
}
