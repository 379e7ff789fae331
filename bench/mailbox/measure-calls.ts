import { callsOf, hitsIn } from './calls.ts';
import type { MailServer } from './mail-server.ts';
import { measureTogether, type Times } from './measure-together.ts';

/** Milliseconds that a search may take, at the median and for one of a hundred. */
interface Aims {
  readonly p50: number;
  readonly p99: number;
}

function aimsOf(messages: number): Aims {
  return messages > 500_000 ? { p50: 5, p99: 50 } : { p50: 2, p99: 15 };
}

const cell = (text: string) => text.padStart(9);
const milliseconds = (value: number | undefined) => cell(value === undefined ? '' : value.toFixed(2));

function missed({ p50, p99 }: Times, aims: Aims): string {
  const misses = [p50 > aims.p50 ? `p50 > ${aims.p50}` : '', p99 > aims.p99 ? `p99 > ${aims.p99}` : ''];
  return misses.filter(Boolean).join(', ');
}

/**
 * Writes a line for each call: its hits and times on the server of the home, and those of `get_profile` between its rounds. A
 * search that misses an aim says so in its line.
 */
export async function measureCalls(
  { local }: { readonly local: MailServer },
  messages: number,
  say: (line: string) => void,
): Promise<void> {
  const aims = aimsOf(messages);
  say(`milliseconds through REST, one connection; aims of searches: p50 ${aims.p50}, p99 ${aims.p99}`);
  say(
    ['', 'hits', 'least', 'p50', 'p99', 'profile']
      .map((head, at) => (at === 0 ? head.padEnd(40) : cell(head)))
      .join(''),
  );
  const misses: string[] = [];
  for await (const { name, run, search } of callsOf(local)) {
    const times = await measureTogether(
      new Map([
        ['profile', { run: () => local.get('/api/profile') }],
        ['local', { run }],
      ]),
    );
    const ours = times.get('local') ?? { least: Number.NaN, p50: Number.NaN, p99: Number.NaN };
    const miss = search === undefined ? '' : missed(ours, aims);
    if (miss !== '') misses.push(`${name} (${miss})`);
    const hits = search === undefined ? '' : hitsIn(await run(0));
    const cells = [ours.least, ours.p50, ours.p99, times.get('profile')?.p50].map(milliseconds);
    say(`${name.padEnd(40)}${cell(hits)}${cells.join('')}  ${miss}`);
  }
  say(
    misses.length === 0
      ? 'every search keeps the aims'
      : `${misses.length} searches miss the aims: ${misses.join('; ')}`,
  );
}
