import { integerOf } from '../../../columns.ts';
import { countNewest, type KeyRange } from '../../../mail/count-newest.ts';
import type { CountBounds, CountedKeys } from '../../../mail/search-rows.ts';
import type { Database } from '../../database.ts';
import { compileQuery, growsWithRange, keyRange } from './compile-query.ts';
import { conjunctsOf, type PlannedCondition } from './planned-condition.ts';

/** Messages below the cursor that are searched before all of them, where the work grows with their number. */
const windowSizes = [200, 800, 4000, 20_000];

const everywhere: KeyRange = { fromKey: 0, toKey: Number.MAX_SAFE_INTEGER };

/** The keys of the newest `limit` matches below `beforeKey`, newest first. */
export function findKeys(
  database: Database,
  condition: PlannedCondition,
  beforeKey: number,
  limit: number,
): readonly number[] {
  if (condition.kind === 'none') return [];
  const keys: number[] = [];
  const ends = keyRange(conjunctsOf(condition), { fromKey: 0, toKey: beforeKey - 1 });
  let { toKey } = ends;
  for (const size of [...(growsWithRange(condition) ? windowSizes : []), undefined]) {
    const fromKey = size === undefined ? ends.fromKey : keyFurtherDown(database, toKey, size);
    const { text, parameters } = compileQuery(condition, { fromKey, toKey, limit: limit - keys.length });
    keys.push(...database.all(text, ...parameters).map((row) => integerOf(row, 'key')));
    if (keys.length >= limit || fromKey <= ends.fromKey) break;
    toKey = fromKey - 1;
  }
  return keys;
}

/** A condition of which it is known whether an index leads to its matches, see `isLedByIndex`. */
export interface Counted {
  readonly condition: PlannedCondition;
  readonly isLed: boolean;
}

/** The newest `limit` matches, and how many there are; see `SearchRows.countedKeys`. */
export async function findCountedKeys(
  database: Database,
  counted: Counted,
  limit: number,
  bounds: CountBounds,
): Promise<Pick<CountedKeys, 'keys' | 'total'>> {
  const { condition, isLed } = counted;
  if (isLed && condition.kind !== 'none' && !growsWithRange(condition)) {
    return findAndCount(database, condition, limit, bounds.limit);
  }
  const keys = findKeys(database, condition, Number.MAX_SAFE_INTEGER, limit);
  const isAll = keys.length < limit;
  return { keys, total: isAll ? Math.min(keys.length, bounds.limit) : await countKeys(database, counted, bounds) };
}

/** The newest `limit` matches and how many there are up to `most`, in one pass. */
function findAndCount(
  database: Database,
  condition: PlannedCondition,
  limit: number,
  most: number,
): { readonly keys: readonly number[]; readonly total: number } {
  const { text, parameters } = compileQuery(condition, { ...everywhere, limit: Math.max(limit, most) });
  const rows = database.all(
    `WITH hit AS MATERIALIZED (${text}) SELECT key, (SELECT count(*) FROM hit) AS total FROM hit ORDER BY key DESC LIMIT ?`,
    ...parameters,
    limit,
  );
  const [first] = rows;
  const total = first === undefined ? 0 : integerOf(first, 'total');
  return { keys: rows.map((row) => integerOf(row, 'key')), total: Math.min(total, most) };
}

/** How many match within the bounds; undefined where that would mean looking at too many messages. */
export async function countKeys(
  database: Database,
  { condition, isLed }: Counted,
  bounds: CountBounds,
): Promise<number | undefined> {
  if (condition.kind === 'none') return 0;
  const countWithin = (range: KeyRange, limit: number): number => {
    const { text, parameters } = compileQuery(condition, { ...range, limit });
    const row = database.get(`SELECT count(*) AS total FROM (${text})`, ...parameters);
    return row === undefined ? 0 : integerOf(row, 'total');
  };
  if (isLed) return countWithin(everywhere, bounds.limit);
  const furtherDown = (key: number, count: number): number => keyFurtherDown(database, key, count);
  return countNewest(bounds, { keyFurtherDown: furtherDown, countWithin });
}

/** Whether the message with this key matches. */
export function isMatch(database: Database, condition: PlannedCondition, key: number): boolean {
  if (condition.kind === 'none') return false;
  const { text, parameters } = compileQuery(condition, { fromKey: key, toKey: key, limit: 1 });
  return database.get(text, ...parameters) !== undefined;
}

/** The key so many messages below another, or 0 where there are fewer. */
function keyFurtherDown(database: Database, key: number, count: number): number {
  const row = database.get('SELECT id FROM message WHERE id <= ? ORDER BY id DESC LIMIT 1 OFFSET ?', key, count);
  return row === undefined ? 0 : integerOf(row, 'id');
}
