import { quantile } from '../load.ts';

/** A piece of work that is timed; the number of the round is for what has to differ. */
export interface Work {
  readonly run: (round: number) => Promise<unknown>;
  /** 1 for every round, 5 for each fifth. Default: 1. */
  readonly everyRounds?: number;
}

/** In milliseconds. The least is what compares two versions on a machine that does other work, too. */
export interface Times {
  readonly least: number;
  readonly p50: number;
  readonly p99: number;
}

const rounds = 200;
const warmUpRounds = 10;
/** What is slow is done less often, so that a run ends. */
const patienceMs = 6000;
const leastRounds = 20;

/** How long named pieces of work take that are done in turn, one at a time, so that all meet the same machine. */
export async function measureTogether(works: ReadonlyMap<string, Work>): Promise<ReadonlyMap<string, Times>> {
  const times = new Map<string, number[]>(Array.from(works.keys(), (name) => [name, []]));
  const startedMs = performance.now();
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    if (round >= leastRounds && performance.now() - startedMs > patienceMs) break;
    for (const [name, { run, everyRounds = 1 }] of works) {
      if (round % everyRounds !== 0) continue;
      const sentMs = performance.now();
      await run(Math.abs(round));
      if (round >= 0) times.get(name)?.push(performance.now() - sentMs);
    }
  }
  return new Map(
    Array.from(times, ([name, each]) => {
      const sorted = each.toSorted((a, b) => a - b);
      return [name, { least: sorted[0] ?? Number.NaN, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }];
    }),
  );
}
