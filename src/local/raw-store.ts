import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { AppError } from '../core/errors.ts';
import type { Database } from './database.ts';
import { bytesOf, integerOf } from './database.ts';

/** The two files of a mailbox. */
export interface MailboxFiles {
  /** Everything but the messages' bytes. */
  readonly mailbox: Database;
  readonly raw: Database;
}

/** A message's bytes with the SHA-256 that tells it from every other message. */
export interface RawMessage {
  readonly raw: Uint8Array;
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
export function storeRaw(database: Database, messages: readonly RawMessage[]): readonly number[] {
  // Zstandard packs mail as small as deflate does, twice as fast. It happens before other writers have to wait.
  const known = messages.map(({ raw, sha256 }) => findKey(database, sha256) ?? zstdCompressSync(raw));
  const insert = 'INSERT INTO raw (sha256, size_bytes, zstd) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING key';
  const store = ({ raw, sha256 }: RawMessage, compressed: Uint8Array): number => {
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
