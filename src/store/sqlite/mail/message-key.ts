import { integerOf } from '../../columns.ts';
import type { Database } from '../database.ts';

/** Keys per second: a key counts sixteenths of a second since 1970. */
const keysPerSecond = 16;

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
