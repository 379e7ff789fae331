/** With less than this left a task is not begun: ending it, and the process with it, would cost more. */
const leastMs = 50;

/** Processor time that several tasks have together: however many heavy ones a call has, others get their turn. */
export class TaskTime {
  #leftMs: number;
  readonly #whole: TaskTime | undefined;

  /** With `whole`, a part of a longer time: what is spent here is spent there too, and it ends when that does. */
  constructor(totalMs: number, whole?: TaskTime) {
    this.#leftMs = totalMs;
    this.#whole = whole;
  }

  /** Whole milliseconds that are left; 0 when it is used up. */
  get leftMs(): number {
    return this.leftAfter(0);
  }

  /** What is left when preparing a task has taken `ms`, which only the longest time counts. */
  leftAfter(ms: number): number {
    const left = this.#whole === undefined ? this.#leftMs - ms : Math.min(this.#leftMs, this.#whole.leftAfter(ms));
    return left < leastMs ? 0 : Math.floor(left);
  }

  spend(ms: number): void {
    this.#leftMs -= ms;
    this.#whole?.spend(ms);
  }

  /** Counts what preparing a task took: in the longest time alone, so that no task has less for itself. */
  spendPreparing(ms: number): void {
    if (this.#whole === undefined) this.spend(ms);
    else this.#whole.spendPreparing(ms);
  }

  /** Ends it, whatever is left. */
  end(): void {
    this.#leftMs = 0;
  }

  /** Does something in this thread and counts its processor time, which a busy machine does not lengthen. */
  count<T>(work: () => T): T {
    const before = process.threadCpuUsage();
    try {
      return work();
    } finally {
      this.#spendSince(before);
    }
  }

  /** {@link count} for work that may wait; what else this thread does meanwhile is counted with it. */
  async countWaiting<T>(work: () => Promise<T>): Promise<T> {
    const before = process.threadCpuUsage();
    try {
      return await work();
    } finally {
      this.#spendSince(before);
    }
  }

  #spendSince(before: NodeJS.CpuUsage): void {
    const { user, system } = process.threadCpuUsage(before);
    this.spend((user + system) / 1000);
  }
}
