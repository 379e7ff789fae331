import { chmodSync, closeSync, existsSync, linkSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import { integerOf, textOf } from '../columns.ts';
import { Database } from './database.ts';
import { refuseEmptyFile } from './sqlite-errors.ts';

/** SQL, or a function where SQL does not reach. All of an opening are one transaction, in which no other process writes. */
type Migration = string | ((database: Database) => void);

/** What a database file of ours is made of. */
export interface DatabaseFormat {
  /** Marks the file as ours (`PRAGMA application_id`), so that a foreign database is never written to. */
  readonly applicationId: number;
  /** What brings the file from version `n`, its index here, to `n + 1`. */
  readonly migrations: readonly Migration[];
  /** `FULL` waits for the disk at every commit. `NORMAL` may lose the last commits in a power cut, in a crash nothing. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Pages kept in memory by each process. */
  readonly cacheKibibytes: number;
}

/** How long a writer waits for the writers of other processes; one transaction lasts a fraction of a second. */
const busyTimeoutMs = 20_000;
/** Before 3.42 rows vanish from `ORDER BY rowid DESC` on date-coded rowids; 3.45 is the oldest that was tested. */
const oldestSqlite = [3, 45] as const;
/** The write-ahead log is cut back to this after a checkpoint. */
const journalSizeLimitBytes = 16 * 1024 * 1024;

/**
 * Opens a database file (0600, in a folder of 0700), making it or bringing it to the newest version where needed.
 * Throws `UNAVAILABLE`, with what to do, for a file that is newer than this code, damaged, emptied, not a database, not
 * ours or not writable, and for a SQLite that is too old.
 */
export function openDatabase(file: string, format: DatabaseFormat): Database {
  makePrivateFile(file);
  refuseEmptyFile(file);
  const database = new Database(file, busyTimeoutMs);
  try {
    checkSqliteVersion(database);
    checkOrigin(database, format);
    useWriteAheadLog(database);
    database.execute(`PRAGMA synchronous = ${format.synchronous}; PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -${format.cacheKibibytes}; PRAGMA journal_size_limit = ${journalSizeLimitBytes}`);
    migrate(database, format);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite gives the `-wal` and `-shm` files the mode of the database file, so that one must be right first. */
function makePrivateFile(file: string): void {
  try {
    const folder = dirname(file);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    if (!existsSync(file)) makeDatabase(file);
    chmodSync(file, 0o600);
    closeSync(openSync(file, 'a'));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'UNAVAILABLE',
      `The file ${file} cannot be opened for writing: ${messageOf(error)}.`,
      { hint: 'Give this user read and write access to the file and its folder.' },
      error,
    );
  }
}

/** Puts a database of one page in its place, whole or not at all; another process that makes it too does no harm. */
function makeDatabase(file: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    closeSync(openSync(draft, 'w', 0o600));
    const database = new Database(draft, busyTimeoutMs);
    try {
      useWriteAheadLog(database);
    } finally {
      database.close();
    }
    linkSync(draft, file);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function checkSqliteVersion(database: Database): void {
  const row = database.get('SELECT sqlite_version() AS version');
  const version = row === undefined ? '' : textOf(row, 'version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldestSqlite[0] || (major === oldestSqlite[0] && minor >= oldestSqlite[1])) return;
  throw new AppError('UNAVAILABLE', `This Node.js brings SQLite ${version}, which is too old.`, {
    expected: `SQLite ${oldestSqlite.join('.')} or later`,
    got: version,
    hint: 'Run gmail-llm with Node.js 24.21 or later.',
  });
}

function pragma(database: Database, name: string): number {
  const row = database.get(`PRAGMA ${name}`);
  return row === undefined ? 0 : integerOf(row, name);
}

function checkOrigin(database: Database, format: DatabaseFormat): void {
  const newest = format.migrations.length;
  const version = pragma(database, 'user_version');
  const isEmpty = version === 0 && database.get('SELECT 1 FROM sqlite_schema LIMIT 1') === undefined;
  if (!isEmpty && pragma(database, 'application_id') !== format.applicationId) {
    throw new AppError('UNAVAILABLE', `${database.file} is a database, but not one of gmail-llm.`, {
      hint: 'Move the file away, or use another home.',
    });
  }
  if (version > newest) {
    throw new AppError('UNAVAILABLE', `The file ${database.file} was written by a newer gmail-llm.`, {
      expected: `format ${newest} or older`,
      got: `format ${version}`,
      hint: 'Update gmail-llm, or restore a backup that this version wrote. The file was not touched.',
    });
  }
}

function useWriteAheadLog(database: Database): void {
  const row = database.get('PRAGMA journal_mode');
  if (row === undefined || textOf(row, 'journal_mode') !== 'wal') database.execute('PRAGMA journal_mode = WAL');
}

function migrate(database: Database, format: DatabaseFormat): void {
  const newest = format.migrations.length;
  if (pragma(database, 'user_version') === newest) return;
  database.write(() => {
    // Another process may have migrated while this one waited.
    for (const migration of format.migrations.slice(pragma(database, 'user_version'))) {
      if (typeof migration === 'string') database.execute(migration);
      else migration(database);
    }
    database.execute(`PRAGMA user_version = ${newest}; PRAGMA application_id = ${format.applicationId}`);
  });
}
