import type { Row } from '../columns.ts';

/** A value that stands for a `$1`. Yes and no are 1 and 0, as columns hold them on every engine. */
export type SqlValue = string | number | null | Uint8Array;

/** Runs statements, whose parameters are `$1`, `$2` and so on. */
export interface SqlQueries {
  /** Every row of a statement. */
  all(sql: string, ...values: readonly SqlValue[]): Promise<readonly Row[]>;
  /** The first row of a statement, or undefined. */
  get(sql: string, ...values: readonly SqlValue[]): Promise<Row | undefined>;
  /** Runs a change and returns how many rows it changed. */
  run(sql: string, ...values: readonly SqlValue[]): Promise<number>;
}

/** What engines say differently. */
export interface SqlDialect {
  /** Whether a column of 1 and 0 is 1, in the words of the indexes. */
  flag(column: string): string;
  /** The text at a path of a column of JSON text, in the words of the indexes. */
  jsonText(column: string, ...path: readonly string[]): string;
  /** The rows of a parameter that is a list of texts as JSON. */
  texts(parameter: string): string;
  /** The highest sequence that any entry of the audit log ever had; 0 before the first. */
  highestEntry(queries: SqlQueries): Promise<number>;
  /** What an INSERT says that brings the keys which the engine gives otherwise. */
  readonly givenKeys: string;
  /** Makes the engine go on after the highest key of a table that was told its keys. */
  countOn(queries: SqlQueries, table: string, key: string): Promise<void>;
}

/** The tables of one subject, in a database that processes share; what is written by statements that every engine knows. */
export interface SqlDatabase extends SqlQueries {
  readonly dialect: SqlDialect;
  /** Everything `work` reads is of one moment. */
  read<T>(work: (queries: SqlQueries) => Promise<T>): Promise<T>;
  /**
   * Everything `work` writes is stored or, when it throws, none of it. Other writers of the subject, or those with the same
   * `turn` where one is named, wait meanwhile: `work` waits for nothing but its rows.
   */
  write<T>(work: (queries: SqlQueries) => Promise<T>, turn?: string): Promise<T>;
  /** {@link write} inside a transaction of another subject: it is one with it where both are in one database. */
  writeWithin<T>(outer: SqlQueries, work: (queries: SqlQueries) => Promise<T>): Promise<T>;
  close(): void;
}
