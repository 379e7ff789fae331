import { zstdDecompressSync } from 'node:zlib';
import { AppError } from '../../../core/errors.ts';
import { bytesOf, integerOf } from '../../columns.ts';
import type { MessageBytes, StoredBytes } from '../../mail/message-bytes.ts';
import { nameOfHash } from '../../mail/name-of-hash.ts';
import { packedOf, type PackedBytes } from '../../mail/pack-bytes.ts';
import type { PostgresDatabase, Queries } from '../database.ts';
import { prepared } from '../prepared-statement.ts';

/** Bytes stored by one statement at most, compressed. */
const statementBytes = 8 * 1024 * 1024;

const getOne = prepared('SELECT zstd FROM raw WHERE account = $1 AND key = $2');

/** The rows of `raw` of one account. `lock` keeps other writers of the mailbox waiting. */
export function messageBytes(database: PostgresDatabase, account: number, lock: string): MessageBytes {
  return {
    put: (messages) => storeBytes(database, account, messages),
    async find(hashes) {
      const keys = await findKeys(
        database,
        account,
        hashes.map((sha256) => Buffer.from(sha256)),
      );
      return hashes.map((sha256) => keys.get(nameOfHash(sha256)));
    },
    async get(key) {
      const row = await database.get(getOne, account, key);
      const hint = 'Restore the database from a backup, or import the mail again.';
      if (row === undefined) {
        throw new AppError('UNAVAILABLE', `The bytes of a message are missing in ${database.name}.`, { hint });
      }
      try {
        return zstdDecompressSync(bytesOf(row, 'zstd'));
      } catch (error) {
        throw new AppError('UNAVAILABLE', `The bytes of a message are damaged in ${database.name}.`, { hint }, error);
      }
    },
    async discard(key) {
      try {
        await database.write(lock, (queries) =>
          queries.run(
            `DELETE FROM raw r WHERE account = $1 AND key = $2
             AND NOT EXISTS (SELECT 1 FROM message m WHERE m.account = $1 AND m.bytes_key = r.key)`,
            account,
            key,
          ),
        );
      } catch {
        // Bytes without a message harm nobody, and why the message was not stored is what its sender wants to know.
      }
    },
    async sweep() {
      try {
        const waiting = await database.get('SELECT 1 FROM released_bytes WHERE account = $1 LIMIT 1', account);
        // Under the lock in which an importer looks whether the bytes of its messages are still there, so that neither
        // loses what the other needs.
        if (waiting !== undefined) await database.write(lock, (queries) => deleteReleased(queries, account));
      } catch {
        // Nothing is lost by it, and a send that is reported as failed would be sent again.
      }
    },
  };
}

async function findKeys(
  queries: Queries,
  account: number,
  hashes: readonly Uint8Array[],
): Promise<ReadonlyMap<string, number>> {
  const sql = 'SELECT sha256, key FROM raw WHERE account = $1 AND sha256 = ANY ($2::bytea[])';
  const rows = await queries.all(sql, account, hashes);
  return new Map(rows.map((row) => [nameOfHash(bytesOf(row, 'sha256')), integerOf(row, 'key')]));
}

async function storeBytes(
  database: PostgresDatabase,
  account: number,
  messages: readonly StoredBytes[],
): Promise<readonly number[]> {
  const hashes = messages.map(({ sha256 }) => Buffer.from(sha256));
  const known = await findKeys(database, account, hashes);
  const missing = new Map(
    messages.flatMap((message) =>
      known.has(nameOfHash(message.sha256)) ? [] : [[nameOfHash(message.sha256), message] as const],
    ),
  );
  if (missing.size > 0) {
    let part: (PackedBytes & { readonly sha256: Buffer })[] = [];
    let bytes = 0;
    for (const message of missing.values()) {
      const packed = packedOf(message);
      part.push({ sha256: Buffer.from(message.sha256), ...packed });
      bytes += packed.zstd.length;
      if (bytes < statementBytes) continue;
      await insertPart(database, account, part);
      part = [];
      bytes = 0;
    }
    if (part.length > 0) await insertPart(database, account, part);
  }
  const keys = missing.size === 0 ? known : await findKeys(database, account, hashes);
  return messages.map(({ sha256 }) => {
    const key = keys.get(nameOfHash(sha256));
    if (key === undefined) throw new Error('the bytes of a message were stored without a key');
    return key;
  });
}

/** Another process may store the same at the same time: then its row stays. */
async function insertPart(
  database: PostgresDatabase,
  account: number,
  part: readonly (PackedBytes & { readonly sha256: Buffer })[],
): Promise<void> {
  await database.run(
    `INSERT INTO raw (account, sha256, size_bytes, zstd) SELECT $1, * FROM unnest($2::bytea[], $3::bigint[], $4::bytea[])
     ON CONFLICT DO NOTHING`,
    account,
    part.map(({ sha256 }) => sha256),
    part.map(({ sizeBytes }) => sizeBytes),
    // The driver knows binary values by their being a Buffer.
    part.map(({ zstd }) => Buffer.from(zstd.buffer, zstd.byteOffset, zstd.byteLength)),
  );
}

/** Bytes that are still to be delivered wait for a later round. */
async function deleteReleased(queries: Queries, account: number): Promise<void> {
  await queries.run(
    `WITH done AS (
       DELETE FROM released_bytes r WHERE account = $1
         AND NOT EXISTS (SELECT 1 FROM mail_delivery d WHERE d.account = $1 AND d.bytes_key = r.bytes_key)
       RETURNING bytes_key)
     DELETE FROM raw WHERE account = $1 AND key IN (SELECT bytes_key FROM done)
       AND NOT EXISTS (SELECT 1 FROM message m WHERE m.account = $1 AND m.bytes_key = raw.key)`,
    account,
  );
}
