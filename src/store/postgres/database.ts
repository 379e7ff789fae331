import type { Pool, PoolClient } from 'pg';
import { currentContext } from '../../core/context.ts';
import type { Row } from '../columns.ts';
import { cancelWhenAborted } from './cancel-statement.ts';
import { otherFormat } from './check-server.ts';
import { answerTo, giveUp } from './driver.ts';
import { hasLockedNothing, lastRowOf } from './begin-results.ts';
import { listenOnChannel } from './listen-on-channel.ts';
import { convertConnectError, convertPostgresError } from './postgres-errors.ts';
import { configOf, noteServerProcess, type PreparedStatement } from './prepared-statement.ts';

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
  all(sql: string | PreparedStatement, ...parameters: readonly Parameter[]): Promise<readonly Row[]>;
  /** The first row of a statement, or undefined. */
  get(sql: string | PreparedStatement, ...parameters: readonly Parameter[]): Promise<Row | undefined>;
  /** Runs a change and returns how many rows it changed. */
  run(sql: string | PreparedStatement, ...parameters: readonly Parameter[]): Promise<number>;
}

/** How a transaction reads. */
interface ReadOptions {
  readonly first?: string;
  readonly limitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The statement that was to begin a transaction has found nothing to lock. */
export class NothingLocked extends Error {
  constructor() {
    super('the rows that a transaction was to begin with are not there');
    this.name = 'NothingLocked';
  }
}

/** How long a statement may take where the caller has set no deadline. */
const longestStatementMs = 60_000;

/**
 * Within a transaction the server ends a statement that outlives its caller. One that it has not answered this long after is
 * lost, and its connection with it: what is between them passes nothing on.
 */
const graceMs = 2000;

/**
 * How long a transaction may do nothing before the server ends it. Work waits for nothing but its rows: whoever takes this
 * long is asleep or cut off, and others wait for its locks.
 */
const idleMs = 15_000;

/** The server's clock, in milliseconds since 1970, and which of its processes answers. */
const serverClock = `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms, pg_backend_pid() AS pid`;
/** The same, and the version of the tables, which another host may have changed since they were opened. */
const serverClockAndFormat = `${serverClock}, (SELECT version FROM gmail_llm) AS format`;

/** A database with its pool of connections. Every failure of PostgreSQL leaves here as an `AppError`. */
export class PostgresDatabase implements Queries {
  /** Names the database to people, without its password. */
  readonly name: string;
  readonly #openPool: () => Promise<Pool>;
  readonly #hostNow: () => number;
  readonly #formatVersion: number | undefined;
  #opening: Promise<Pool> | undefined;
  #clockAheadMs = 0;
  /** Whether the last transaction found the tables in another version. */
  #isOtherFormat = false;
  readonly #listeners = new Set<() => void>();

  /**
   * Opens nothing yet: `openPool` is called by the first statement, and again after it has failed. `hostNow` is this host's
   * clock. Transactions throw `UNAVAILABLE` where the tables have another version than `formatVersion`, and from then on single
   * statements, until one finds them in this version again.
   */
  constructor(openPool: () => Promise<Pool>, name: string, hostNow: () => number, formatVersion?: number) {
    this.#openPool = openPool;
    this.#hostNow = hostNow;
    this.#formatVersion = formatVersion;
    this.name = name;
  }

  async all(sql: string | PreparedStatement, ...parameters: readonly Parameter[]): Promise<readonly Row[]> {
    return this.#single((queries) => queries.all(sql, ...parameters));
  }

  async get(sql: string | PreparedStatement, ...parameters: readonly Parameter[]): Promise<Row | undefined> {
    return this.#single((queries) => queries.get(sql, ...parameters));
  }

  async run(sql: string | PreparedStatement, ...parameters: readonly Parameter[]): Promise<number> {
    return this.#single((queries) => queries.run(sql, ...parameters));
  }

  /**
   * Everything `work` reads is of one moment. `first`, a statement without parameters, has to find a row. A statement may
   * take `limitMs`, as long as the caller waits where none is given; the server ends it, and this throws the signal's reason,
   * when `signal` aborts. Throws {@link NothingLocked}.
   */
  read<T>(
    work: (queries: Queries) => Promise<T>,
    { first = 'SELECT 1', limitMs, signal }: ReadOptions = {},
  ): Promise<T> {
    const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
    return this.#transaction({ begin, lock: first, limitMs, signal, isReading: true }, work);
  }

  /**
   * Everything `work` writes is stored or, when it throws, none of it. `lock` is a statement without parameters that
   * begins it, such as one that keeps other writers waiting, and has to find a row. Throws {@link NothingLocked}.
   */
  write<T>(lock: string, work: (queries: Queries) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#transaction({ begin: 'BEGIN', lock, limitMs }, work);
  }

  /**
   * The time of the server, which all hosts share, in milliseconds since 1970: by this process's clock, and what the two
   * differed by in its last transactions.
   */
  readonly now = (): number => this.#hostNow() + this.#clockAheadMs;

  /**
   * Calls `wake` whenever somebody notifies a channel, and when it may have been missed. Works behind a pooler that gives
   * every transaction another connection no better than not at all: whoever listens also looks now and then.
   */
  listen(channel: string, wake: () => void): { readonly stop: () => void } {
    const listening = listenOnChannel(async () => (await this.#pool()).connect(), channel, wake);
    const stop = () => {
      this.#listeners.delete(stop);
      listening.stop();
    };
    this.#listeners.add(stop);
    return { stop };
  }

  async close(): Promise<void> {
    for (const stop of this.#listeners) stop();
    const opening = this.#opening;
    this.#opening = undefined;
    const pool = await opening?.catch(() => undefined);
    await pool?.end();
  }

  #single<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#isOtherFormat
      ? this.#transaction({ begin: 'BEGIN', lock: 'SELECT 1' }, work)
      : this.#withConnection(work);
  }

  #pool(): Promise<Pool> {
    if (this.#opening !== undefined) return this.#opening;
    const opening = this.#openPool();
    this.#opening = opening;
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }

  async #transaction<T>(
    {
      begin,
      lock,
      limitMs: ownLimitMs,
      signal,
      isReading = false,
    }: {
      readonly begin: string;
      readonly lock: string;
      readonly limitMs?: number | undefined;
      readonly signal?: AbortSignal | undefined;
      readonly isReading?: boolean;
    },
    work: (queries: Queries) => Promise<T>,
  ): Promise<T> {
    return this.#withConnection(async (queries, client) => {
      // One round trip. A statement that outlives its caller ends by itself. None of ours runs long enough to be worth
      // compiling: that takes PostgreSQL up to a second, for searches that look costly to it. Nor is reading all of a table ever
      // right, which looks cheap for words that most messages have, as it does not know what unpacking theirs costs, and for
      // plans that are kept, which may be made when the tables are still small.
      const askedMs = this.#hostNow();
      const limitMs = ownLimitMs ?? leftMs();
      const settings = `SET LOCAL jit = off; SET LOCAL enable_seqscan = off; SET LOCAL idle_in_transaction_session_timeout = ${idleMs}; SET LOCAL statement_timeout = ${limitMs}`;
      const last = this.#formatVersion === undefined ? serverClock : serverClockAndFormat;
      const first = { text: `${begin}; ${settings}; ${lock}; ${last}` };
      const beginning = answerTo(client, first, limitMs + graceMs).then((begun: unknown) => {
        this.#compareClocks(begun, askedMs);
        noteServerProcess(client, lastRowOf(begun)?.pid);
        this.#checkFormat(begun);
        if (hasLockedNothing(begun)) throw new NothingLocked();
      });
      // What is read on the way to a refusal is thrown away; a change has to wait for its lock.
      const workOn = () => work(queriesOn(client, () => limitMs, !isReading));
      try {
        const result = isReading ? await afterBoth(beginning, workOn()) : await beginning.then(workOn);
        // One whose answer is lost may have been carried out. Work that outlives its caller is given its own time for it, too.
        const committed = queriesOn(client, () => ownLimitMs ?? leftMs()).run('COMMIT');
        // What was read is true whatever becomes of its end; whoever has the connection next comes behind it.
        if (isReading) committed.catch(() => undefined);
        else await committed;
        return result;
      } catch (error) {
        // Any other connection is given up, and with it what it has begun.
        if (isRefusal(error)) await queries.run('ROLLBACK');
        throw error;
      }
    }, signal);
  }

  /**
   * The server read its clock, last of all, between the question and the answer: what is known stays where that can be true, so
   * that an answer which is late, or was waited for, says little.
   */
  #compareClocks(results: unknown, askedMs: number): void {
    const serverMs = lastRowOf(results)?.now_ms;
    const answeredMs = this.#hostNow();
    if (typeof serverMs !== 'number' || answeredMs < askedMs) return;
    const [least, most] = [serverMs - answeredMs, serverMs - askedMs];
    this.#clockAheadMs = Math.min(most, Math.max(least, this.#clockAheadMs));
  }

  #checkFormat(results: unknown): void {
    const found = lastRowOf(results)?.format;
    if (this.#formatVersion === undefined || typeof found !== 'number') return;
    const error = otherFormat(found, this.#formatVersion, this.name);
    this.#isOtherFormat = error !== undefined;
    if (error !== undefined) throw error;
  }

  async #connect(): Promise<PoolClient> {
    const pool = await this.#pool();
    try {
      return await pool.connect();
    } catch (error) {
      throw convertConnectError(error, this.name);
    }
  }

  async #withConnection<T>(
    work: (queries: Queries, client: PoolClient) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    let client: PoolClient | undefined;
    let failure: unknown;
    let endWatch: (() => boolean) | undefined;
    try {
      const connected = await this.#connect();
      // Nothing is begun on it.
      if (signal?.aborted === true) connected.release();
      signal?.throwIfAborted();
      client = connected;
      endWatch = signal === undefined ? undefined : cancelWhenAborted(client, signal);
      return await work(queriesOn(client, leftMs), client);
    } catch (error) {
      failure = error;
      signal?.throwIfAborted();
      throw convertPostgresError(error, this.name);
    } finally {
      const isCancelled = endWatch?.() === true;
      // A connection whose work failed may hold half a transaction, or be gone.
      const isLost = isCancelled || (failure !== undefined && !isRefusal(failure));
      if (client !== undefined && isLost) giveUp(client, failure);
      else client?.release();
    }
  }
}

/** What work comes to that is on its way while its transaction begins, once that has. */
async function afterBoth<T>(beginning: Promise<void>, work: Promise<T>): Promise<T> {
  const [, result] = await Promise.allSettled([beginning, work]);
  await beginning;
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** Milliseconds that the caller still waits. */
function leftMs(): number {
  const { deadlineMs } = currentContext() ?? {};
  if (deadlineMs === undefined) return longestStatementMs;
  return Math.max(1, Math.min(longestStatementMs, Math.ceil(deadlineMs - performance.now())));
}

/** Whether an error is not the connection's: thrown by the work itself. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AppError' || error instanceof NothingLocked);
}

function queriesOn(client: PoolClient, limitMs: () => number, isChange = false): Queries {
  const query = async (sql: string | PreparedStatement, parameters: readonly Parameter[]) =>
    answerTo<Row>(client, configOf(client, sql, parameters, isChange), limitMs() + graceMs);
  return {
    all: async (sql, ...parameters) => (await query(sql, parameters)).rows,
    get: async (sql, ...parameters) => (await query(sql, parameters)).rows[0],
    run: async (sql, ...parameters) => (await query(sql, parameters)).rowCount ?? 0,
  };
}
