import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { AppError } from '../../core/errors.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { bytesOf, integerOf } from '../../store/sqlite/database.ts';

/** The two files of a mailbox. */
export interface MailboxFiles {
  /** Everything but the messages' bytes. */
  readonly mailbox: Database;
  readonly raw: Database;
}

/** A message's bytes on their way into raw.db. */
export interface StoredBytes {
  readonly raw: Uint8Array;
  /** Tells it from every other message: of its bytes alone where equal bytes are one message, else of something more. */
  readonly sha256: Uint8Array;
}

function findKey(database: Database, sha256: Uint8Array): number | undefined {
  const row = database.get('SELECT key FROM raw WHERE sha256 = ?', sha256);
  return row === undefined ? undefined : integerOf(row, 'key');
}

/**
 * Stores what is not there yet and answers the keys in the same order. The same bytes always have the same key, also
 * when an earlier import stopped before it indexed them.
 */
export function storeRaw(database: Database, messages: readonly StoredBytes[]): readonly number[] {
  // Zstandard packs mail as small as deflate does, twice as fast. It happens before other writers have to wait.
  const known = messages.map(({ raw, sha256 }) => findKey(database, sha256) ?? zstdCompressSync(raw));
  const insert = 'INSERT INTO raw (sha256, size_bytes, zstd) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING key';
  const store = ({ raw, sha256 }: StoredBytes, compressed: Uint8Array): number => {
    const row = database.get(insert, sha256, raw.length, compressed);
    const key = row === undefined ? findKey(database, sha256) : integerOf(row, 'key');
    if (key === undefined) throw new Error('raw.db stored a message without a key');
    return key;
  };
  const storeAll = (): number[] =>
    messages.map((message, index) => {
      const item = known[index];
      return typeof item === 'number' ? item : store(message, item ?? zstdCompressSync(message.raw));
    });
  return known.every((item) => typeof item === 'number') ? known : database.write(storeAll);
}

/** The bytes of a message as they were received. Throws `UNAVAILABLE` when raw.db does not have them, or not whole. */
export function readRaw(database: Database, key: number): Uint8Array {
  const row = database.get('SELECT zstd FROM raw WHERE key = ?', key);
  const hint = 'Restore mailbox.db and raw.db from the same backup, or import the mail again.';
  if (row === undefined) {
    throw new AppError('UNAVAILABLE', `The bytes of a message are missing in ${database.file}.`, { hint });
  }
  try {
    return zstdDecompressSync(bytesOf(row, 'zstd'));
  } catch (error) {
    throw new AppError('UNAVAILABLE', `The bytes of a message are damaged in ${database.file}.`, { hint }, error);
  }
}

/** Whether raw.db has bytes under a key. */
export function hasRaw(database: Database, key: number): boolean {
  return database.get('SELECT 1 FROM raw WHERE key = ?', key) !== undefined;
}

/** Deletes bytes that no message has and none is about to get. */
export function deleteRaw(database: Database, key: number): void {
  database.run('DELETE FROM raw WHERE key = ?', key);
}

/** Notes that a message gave up its bytes. Runs inside the write transaction that deletes it. */
export function releaseRaw(mailbox: Database, key: number): void {
  mailbox.run('INSERT INTO released_raw VALUES (?) ON CONFLICT DO NOTHING', key);
}

/**
 * Deletes bytes that were given up, also those that an earlier crash left. Never throws: whoever deleted the messages has
 * done so, and what cannot be deleted now is with the next deletion.
 */
export function deleteReleasedRaw(files: MailboxFiles): void {
  try {
    if (files.mailbox.get('SELECT 1 FROM released_raw LIMIT 1') !== undefined) deleteReleased(files);
  } catch {
    // Nothing is lost by it, and a send that is reported as failed would be sent again.
  }
}

/**
 * Holds the mailbox's write lock, under which an importer looks whether the bytes of its messages are still there, so that
 * neither loses what the other needs.
 */
function deleteReleased({ mailbox, raw }: MailboxFiles): void {
  mailbox.write(() => {
    const released = mailbox.all(
      `SELECT raw_key, EXISTS (SELECT 1 FROM message m WHERE m.raw_key = r.raw_key) AS is_used,
         EXISTS (SELECT 1 FROM delivery d WHERE d.raw_key = r.raw_key) AS is_awaited FROM released_raw r`,
    );
    for (const row of released) {
      // Bytes that are still to be delivered wait for a later round.
      if (integerOf(row, 'is_awaited') === 1) continue;
      const key = integerOf(row, 'raw_key');
      if (integerOf(row, 'is_used') === 0) deleteRaw(raw, key);
      mailbox.run('DELETE FROM released_raw WHERE raw_key = ?', key);
    }
  });
}
