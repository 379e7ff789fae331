import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** What a call cost the server that it was made of. */
export interface Cost {
  /**
   * The longest that another call of this server had to wait because of it: the processor time that the server's main
   * thread took meanwhile, so that what else the machine does is not counted.
   */
  readonly blockedMs: number;
  /** Processor time of the server and its children. */
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

function cpuMsOf(pid: number): number {
  const stat = statOf(pid);
  return (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) * tickMs;
}

/** Processor time of the thread that serves (proc(5), schedstat: nanoseconds), which is finer than the ticks of stat. */
function mainThreadMsOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((other) => other > 0 && statOf(other)[1] === `${pid}`);
}

/** Looks at a server while it is attacked: what it costs, and how long it leaves others waiting. */
export class AttackedServer {
  readonly #pid: number;
  readonly #url: string;

  constructor({ pid, url }: { readonly pid: number; readonly url: string }) {
    this.#pid = pid;
    this.#url = url;
  }

  /** Does something to the server and says what it cost. */
  async measure<T>(attack: () => Promise<T>): Promise<{ readonly result: T; readonly cost: Cost }> {
    const before = new Map([this.#pid, ...childrenOf(this.#pid)].map((pid) => [pid, cpuMsOf(pid)]));
    const rssBefore = this.#rssBytes();
    let isOver = false;
    let [blockedMs, rssBytes] = [0, 0];
    const watch = async (): Promise<void> => {
      do {
        blockedMs = Math.max(blockedMs, await this.#blockedMs());
        rssBytes = Math.max(rssBytes, this.#rssBytes() - rssBefore);
        await delay(10);
      } while (!isOver);
    };
    const watching = watch();
    try {
      const result = await attack();
      const pids = [this.#pid, ...childrenOf(this.#pid)];
      const cpuMs = pids.reduce((sum, pid) => sum + cpuMsOf(pid) - (before.get(pid) ?? 0), 0);
      isOver = true;
      await watching;
      return { result, cost: { blockedMs, cpuMs, rssBytes } };
    } finally {
      isOver = true;
      await watching;
    }
  }

  #rssBytes(): number {
    const sizes = [this.#pid, ...childrenOf(this.#pid)].map((pid) => Number(statOf(pid)[21] ?? 0) * pageBytes);
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** What the server did while a call waited for it, and no more than the call waited. */
  async #blockedMs(): Promise<number> {
    const [workedMs, started] = [mainThreadMsOf(this.#pid), performance.now()];
    await this.#probe();
    return Math.min(performance.now() - started, mainThreadMsOf(this.#pid) - workedMs);
  }

  async #probe(attempt = 0): Promise<void> {
    try {
      const response = await fetch(`${this.#url}/health/live`);
      await response.text();
    } catch (error) {
      // A connection that is kept may be closed just now.
      if (attempt > 0) throw error;
      await this.#probe(attempt + 1);
    }
  }
}
