import type { Database } from './database.ts';

/**
 * Transactions of one connection whose work is asynchronous. The connection knows one transaction at a time, so they
 * take turns; whatever else uses the connection meanwhile has to come by here, too.
 *
 * Work may wait for what is there already, which is all that a store of this process ever gives: the event loop stands
 * still until the transaction has ended. Work that waits for anything else is refused as soon as it holds others up.
 */
export class Transactions {
  readonly #database: Database;
  readonly #onRollback: () => void;
  readonly #waiting: Waiter[] = [];
  #running: symbol | undefined;

  /** `onRollback` is told when changes are given up, so that nothing is remembered of them. */
  constructor(database: Database, onRollback: () => void) {
    this.#database = database;
    this.#onRollback = onRollback;
  }

  /** Makes one call outside of any transaction. */
  once<T>(call: () => Promise<T>): Promise<T> {
    return this.#running === undefined ? call() : this.#inTurn(call);
  }

  /** Everything `work` reads is of one moment. */
  read<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#transact('BEGIN', work));
  }

  /** Everything `work` writes is stored, or, when it throws, none of it. Other writers wait. */
  write<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#transact('BEGIN IMMEDIATE', work));
  }

  /** As {@link write}, and waits for the disk: a power cut cannot take it back. */
  writeThrough<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      this.#database.execute('PRAGMA synchronous = FULL');
      try {
        return await this.#transact('BEGIN IMMEDIATE', work);
      } finally {
        this.#database.execute('PRAGMA synchronous = NORMAL');
      }
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
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

  async #transact<T>(begin: string, work: () => Promise<T>): Promise<T> {
    this.#database.execute(begin);
    try {
      const result = await work();
      this.#database.execute('COMMIT');
      return result;
    } catch (error) {
      this.#onRollback();
      // SQLite has already rolled back after some failures (a full disk).
      if (this.#database.isTransaction) this.#database.execute('ROLLBACK');
      throw error;
    }
  }
}

interface Waiter {
  readonly turn: symbol;
  readonly go: () => void;
}
