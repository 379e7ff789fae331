import { processFigures } from './process-figures.ts';

/** How often figures are taken, and how many are kept: those of an hour. */
export const sampleEverySeconds = 10;
const keptSamples = 360;

/** What a process used at one moment; undefined fields while it did not run. */
interface Sample {
  /** Of one processor, since the sample before. */
  readonly cpuPercent: number | undefined;
  readonly rssBytes: number | undefined;
}

/** The samples of one program, the oldest first; the last is of {@link ProcessSamples.takenMs}. */
interface SampleSeries {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** Figures of processes over time. They outlive the processes, and end with the supervisor. */
export interface ProcessSamples {
  /** Takes samples from now on; returns what ends that. */
  begin(everyMs?: number): () => void;
  series(): readonly SampleSeries[];
  /** When the last were taken; 0 before. */
  takenMs(): number;
}

/** A process as far as its figures go. */
interface SampledProcess {
  readonly name: string;
  /** 0 while none runs. */
  readonly pid: number;
}

/** Keeps samples of the processes that there are at each moment. `now` is by a clock that is never set. */
export function processSamples(processes: () => readonly SampledProcess[], now: () => number): ProcessSamples {
  const kept = new Map<string, Sample[]>();
  const before = new Map<string, { readonly pid: number; readonly cpuSeconds: number; readonly atMs: number }>();
  let takenMs = 0;

  async function sampleOf({ name, pid }: SampledProcess): Promise<Sample> {
    const figures = pid === 0 ? undefined : await processFigures(pid);
    const last = before.get(name);
    before.delete(name);
    if (figures === undefined) return { cpuPercent: undefined, rssBytes: undefined };
    const atMs = now();
    before.set(name, { pid, cpuSeconds: figures.cpuSeconds, atMs });
    const cpuPercent =
      last?.pid === pid && atMs > last.atMs
        ? (100_000 * (figures.cpuSeconds - last.cpuSeconds)) / (atMs - last.atMs)
        : undefined;
    return { cpuPercent, rssBytes: figures.rssBytes };
  }

  async function take(): Promise<void> {
    const present = processes();
    for (const name of kept.keys()) if (!present.some((each) => each.name === name)) kept.delete(name);
    for (const each of present) {
      const samples = kept.get(each.name) ?? [];
      samples.push(await sampleOf(each));
      if (samples.length > keptSamples) samples.shift();
      kept.set(each.name, samples);
    }
    takenMs = Date.now();
  }

  return {
    begin(everyMs = sampleEverySeconds * 1000) {
      let timer: NodeJS.Timeout | undefined;
      let isOver = false;
      const schedule = (): void => {
        if (isOver) return;
        timer = setTimeout(() => {
          take()
            // Figures that cannot be read are missing, and no reason to end a supervisor.
            .catch(() => undefined)
            .finally(() => schedule());
        }, everyMs).unref();
      };
      schedule();
      return () => {
        isOver = true;
        clearTimeout(timer);
      };
    },
    series: () => [...kept].map(([name, samples]) => ({ name, samples: [...samples] })),
    takenMs: () => takenMs,
  };
}
