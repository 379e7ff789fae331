import type { Pool, PoolClient } from 'pg';
import { currentContext } from '../../core/context.ts';
import type { Row } from '../columns.ts';
import { convertPostgresError } from './postgres-errors.ts';

/** A value that stands for a `$1`. Arrays are PostgreSQL's. */
export type Parameter =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly (string | number | boolean | null | Uint8Array)[];

/** Runs statements: each by itself, or all of them in one transaction. */
export interface Queries {
  /** Every row of a statement. */
  all(sql: string, ...parameters: readonly Parameter[]): Promise<readonly Row[]>;
  /** The first row of a statement, or undefined. */
  get(sql: string, ...parameters: readonly Parameter[]): Promise<Row | undefined>;
  /** Runs a change and returns how many rows it changed. */
  run(sql: string, ...parameters: readonly Parameter[]): Promise<number>;
}

/** How long a statement may take where the caller has set no deadline. */
const longestStatementMs = 60_000;

/** A database with its pool of connections. Every failure of PostgreSQL leaves here as an `AppError`. */
export class PostgresDatabase implements Queries {
  /** Names the database to people, without its password. */
  readonly name: string;
  readonly #pool: Pool;

  constructor(pool: Pool, name: string) {
    this.#pool = pool;
    this.name = name;
  }

  async all(sql: string, ...parameters: readonly Parameter[]): Promise<readonly Row[]> {
    return this.#withConnection((queries) => queries.all(sql, ...parameters));
  }

  async get(sql: string, ...parameters: readonly Parameter[]): Promise<Row | undefined> {
    return this.#withConnection((queries) => queries.get(sql, ...parameters));
  }

  async run(sql: string, ...parameters: readonly Parameter[]): Promise<number> {
    return this.#withConnection((queries) => queries.run(sql, ...parameters));
  }

  /** Everything `work` reads is of one moment. */
  read<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#transaction('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work);
  }

  /**
   * Everything `work` writes is stored or, when it throws, none of it. `lock` is a statement without parameters that
   * begins it, such as one that keeps other writers waiting.
   */
  write<T>(lock: string, work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#transaction(`BEGIN; ${lock}`, work);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #transaction<T>(begin: string, work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#withConnection(async (queries) => {
      // One round trip. A statement that outlives its caller ends by itself.
      await queries.run(`${begin}; SET LOCAL statement_timeout = ${leftMs()}`);
      try {
        const result = await work(queries);
        await queries.run('COMMIT');
        return result;
      } catch (error) {
        await queries.run('ROLLBACK');
        throw error;
      }
    });
  }

  async #withConnection<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    let failure: unknown;
    try {
      client = await this.#pool.connect();
      return await work(queriesOn(client));
    } catch (error) {
      failure = error;
      throw convertPostgresError(error, this.name);
    } finally {
      // A connection whose work failed may hold half a transaction, or be gone.
      client?.release(failure !== undefined && !isRefusal(failure));
    }
  }
}

/** Milliseconds that the caller still waits. */
function leftMs(): number {
  const { deadlineMs } = currentContext() ?? {};
  if (deadlineMs === undefined) return longestStatementMs;
  return Math.max(1, Math.min(longestStatementMs, Math.ceil(deadlineMs - performance.now())));
}

/** Whether an error is not the connection's: thrown by the work itself. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'AppError';
}

function queriesOn(client: PoolClient): Queries {
  const query = async (sql: string, parameters: readonly Parameter[]) =>
    client.query<Row>(sql, parameters.length === 0 ? undefined : [...parameters]);
  return {
    all: async (sql, ...parameters) => (await query(sql, parameters)).rows,
    get: async (sql, ...parameters) => (await query(sql, parameters)).rows[0],
    run: async (sql, ...parameters) => (await query(sql, parameters)).rowCount ?? 0,
  };
}
