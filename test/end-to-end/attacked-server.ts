import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What a call cost the server that it was made of. */
export interface Cost {
  /**
   * The longest that another call of this server had to wait because of it: the processor time of the longest turn of
   * its event loop, so that what else the machine does is not counted.
   */
  readonly blockedMs: number;
  /** Processor time of the server and its children, also of those that ended meanwhile. */
  readonly cpuMs: number;
  /** Most resident memory that one of them had above what it had before. */
  readonly rssBytes: number;
}

/** Linux counts processor time in hundredths of a second. */
const tickMs = 10;
const pageBytes = 4096;

function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
  } catch {
    return [];
  }
}

/** Processor time of a process and of its children that have ended. */
function cpuMsOf(pid: number): number {
  return sumOf(statOf(pid).slice(11, 15).map(Number)) * tickMs;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((other) => other > 0 && statOf(other)[1] === `${pid}`);
}

/** Looks at a server while it is attacked: what it costs, and how long it leaves others waiting. */
export class AttackedServer {
  readonly #pid: number;
  readonly #turnFile: string;

  /** `turns` is the folder where the server, with `longest-turn.js` loaded, keeps its longest turn. */
  constructor({ pid, turns }: { readonly pid: number; readonly turns: string }) {
    this.#pid = pid;
    this.#turnFile = join(turns, `${pid}`);
  }

  /** Does something to the server and says what it cost. */
  async measure<T>(attack: () => Promise<T>): Promise<{ readonly result: T; readonly cost: Cost }> {
    const cpuMsBefore = this.#cpuMs();
    const rssBefore = this.#rssBytes();
    let isOver = false;
    let rssBytes = 0;
    rmSync(this.#turnFile, { force: true });
    const watch = async (): Promise<void> => {
      do {
        rssBytes = Math.max(rssBytes, this.#rssBytes() - rssBefore);
        await delay(10);
      } while (!isOver);
    };
    const watching = watch();
    try {
      const result = await attack();
      const cpuMs = this.#cpuMs() - cpuMsBefore;
      isOver = true;
      await watching;
      return { result, cost: { blockedMs: this.#longestTurnMs(), cpuMs, rssBytes } };
    } finally {
      isOver = true;
      await watching;
    }
  }

  #cpuMs(): number {
    return sumOf([this.#pid, ...childrenOf(this.#pid)].map(cpuMsOf));
  }

  #rssBytes(): number {
    return sumOf([this.#pid, ...childrenOf(this.#pid)].map((pid) => Number(statOf(pid)[21] ?? 0) * pageBytes));
  }

  #longestTurnMs(): number {
    return existsSync(this.#turnFile) ? Number(readFileSync(this.#turnFile, 'utf8')) : 0;
  }
}
