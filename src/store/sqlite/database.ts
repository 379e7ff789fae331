import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { metrics, secondsBounds } from '../../core/telemetry/metrics.ts';
import type { Row } from '../columns.ts';
import { convertSqliteError } from './sqlite-errors.ts';

/** A value that stands for a `?`. */
export type Parameter = SQLInputValue;

/** Statements kept prepared, and as many that were used before these; compiled searches differ, so older ones go. */
const maxStatements = 64;

const writes = metrics.histogram(
  'gmail_llm_store_write_seconds',
  'Write transactions of SQLite files, the wait for other writers included.',
  secondsBounds,
  ['file'],
);

/** The kind of a file: those of accounts have their address after a hyphen. */
function kindOf(file: string): string {
  return basename(file, '.db').split('-')[0] ?? '';
}

/** One SQLite file with its prepared statements. Every failure of SQLite leaves here as an `AppError`. */
export class Database {
  readonly file: string;
  readonly #kind: string;
  readonly #connection: DatabaseSync;
  #statements = new Map<string, StatementSync>();
  #olderStatements: ReadonlyMap<string, StatementSync> = new Map();

  /** Opens the file; `busyTimeoutMs` is how long a statement waits for the locks of other processes. */
  constructor(file: string, busyTimeoutMs: number) {
    this.file = file;
    this.#kind = kindOf(file);
    this.#connection = this.#guard(() => new DatabaseSync(file, { timeout: busyTimeoutMs }));
  }

  /** Every row of a query. */
  all(sql: string, ...parameters: readonly Parameter[]): readonly Row[] {
    return this.#guard(() => this.#prepare(sql).all(...parameters));
  }

  /** The first row of a query, or undefined. */
  get(sql: string, ...parameters: readonly Parameter[]): Row | undefined {
    return this.#guard(() => this.#prepare(sql).get(...parameters));
  }

  /** Runs a change and answers how many rows it changed. */
  run(sql: string, ...parameters: readonly Parameter[]): number {
    return this.#guard(() => Number(this.#prepare(sql).run(...parameters).changes));
  }

  /** Runs several statements without parameters. */
  execute(sql: string): void {
    this.#guard(() => this.#connection.exec(sql));
  }

  /** Everything `work` reads is of one moment. */
  read<T>(work: () => T): T {
    return this.#transaction('BEGIN', work);
  }

  /** Everything `work` writes is stored, or, when it throws, none of it. Other writers wait. */
  write<T>(work: () => T): T {
    const startedMs = performance.now();
    try {
      return this.#transaction('BEGIN IMMEDIATE', work);
    } finally {
      this.noteWrite(startedMs);
    }
  }

  /** Counts a write transaction that has ended; `startedMs` is of `performance.now`. */
  noteWrite(startedMs: number): void {
    writes.observe({ file: this.#kind }, (performance.now() - startedMs) / 1000);
  }

  /** Whether a transaction is open. */
  get isTransaction(): boolean {
    return this.#connection.isTransaction;
  }

  close(): void {
    this.#statements = new Map();
    this.#olderStatements = new Map();
    this.#guard(() => this.#connection.close());
  }

  #transaction<T>(begin: string, work: () => T): T {
    this.execute(begin);
    try {
      const result = work();
      this.execute('COMMIT');
      return result;
    } catch (error) {
      // SQLite has already rolled back after some failures (a full disk).
      if (this.isTransaction) this.execute('ROLLBACK');
      throw error;
    }
  }

  /** Without a note of each use, which would cost as much as a small statement. */
  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#olderStatements.get(sql) ?? this.#connection.prepare(sql);
    if (this.#statements.size >= maxStatements) {
      this.#olderStatements = this.#statements;
      this.#statements = new Map();
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw convertSqliteError(error, this.file);
    }
  }
}
