import { rmSync } from 'node:fs';
import type { Database } from '../database.ts';
import { AppError } from '../../../core/errors.ts';
import { openDatabase } from '../open-database.ts';
import { cacheFormat } from './cache-format.ts';

/** A database that nobody depends on. */
export interface CacheFile {
  /**
   * What `work` answers, or undefined when the file cannot be used now: locked, no room on the disk, not ours. A damaged
   * file is thrown away and made anew first.
   */
  use<T>(work: (database: Database) => T): T | undefined;
  close(): void;
}

/** A cache that another process holds for longer than this is passed over. */
const busyTimeoutMs = 250;
/** A file that could not be opened is not tried again at every call. */
const reopenAfterMs = 30_000;

/** SQLite's primary result codes for a file that is worth nothing any more: SQLITE_CORRUPT and SQLITE_NOTADB. */
const damageCodes: ReadonlySet<number> = new Set([11, 26]);

/** A cache in this file. Opens nothing yet, and never throws for what is wrong with the file. */
export function cacheFile(file: string, nowMs: () => number): CacheFile {
  let database: Database | undefined;
  let closedUntilMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  function open(): Database {
    if (database !== undefined) return database;
    database = openDatabase(file, cacheFormat);
    database.execute(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    return database;
  }

  function close(): void {
    try {
      database?.close();
    } catch {
      // A file that is damaged may not even close; it is given up all the same.
    }
    database = undefined;
  }

  /** Undefined when the file was of no use; `retry` when it was damaged and is gone. */
  function attempt<T>(work: (database: Database) => T): { readonly value: T } | 'unusable' | 'removed' {
    try {
      return { value: work(open()) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const isDamaged = damageCodes.has(resultCodeOf(error.cause));
      if (isDamaged || database === undefined) close();
      if (isDamaged && remove()) return 'removed';
      if (database === undefined) closedUntilMs = nowMs() + reopenAfterMs;
      return 'unusable';
    }
  }

  function remove(): boolean {
    try {
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
      return true;
    } catch {
      return false;
    }
  }

  return {
    use(work) {
      if (isClosed || (database === undefined && nowMs() < closedUntilMs)) return undefined;
      const first = attempt(work);
      const outcome = first === 'removed' ? attempt(work) : first;
      return typeof outcome === 'string' ? undefined : outcome.value;
    },
    close() {
      isClosed = true;
      close();
    },
  };
}

function resultCodeOf(cause: unknown): number {
  const isSqlite = cause instanceof Error && 'errcode' in cause && typeof cause.errcode === 'number';
  return isSqlite ? Number(cause.errcode) & 0xff : 0;
}
