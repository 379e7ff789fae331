import type { Database } from '../../store/sqlite/database.ts';
import { integerOf } from '../../store/sqlite/database.ts';

/** Keys per second: a key counts sixteenths of a second since 1970. */
const keysPerSecond = 16;
const contentBits = 20;
/** Milliseconds that fit beside the content bits: until the year 2527. Later dates share the last of them. */
const latestIdMs = 2 ** 44 - 1;

/**
 * The lowest key that a message of this time may have. It takes the next free key from here on, so that keys sort by
 * date and the newest messages of any search are read without sorting.
 */
export function firstMessageKey(internalDateMs: number): number {
  return Math.floor((internalDateMs * keysPerSecond) / 1000);
}

/**
 * A free key for a message. `searched` remembers, within one batch, how far the keys of a moment are taken: archives
 * hold many thousand messages with the same (lost) date.
 */
export function freeMessageKey(database: Database, internalDateMs: number, searched: Map<number, number>): number {
  const first = firstMessageKey(internalDateMs);
  const start = searched.get(first) ?? first;
  const isTaken = database.get('SELECT 1 FROM message WHERE id = ?', start) !== undefined;
  const row = isTaken
    ? database.get(
        `SELECT id + 1 AS free FROM message m WHERE id >= ?
         AND NOT EXISTS (SELECT 1 FROM message n WHERE n.id = m.id + 1) ORDER BY id LIMIT 1`,
        start,
      )
    : undefined;
  const key = row === undefined ? start : integerOf(row, 'free');
  searched.set(first, key + 1);
  return key;
}

/**
 * A free id in Gmail's form: 16 hex digits, the time in milliseconds before 20 bits of the content's SHA-256. The
 * same message has the same id in every mailbox, unless another one there has taken it: then the next free one.
 */
export function freeGmailId(database: Database, internalDateMs: number, sha256: Uint8Array): string {
  const moment = BigInt(Math.min(internalDateMs, latestIdMs)) << BigInt(contentBits);
  const content = Buffer.from(sha256).readUIntBE(0, 3) >> 4;
  for (let attempt = 0; attempt < 2 ** contentBits; attempt += 1) {
    const bits = (content + attempt) % 2 ** contentBits;
    const id = (moment | BigInt(bits)).toString(16).padStart(16, '0');
    if (database.get('SELECT 1 FROM message WHERE gmail_id = ?', id) === undefined) return id;
  }
  throw new Error(`all ids of the millisecond ${internalDateMs} are taken`);
}
