import { zstdDecompressSync } from 'node:zlib';
import { AppError } from '../../../core/errors.ts';
import type { MessageBytes, StoredBytes } from '../../mail/message-bytes.ts';
import { nameOfHash } from '../../mail/name-of-hash.ts';
import { packedOf } from '../../mail/pack-bytes.ts';
import { bytesOf, integerOf } from '../../columns.ts';
import type { Database } from '../database.ts';
import type { Transactions } from '../transactions.ts';
import { checkpointRarely } from './bulk-writing.ts';

/** The rows of `raw`. `transactions` are those of the mailbox that refers to them. */
export function openMessageBytes(database: Database, raw: Database, transactions: Transactions): MessageBytes {
  return {
    put: async (messages) => storeBytes(raw, messages),
    find: async (hashes) => findKeys(raw, hashes),
    get: async (key) => readBytes(raw, key),
    async discard(key) {
      try {
        await transactions.write(async () => {
          if (database.get('SELECT 1 FROM message WHERE raw_key = ?', key) === undefined) deleteBytes(raw, key);
        });
      } catch {
        // Bytes without a message harm nobody, and why the message was not stored is what its sender wants to know.
      }
    },
    async sweep() {
      try {
        const isClean = await transactions.once(async () => {
          return database.get('SELECT 1 FROM released_raw LIMIT 1') === undefined;
        });
        // Under the mailbox's write lock, in which an importer looks whether the bytes of its messages are still there,
        // so that neither loses what the other needs.
        if (!isClean) await transactions.write(async () => deleteReleased(database, raw));
      } catch {
        // Nothing is lost by it, and a send that is reported as failed would be sent again.
      }
    },
  };
}

function findKey(raw: Database, sha256: Uint8Array): number | undefined {
  const row = raw.get('SELECT key FROM raw WHERE sha256 = ?', sha256);
  return row === undefined ? undefined : integerOf(row, 'key');
}

/** Of one moment, for outside of a transaction each statement takes the file's locks and gives them back. */
function findKeys(raw: Database, hashes: readonly Uint8Array[]): readonly (number | undefined)[] {
  return raw.read(() => hashes.map((sha256) => findKey(raw, sha256)));
}

function storeBytes(raw: Database, messages: readonly StoredBytes[]): readonly number[] {
  const found = findKeys(
    raw,
    messages.map(({ sha256 }) => sha256),
  );
  // Packed before other writers have to wait, and once for each message that an archive holds twice.
  const missing = new Map(
    messages.filter((_, index) => found[index] === undefined).map((one) => [nameOfHash(one.sha256), one]),
  );
  const packed = Array.from(missing, ([name, message]) => ({ name, sha256: message.sha256, ...packedOf(message) }));
  checkpointRarely(raw, packed.length);
  const stored = packed.length === 0 ? undefined : raw.write(() => new Map(packed.map(insert)));
  return messages.map((message, index) => {
    const key = found[index] ?? stored?.get(nameOfHash(message.sha256));
    if (key === undefined) throw new Error('raw.db stored a message without a key');
    return key;
  });

  function insert({ name, sha256, sizeBytes, zstd }: (typeof packed)[number]): readonly [string, number | undefined] {
    const sql = 'INSERT INTO raw (sha256, size_bytes, zstd) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING key';
    const row = raw.get(sql, sha256, sizeBytes, zstd);
    // Another process may have stored it meanwhile.
    return [name, row === undefined ? findKey(raw, sha256) : integerOf(row, 'key')];
  }
}

function readBytes(raw: Database, key: number): Uint8Array {
  const row = raw.get('SELECT zstd FROM raw WHERE key = ?', key);
  const hint = 'Restore mailbox.db and raw.db from the same backup, or import the mail again.';
  if (row === undefined) {
    throw new AppError('UNAVAILABLE', `The bytes of a message are missing in ${raw.file}.`, { hint });
  }
  try {
    return zstdDecompressSync(bytesOf(row, 'zstd'));
  } catch (error) {
    throw new AppError('UNAVAILABLE', `The bytes of a message are damaged in ${raw.file}.`, { hint }, error);
  }
}

function deleteBytes(raw: Database, key: number): void {
  raw.run('DELETE FROM raw WHERE key = ?', key);
}

function deleteReleased(database: Database, raw: Database): void {
  const released = database.all(
    `SELECT raw_key, EXISTS (SELECT 1 FROM message m WHERE m.raw_key = r.raw_key) AS is_used,
       EXISTS (SELECT 1 FROM delivery d WHERE d.raw_key = r.raw_key) AS is_awaited FROM released_raw r`,
  );
  for (const row of released) {
    // Bytes that are still to be delivered wait for a later round.
    if (integerOf(row, 'is_awaited') === 1) continue;
    const key = integerOf(row, 'raw_key');
    if (integerOf(row, 'is_used') === 0) deleteBytes(raw, key);
    database.run('DELETE FROM released_raw WHERE raw_key = ?', key);
  }
}
