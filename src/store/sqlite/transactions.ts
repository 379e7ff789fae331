import { realpathSync } from 'node:fs';
import type { Database } from './database.ts';
import { enterTurns, leaveTurns, type Turns } from './turns.ts';

/** Transactions of one connection whose work is asynchronous; they take turns with all others of the file. */
export class Transactions {
  readonly #database: Database;
  readonly #onRollback: () => void;
  readonly #file: string;
  readonly #turns: Turns;

  /** `onRollback` is told when changes are given up, so that nothing is remembered of them. */
  constructor(database: Database, onRollback: () => void) {
    this.#database = database;
    this.#onRollback = onRollback;
    this.#file = realpathSync(database.file);
    this.#turns = enterTurns(this.#file);
  }

  /** Makes one call outside of any transaction. */
  once<T>(call: () => Promise<T>): Promise<T> {
    return this.#turns.areTaken ? this.#turns.take(call) : call();
  }

  /** Everything `work` reads is of one moment. */
  read<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(() => this.#transact('BEGIN', work));
  }

  /** Everything `work` writes is stored, or, when it throws, none of it. Other writers wait. */
  write<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(() => this.#write(work));
  }

  /** As {@link write}, and waits for the disk: a power cut cannot take it back. */
  writeThrough<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      this.#database.execute('PRAGMA synchronous = FULL');
      try {
        return await this.#write(work);
      } finally {
        this.#database.execute('PRAGMA synchronous = NORMAL');
      }
    });
  }

  close(): void {
    this.#database.close();
    leaveTurns(this.#file);
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    try {
      return await this.#transact('BEGIN IMMEDIATE', work);
    } finally {
      this.#database.noteWrite(startedMs);
    }
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
