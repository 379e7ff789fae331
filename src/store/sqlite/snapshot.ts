import { randomInt } from 'node:crypto';
import { DatabaseSync, backup } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../../core/errors.ts';
import { convertSqliteError, isBusy, refuseEmptyFile } from './sqlite-errors.ts';

/** How long one lock is waited for while others are held; other processes wait much longer, so nobody waits for ever. */
const lockWithinMs = 250;
/** How long all locks at once are tried for. */
const allWithinMs = 60_000;
/** Pages of one step of a copy: others can read and write between two. */
const pagesAStep = 2000;

/** Databases as they were at one moment, whatever is written to them meanwhile. */
export interface Snapshot {
  /** Bytes of one of the databases. */
  sizeOf(file: string): number;
  /** Writes one of them into a new file. Throws the signal's reason when it is aborted, leaving an unfinished file. */
  copy(file: string, target: string, signal: AbortSignal, onCopied?: (bytes: number) => void): Promise<void>;
  close(): void;
}

/**
 * Holds several databases as they are at one moment: for an instant nobody writes to any, so that what one says of another
 * is true in the copies too. Throws `UNAVAILABLE` for a file that is no database, and when writers leave no such instant.
 */
export async function takeSnapshot(files: readonly string[], signal: AbortSignal): Promise<Snapshot> {
  const deadlineMs = performance.now() + allWithinMs;
  for (;;) {
    signal.throwIfAborted();
    const readers = tryAll(files);
    if (readers !== undefined) return snapshotOf(readers);
    if (performance.now() > deadlineMs) {
      throw new AppError('UNAVAILABLE', 'The databases are written to without a pause.', {
        hint: 'Try again when less is going on, or stop the servers first.',
      });
    }
    await delay(randomInt(20, 200), undefined, { signal });
  }
}

/** Connections that read, all of one moment; undefined when another process writes. */
function tryAll(files: readonly string[]): ReadonlyMap<string, DatabaseSync> | undefined {
  const writers: DatabaseSync[] = [];
  const readers = new Map<string, DatabaseSync>();
  let current = '';
  try {
    for (const file of files) {
      current = file;
      refuseEmptyFile(file);
      const writer = new DatabaseSync(file, { timeout: lockWithinMs });
      writers.push(writer);
      writer.exec('BEGIN IMMEDIATE');
    }
    for (const file of files) {
      current = file;
      const reader = new DatabaseSync(file);
      readers.set(file, reader);
      reader.exec('BEGIN');
      // The transaction sees the database from its first read on.
      reader.prepare('SELECT count(*) FROM sqlite_schema').get();
    }
    return readers;
  } catch (error) {
    for (const reader of readers.values()) reader.close();
    if (isBusy(error)) return undefined;
    throw convertSqliteError(error, current);
  } finally {
    for (const writer of writers) writer.close();
  }
}

function snapshotOf(readers: ReadonlyMap<string, DatabaseSync>): Snapshot {
  const readerOf = (file: string): DatabaseSync => {
    const reader = readers.get(file);
    if (reader === undefined) throw new TypeError(`${file} is not in this snapshot`);
    return reader;
  };
  return {
    sizeOf: (file) => numberOf(readerOf(file), 'page_count') * numberOf(readerOf(file), 'page_size'),
    async copy(file, target, signal, onCopied) {
      const reader = readerOf(file);
      const pageBytes = numberOf(reader, 'page_size');
      try {
        await backup(reader, target, {
          rate: pagesAStep,
          progress({ totalPages, remainingPages }) {
            signal.throwIfAborted();
            onCopied?.((totalPages - remainingPages) * pageBytes);
          },
        });
      } catch (error) {
        signal.throwIfAborted();
        throw convertSqliteError(error, file);
      }
    },
    close() {
      for (const reader of readers.values()) reader.close();
    },
  };
}

function numberOf(database: DatabaseSync, pragma: string): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma] ?? 0);
}

/** Whether any process has the database open. A file that is no database, or not there, is not open. */
export function isDatabaseOpen(file: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    // With a write-ahead log only a connection that is alone gets this lock.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK');
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    database?.close();
  }
}

/** How long to wait for a program that writes. */
const busyTimeoutMs = 2000;

/** What SQLite finds wrong with the structure of a database, reading it through; empty for a sound one. */
export function structuralFaults(file: string): readonly string[] {
  try {
    return readThrough(file);
  } catch (error) {
    return [messageOf(error)];
  }
}

/** As {@link structuralFaults}; throws `UNAVAILABLE` for a file that is no database or cannot be read. */
export function readThrough(file: string): readonly string[] {
  return withDatabase(file, (database) => {
    const rows = database.prepare('PRAGMA quick_check(20)').all();
    return rows.map(({ quick_check: text }) => String(text)).filter((text) => text !== 'ok');
  });
}

/** Reads the head of a database. Throws as {@link readThrough} does. */
export function readHead(file: string): void {
  withDatabase(file, (database) => numberOf(database, 'schema_version'));
}

function withDatabase<T>(file: string, work: (database: DatabaseSync) => T): T {
  let database: DatabaseSync | undefined;
  try {
    refuseEmptyFile(file);
    database = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
    return work(database);
  } catch (error) {
    throw convertSqliteError(error, file);
  } finally {
    database?.close();
  }
}
