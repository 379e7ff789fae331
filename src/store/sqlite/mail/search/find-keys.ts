import { integerOf } from '../../../columns.ts';
import { countNewest, type KeyRange } from '../../../mail/count-newest.ts';
import type { CountBounds, CountedKeys } from '../../../mail/search-rows.ts';
import type { Database } from '../../database.ts';
import { alternativesOf } from './alternatives.ts';
import { mentionsPhrases, planOf, type Driver } from './choose-driver.ts';
import {
  compileLook,
  compileQuery,
  compileRows,
  driverToLookAlong,
  growsWithRange,
  keyRange,
  type Slice,
} from './compile-query.ts';
import { allKeys, listsOfKeys, merged } from './key-lists.ts';
import { lookUpWords } from './look-up-words.ts';
import { conjunctsOf, type PlannedCondition } from './planned-condition.ts';
import { readKeys } from './read-keys.ts';

/** Messages below the cursor that are searched before all of them, where the work grows with their number. */
const windowSizes = [200, 800, 4000, 20_000];

/** The same for phrases in a search that others may answer: FTS5 may look through all messages for the first that has one. */
const firstWindow = 1000;

/** So many rows of a driver are looked at one by one before it is asked again whether to merge lists instead. */
const looks = [500, 4000, 32_000] as const;
/** Before that, so many for each match that is wanted: most of them match in most searches, and rows of a phrase cost most. */
const rowsForOneMatch = 1.25;
/** Where lists have at most so many keys for each row of the driver, merging costs less than looking at each row. */
const keysForOneRow = 8;

/** So many messages are a narrow range for phrases: looking at these alone takes twice the time of each. */
const mostNarrow = 10_000;

const everywhere: KeyRange = { fromKey: 0, toKey: Number.MAX_SAFE_INTEGER };

/** The keys of the newest `limit` matches below `beforeKey`, newest first. */
export function findKeys(
  database: Database,
  condition: PlannedCondition,
  beforeKey: number,
  limit: number,
): readonly number[] {
  return findWithin(database, condition, { fromKey: 0, toKey: beforeKey - 1, limit });
}

function findWithin(database: Database, condition: PlannedCondition, slice: Slice): readonly number[] {
  if (condition.kind === 'none') return [];
  return (
    findAlternatives(database, condition, slice) ??
    findConjunction(database, lookUpWords(database, condition, slice), slice)
  );
}

/** The same of a condition whose words were looked up in this range. */
function findLookedUp(database: Database, condition: PlannedCondition, slice: Slice): readonly number[] {
  return findAlternatives(database, condition, slice) ?? findConjunction(database, condition, slice);
}

/** Undefined for a condition that is not better searched in parts. */
function findAlternatives(
  database: Database,
  condition: PlannedCondition,
  slice: Slice,
): readonly number[] | undefined {
  const alternatives = alternativesOf(condition);
  if (alternatives === undefined) return undefined;
  const newestFirst = mentionsPhrases(condition) ? [firstWindow] : [];
  return inWindows(database, slice, newestFirst, (window) => findAny(database, alternatives, window));
}

function findConjunction(database: Database, condition: PlannedCondition, slice: Slice): readonly number[] {
  if (condition.kind === 'none') return [];
  const conditions = conjunctsOf(condition);
  const plan = planOf(conditions);
  const within = { ...keyRange(conditions, slice), limit: slice.limit };
  const read = (window: Slice): readonly number[] => readKeys(database, compileQuery(condition, window));
  if (growsWithRange(plan)) return inWindows(database, within, windowSizes, read);
  if (isNarrow(database, condition, within)) return read({ ...within, isNarrow: true });
  const driver = driverToLookAlong(plan);
  if (driver !== undefined) return lookOrMerge(database, condition, { driver, rest: plan.rest }, within);
  const isFirstNarrow = plan.driver === undefined && mentionsPhrases(condition);
  return inWindows(database, within, isFirstNarrow ? [firstWindow] : [], read);
}

/**
 * Each alternative is searched down to where those before it have found enough; last those that may read the whole mailbox for
 * one match: without a driver, and with phrases.
 */
function findAny(database: Database, alternatives: readonly PlannedCondition[], slice: Slice): readonly number[] {
  let found: readonly number[] = [];
  for (const alternative of alternatives.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    const fromKey = found.length < slice.limit ? slice.fromKey : Math.max(slice.fromKey, found.at(-1) ?? 0);
    const more = findWithin(database, alternative, { ...slice, fromKey });
    found = [...new Set([...found, ...more])].toSorted((a, b) => b - a).slice(0, slice.limit);
  }
  return found;
}

function rankOf(alternative: PlannedCondition): number {
  if (mentionsPhrases(alternative)) return 2;
  return planOf(conjunctsOf(alternative)).driver === undefined ? 1 : 0;
}

/** Whether phrases are looked for in a range of so few messages that FTS5 is to look at no others. */
function isNarrow(database: Database, condition: PlannedCondition, within: KeyRange): boolean {
  if (!mentionsPhrases(condition)) return false;
  const { fromKey, toKey } = keyRange(conjunctsOf(condition), within);
  return fromKey > 0 && keyFurtherDown(database, toKey, mostNarrow) < fromKey;
}

/** What a search finds in the newest messages of a range, so many at a time, then in the rest, for as long as more is wanted. */
function inWindows(
  database: Database,
  slice: Slice,
  sizes: readonly number[],
  find: (window: Slice) => readonly number[],
): readonly number[] {
  const keys: number[] = [];
  let { toKey } = slice;
  for (const size of [...sizes, undefined]) {
    const fromKey = size === undefined ? slice.fromKey : Math.max(slice.fromKey, keyFurtherDown(database, toKey, size));
    keys.push(...find({ fromKey, toKey, limit: slice.limit - keys.length, isNarrow: size !== undefined }));
    if (keys.length >= slice.limit || fromKey <= slice.fromKey) break;
    toKey = fromKey - 1;
  }
  return keys;
}

/**
 * Looks at the newest rows of the driver one by one, then at more, for as long as they are few among all messages: merging
 * would read far longer lists.
 */
function lookOrMerge(
  database: Database,
  condition: PlannedCondition,
  { driver, rest }: { readonly driver: Driver; readonly rest: readonly PlannedCondition[] },
  slice: Slice,
): readonly number[] {
  const keys: number[] = [];
  let { toKey } = slice;
  const left = (): Slice => ({ fromKey: slice.fromKey, toKey, limit: slice.limit - keys.length });
  for (const rows of [Math.ceil(slice.limit * rowsForOneMatch), ...looks]) {
    const { text, parameters } = compileLook(driver, rest, { ...left(), rows });
    const found = database.all(text, ...parameters);
    keys.push(...found.flatMap((row) => (row.key === null ? [] : integerOf(row, 'key'))));
    const [first] = found;
    if (keys.length >= slice.limit || first === undefined || integerOf(first, 'looked') < rows) return keys;
    const lowest = integerOf(first, 'lowest');
    // A few rows may all be of one day.
    const isMergedFaster =
      rows >= looks[0] && haveAtMost(database, rest, { fromKey: lowest, toKey }, rows * keysForOneRow);
    toKey = lowest - 1;
    if (isMergedFaster) return [...keys, ...readKeys(database, compileQuery(condition, left()))];
  }
  return [...keys, ...readKeys(database, compileRows(driver, rest, left()))];
}

/** Whether the lists of these conditions have together at most so many keys in a range. */
function haveAtMost(
  database: Database,
  conditions: readonly PlannedCondition[],
  range: KeyRange,
  most: number,
): boolean {
  // Of the labels of a mailbox all are read for this one, however many messages have them.
  if (
    conditions.some((each) => each.kind === 'userLabel' || (each.kind === 'not' && each.condition.kind === 'userLabel'))
  )
    return false;
  const lists = merged(listsOfKeys(conditions, range), 'UNION ALL');
  const row = database.get(`SELECT count(*) AS total FROM (${lists.text} LIMIT ?)`, ...lists.parameters, most + 1);
  return row !== undefined && integerOf(row, 'total') <= most;
}

/** A condition of which it is known whether an index leads to its matches, see `isLedByIndex`. */
export interface Counted {
  readonly condition: PlannedCondition;
  readonly isLed: boolean;
}

/** The newest `limit` matches, and how many there are; see `SearchRows.countedKeys`. */
export async function findCountedKeys(
  database: Database,
  { condition, isLed }: Counted,
  limit: number,
  bounds: CountBounds,
): Promise<Pick<CountedKeys, 'keys' | 'total'>> {
  const looked = lookUpWords(database, condition, everywhere);
  if (looked.kind === 'none') return { keys: [], total: 0 };
  if (isLed && !growsWithRange(planOf(conjunctsOf(looked)))) return findAndCount(database, looked, limit, bounds.limit);
  const keys = findLookedUp(database, looked, { ...everywhere, limit });
  const isAll = keys.length < limit;
  const total = isAll
    ? Math.min(keys.length, bounds.limit)
    : await countLookedUp(database, { condition: looked, isLed }, bounds);
  return { keys, total };
}

/** The newest `limit` matches and how many there are up to `most`, in one pass. */
function findAndCount(
  database: Database,
  condition: PlannedCondition,
  limit: number,
  most: number,
): { readonly keys: readonly number[]; readonly total: number } {
  const slice = { ...everywhere, limit: Math.max(limit, most), isNarrow: isNarrow(database, condition, everywhere) };
  const { text, parameters } = compileQuery(condition, slice);
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
  return countLookedUp(database, { condition: lookUpWords(database, condition, everywhere), isLed }, bounds);
}

/** The same of a condition whose words were looked up everywhere. */
async function countLookedUp(
  database: Database,
  { condition: looked, isLed }: Counted,
  bounds: CountBounds,
): Promise<number | undefined> {
  if (looked.kind === 'none') return 0;
  const alternatives = alternativesOf(looked);
  const countWithin = (range: KeyRange, limit: number): number => {
    const slice = { ...range, limit, isNarrow: !isLed && mentionsPhrases(looked) };
    if (alternatives !== undefined) {
      const keys = alternatives.flatMap((each) =>
        readKeys(database, compileQuery(lookUpWords(database, each, range), slice)),
      );
      return Math.min(new Set(keys).size, limit);
    }
    const { text, parameters } = compileQuery(looked, slice);
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
  const { text, parameters } = allKeys({ fromKey: 0, toKey: key });
  const row = database.get(`${text} ORDER BY 1 DESC LIMIT 1 OFFSET ?`, ...parameters, count);
  return row === undefined ? 0 : integerOf(row, 'key');
}
