import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { stop } from '../processes.ts';

const sampleEveryMs = 100;
const markEveryMs = 250;
/** Of the clock in which /proc counts: `getconf CLK_TCK`, 100 on every Linux of today. */
const ticksPerSecond = 100;

/** What a process has used up to a moment. */
interface Usage {
  /** Since its start. */
  readonly wallMs: number;
  /** Processor time of all its threads and children, also of those that have ended. */
  readonly processorMs: number;
  /** Of it that of its first thread. */
  readonly mainThreadMs: number;
  /** The most that it had resident, megabytes (10^6 bytes); without its children. */
  readonly peakMegabytes: number;
}

/** How far a program had come, and what it had used then. */
export interface Mark extends Usage {
  readonly found: number;
}

export interface WatchedRun {
  readonly used: Usage;
  /** From the start on, a few each second at most. */
  readonly marks: readonly Mark[];
  /** Lines of standard output that do not say how far it is. */
  readonly lines: readonly string[];
}

/** Milliseconds that a process with its threads and children has been on a processor, and what ended of them. */
export function treeProcessorMs(pid: number): number {
  // Behind the name, which may hold anything, in proc(5)'s order: utime, stime, cutime, cstime are fields 14 to 17.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ownMs = (fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * 1000) / ticksPerSecond;
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return children.reduce((sum, child) => sum + treeProcessorMs(Number(child)), ownMs);
}

function usageOf(pid: number): Omit<Usage, 'wallMs'> {
  const [mainThreadNs = ''] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error('it has given back its memory: it has ended');
  return {
    processorMs: treeProcessorMs(pid),
    mainThreadMs: Number(mainThreadNs) / 1e6,
    peakMegabytes: (Number(kilobytes) * 1024) / 1e6,
  };
}

/**
 * Runs a program to its end and says what it used, up to a tenth of a second before its end. `foundIn` takes from a
 * line of its output how many messages it has done. Throws when it fails; where the bench is interrupted, it is ended.
 */
export async function runWatched(
  context: Pick<TestContext, 'after'>,
  [program, ...words]: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv,
  foundIn: (line: string) => number | undefined,
): Promise<WatchedRun> {
  const startedMs = performance.now();
  const child = spawn(program, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => stop({ child }));
  let used: Usage = { wallMs: 0, processorMs: 0, mainThreadMs: 0, peakMegabytes: 0 };
  const marks: Mark[] = [{ ...used, found: 0 }];
  const lines: string[] = [];
  function sample(): void {
    try {
      used = { wallMs: performance.now() - startedMs, ...usageOf(child.pid ?? 0) };
    } catch {
      // It, or a child of its, has ended since: the sample before counts.
    }
  }
  function read(line: string): boolean {
    const found = foundIn(line);
    if (found !== undefined && performance.now() - startedMs - (marks.at(-1)?.wallMs ?? 0) >= markEveryMs) {
      sample();
      marks.push({ ...used, found });
    }
    return found !== undefined;
  }
  const sampling = setInterval(sample, sampleEveryMs);
  const otherLines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (!read(line)) otherLines.push(line);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (read(line)) return;
    if (lines.length === 0) sample();
    lines.push(line);
  });
  try {
    const [code, signal]: unknown[] = await once(child, 'close');
    if (code !== 0) {
      const said = [`${program} ${words.join(' ')} ended with ${String(code ?? signal)}`, ...otherLines].join('\n  ');
      throw new Error(said);
    }
    return { used: { ...used, wallMs: performance.now() - startedMs }, marks, lines };
  } finally {
    clearInterval(sampling);
  }
}
