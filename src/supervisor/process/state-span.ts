/** The time that a process spends in one state: what belongs to the state ends with it. */
export class StateSpan {
  #end = new AbortController();
  #beganMs = performance.now();

  /** Aborted when the state ends. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** How long the state has lasted. */
  get lastedMs(): number {
    return performance.now() - this.#beganMs;
  }

  /** Ends the state, and begins another one. */
  next(): void {
    this.#end.abort();
    this.#end = new AbortController();
    this.#beganMs = performance.now();
  }

  /** Does something after a while, unless the state has ended by then. */
  after(delayMs: number, work: () => void): void {
    const timer = setTimeout(work, delayMs);
    this.#end.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
}
