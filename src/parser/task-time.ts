/** With less than this left a task is not begun: ending it, and the process with it, would cost more. */
const leastMs = 50;

/** Processor time that the bodies of one call have together: however many heavy ones it reads, others get their turn. */
export class TaskTime {
  #leftMs: number;

  constructor(totalMs: number) {
    this.#leftMs = totalMs;
  }

  /** Whole milliseconds that are left; 0 when it is used up. */
  get leftMs(): number {
    return this.#leftMs < leastMs ? 0 : Math.floor(this.#leftMs);
  }

  spend(ms: number): void {
    this.#leftMs -= ms;
  }

  /** Does something in this thread and counts its processor time, which a busy machine does not lengthen. */
  count<T>(work: () => T): T {
    const before = process.threadCpuUsage();
    try {
      return work();
    } finally {
      const { user, system } = process.threadCpuUsage(before);
      this.spend((user + system) / 1000);
    }
  }
}
