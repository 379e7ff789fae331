import { integerOf } from '../../columns.ts';
import type { Queries } from '../database.ts';

/** Keys per second, as on every store: a key counts sixteenths of a second since 1970. */
const keysPerSecond = 16;

/** The lowest key that a message of this time may have. It takes the next free key from here on. */
export function firstMessageKey(internalDateMs: number): number {
  return Math.floor((internalDateMs * keysPerSecond) / 1000);
}

/** Keys that are looked up at once, where one behind another is wanted. */
const rangeKeys = 1024;

/** Free keys for messages received at these times, in the same order. */
export async function freeMessageKeys(
  queries: Queries,
  account: number,
  datesMs: readonly number[],
): Promise<readonly number[]> {
  const firsts = datesMs.map(firstMessageKey);
  const stored = await readTaken(queries, account, [...new Set(firsts)]);
  const known = new Set(firsts);
  const batch = new Set<number>();
  /** How far the keys of a moment are taken: archives hold many thousand messages with the same (lost) date. */
  const searched = new Map<number, number>();

  async function isStored(key: number): Promise<boolean> {
    if (!known.has(key)) {
      const range = Array.from({ length: rangeKeys }, (_, index) => key + index);
      for (const taken of await readTaken(queries, account, range)) stored.add(taken);
      for (const each of range) known.add(each);
    }
    return stored.has(key);
  }

  const keys: number[] = [];
  for (const first of firsts) {
    let key = searched.get(first) ?? first;
    for (;;) {
      if (batch.has(key)) key += 1;
      else if (await isStored(key)) key = await nextFree(queries, account, key);
      else break;
    }
    batch.add(key);
    searched.set(first, key + 1);
    keys.push(key);
  }
  return keys;
}

async function readTaken(queries: Queries, account: number, keys: readonly number[]): Promise<Set<number>> {
  const sql = 'SELECT key FROM message WHERE account = $1 AND key = ANY ($2::bigint[])';
  return new Set((await queries.all(sql, account, keys)).map((row) => integerOf(row, 'key')));
}

/** The first key behind a stored one that the store has free. */
async function nextFree(queries: Queries, account: number, key: number): Promise<number> {
  const row = await queries.get(
    `SELECT key + 1 AS free FROM message m WHERE account = $1 AND key >= $2
     AND NOT EXISTS (SELECT 1 FROM message n WHERE n.account = m.account AND n.key = m.key + 1) ORDER BY key LIMIT 1`,
    account,
    key,
  );
  return row === undefined ? key + 1 : integerOf(row, 'free');
}
