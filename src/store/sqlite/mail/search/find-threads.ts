import type { ThreadMatch, ThreadSlice } from '../../../mail/search-rows.ts';
import { integerOf } from '../../../columns.ts';
import type { Database } from '../../database.ts';
import { findKeys } from './find-keys.ts';
import { conjunction, type PlannedCondition } from './planned-condition.ts';

/** Matches looked at in one go, for each thread that is wanted. */
const matchesPerThread = 4;

/** Threads of which a message matches, the one with the newest match first. */
export function findThreads(
  database: Database,
  condition: PlannedCondition,
  { newestKey, belowKey, limit }: ThreadSlice,
): readonly ThreadMatch[] {
  const found = new Map<number, number>();
  const passed = new Set<number>();
  for (const { key, threadKey } of matchesBelow(database, condition, belowKey, limit * matchesPerThread)) {
    if (found.has(threadKey) || passed.has(threadKey)) continue;
    // Its newest match lies above: it was found there.
    if (hasMatchWithin(database, condition, threadKey, belowKey, newestKey)) passed.add(threadKey);
    else found.set(threadKey, key);
    if (found.size >= limit) break;
  }
  return [...found].map(([threadKey, messageKey]) => ({ threadKey, messageKey }));
}

/** Matches below a key with their threads, newest first, for as long as somebody takes them. */
function* matchesBelow(
  database: Database,
  condition: PlannedCondition,
  belowKey: number,
  batchSize: number,
): Generator<{ readonly key: number; readonly threadKey: number }> {
  let below = belowKey;
  for (;;) {
    const keys = findKeys(database, condition, below, batchSize);
    const rows = database.all(
      'SELECT id, thread_key FROM message WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC',
      JSON.stringify(keys),
    );
    for (const row of rows) yield { key: integerOf(row, 'id'), threadKey: integerOf(row, 'thread_key') };
    if (keys.length < batchSize) return;
    below = keys.at(-1) ?? 0;
  }
}

function hasMatchWithin(
  database: Database,
  condition: PlannedCondition,
  threadKey: number,
  fromKey: number,
  toKey: number,
): boolean {
  if (fromKey > toKey) return false;
  const rows = database.all(
    'SELECT id FROM message WHERE thread_key = ? AND id BETWEEN ? AND ?',
    threadKey,
    fromKey,
    toKey,
  );
  if (rows.length === 0) return false;
  const keys = JSON.stringify(rows.map((row) => integerOf(row, 'id')));
  return findKeys(database, conjunction([{ kind: 'keys', keys }, condition]), toKey + 1, 1).length > 0;
}
