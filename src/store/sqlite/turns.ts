interface Waiter {
  readonly turn: symbol;
  readonly go: () => void;
}

/**
 * Work that takes turns: one piece at a time, in the order of asking. A piece may wait for what is there already, which
 * is all that a store inside this process ever gives: the event loop stands still until it has ended. Work that waits
 * for anything else is refused as soon as it holds others up.
 */
export class Turns {
  readonly #waiting: Waiter[] = [];
  #running: symbol | undefined;

  /** Whether a piece of work has begun and not ended. */
  get areTaken(): boolean {
    return this.#running !== undefined;
  }

  /** Does the work when its turn comes. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const turn = Symbol('turn');
    if (this.#running === undefined) this.#running = turn;
    else await this.#wait(turn);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      this.#running = next?.turn;
      next?.go();
    }
  }

  #wait(turn: symbol): Promise<void> {
    const blocking = this.#running;
    return new Promise((resolve, reject) => {
      const waiter = { turn, go: resolve };
      this.#waiting.push(waiter);
      setImmediate(() => {
        if (this.#running !== blocking) return;
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(new Error('a transaction waits for something other than its rows'));
      });
    });
  }
}

/** Turns of each file that is open in this process, however often. */
const open = new Map<string, { readonly turns: Turns; users: number }>();

/**
 * The turns of a file. SQLite lets one connection write and stops the whole thread for another that wants to, even where
 * both are in one process and the first could not go on then: so all of a file take turns.
 */
export function enterTurns(file: string): Turns {
  const entry = open.get(file) ?? { turns: new Turns(), users: 0 };
  open.set(file, entry);
  entry.users += 1;
  return entry.turns;
}

/** To be called as often as {@link enterTurns} was. */
export function leaveTurns(file: string): void {
  const entry = open.get(file);
  if (entry === undefined) return;
  entry.users -= 1;
  if (entry.users === 0) open.delete(file);
}
