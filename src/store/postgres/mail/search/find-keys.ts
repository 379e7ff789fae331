import { allOf, type Condition } from '../../../mail/condition.ts';
import { fewMessages, hasFew, isLedByIndex } from '../../../mail/is-led-by-index.ts';
import { countNewest, type KeyRange } from '../../../mail/count-newest.ts';
import type { CountBounds, CountedKeys } from '../../../mail/search-rows.ts';
import { integerOf } from '../../../columns.ts';
import type { Queries } from '../../database.ts';
import { firstMessageKey } from '../message-keys.ts';
import { compileCondition } from './compile-condition.ts';
import { compileText } from './compile-text.ts';
import type { SearchFacts } from './search-facts.ts';
import { SqlBuilder } from './sql-builder.ts';

/** Messages that are looked at one by one before the index of words is asked. */
const firstWindow = 200;
/** With at least this part of them found, looking on is cheaper than the index, which answers for all times. */
const commonShare = 0.05;
const longestWindow = 4000;
/** Alternatives that are searched one by one and merged; with more, the messages are walked once for all of them. */
const maxAlternatives = 32;

/** Where a search is made. */
export interface Search {
  readonly queries: Queries;
  readonly account: number;
  readonly facts: SearchFacts;
}

/** Collects the parameters of a statement of a search. */
export function builderFor({ account, facts }: Search): SqlBuilder {
  return new SqlBuilder(account, facts.hasPartialWords);
}

/** The keys of the newest `limit` matches below `belowKey`, newest first. */
export function findKeys(
  search: Search,
  condition: Condition,
  belowKey: number,
  limit: number,
): Promise<readonly number[]> {
  return findWithin(search, condition, { fromKey: 0, toKey: belowKey - 1 }, limit, maxAlternatives);
}

/** The newest `limit` matches, and how many there are; see `SearchRows.countedKeys`. */
export async function findCountedKeys(
  search: Search,
  condition: Condition,
  limit: number,
  bounds: CountBounds,
): Promise<Pick<CountedKeys, 'keys' | 'total'>> {
  const isLed = isLedByIndex(condition, search.facts.totals);
  const keys = await findKeys(
    search,
    condition,
    Number.MAX_SAFE_INTEGER,
    isLed ? Math.max(limit, bounds.limit) : limit,
  );
  if (isLed || keys.length < limit) return { keys: keys.slice(0, limit), total: Math.min(keys.length, bounds.limit) };
  const total = await countNewest(bounds, {
    keyFurtherDown: (key, count) => keyFurtherDown(search, key, count),
    async countWithin(range, most) {
      return (await findWithin(search, condition, range, most, maxAlternatives)).length;
    },
  });
  return { keys, total };
}

async function findWithin(
  search: Search,
  condition: Condition,
  within: KeyRange,
  limit: number,
  alternativesLeft: number,
): Promise<readonly number[]> {
  const conditions = condition.kind === 'and' ? condition.conditions : [condition];
  const range = narrowed(search.facts, conditions, within);
  if (condition.kind === 'none' || limit <= 0 || range.fromKey > range.toKey) return [];
  if (conditions.some(({ kind }) => kind === 'messageId')) return walk(search, conditions, range, limit);
  const labels = smallestLabels(search.facts, conditions);
  if (labels !== undefined) return walkLabels(search, conditions, labels, range, limit);
  const few = conditions.find(
    (each) => (each.kind === 'size' || each.kind === 'attachment') && hasFew(each, search.facts.totals),
  );
  if (few !== undefined) return walkFew(search, conditions, few, range, limit);
  if (conditions.some(({ kind }) => kind === 'text')) return findWords(search, conditions, range, limit);

  const mixed = conditions.find((each) => each.kind === 'or' && each.conditions.some(mentionsWords));
  if (mixed?.kind !== 'or' || mixed.conditions.length > alternativesLeft) return walk(search, conditions, range, limit);
  const others = conditions.filter((each) => each !== mixed);
  const branchesLeft = Math.floor(alternativesLeft / mixed.conditions.length);
  const found = new Set<number>();
  for (const alternative of mixed.conditions) {
    const branch = allOf([alternative, ...others]);
    for (const key of await findWithin(search, branch, range, limit, branchesLeft)) found.add(key);
  }
  return [...found].toSorted((a, b) => b - a).slice(0, limit);
}

function mentionsWords(condition: Condition): boolean {
  if (condition.kind === 'and' || condition.kind === 'or') return condition.conditions.some(mentionsWords);
  return condition.kind === 'text';
}

/** The keys that every message of a conjunction lies between: dates, and the ends of labels. */
function narrowed(
  { extents, longestOverflow }: SearchFacts,
  conditions: readonly Condition[],
  range: KeyRange,
): KeyRange {
  let { fromKey, toKey } = range;
  for (const condition of conditions) {
    if (condition.kind === 'date') {
      const { fromMs, beforeMs } = condition;
      if (fromMs !== undefined) fromKey = Math.max(fromKey, firstMessageKey(fromMs));
      if (beforeMs !== undefined) toKey = Math.min(toKey, firstMessageKey(beforeMs) + longestOverflow);
    } else if (condition.kind === 'label') {
      const labels = condition.keys
        .flatMap((key) => extents.get(key) ?? [])
        .filter(({ messagesTotal }) => messagesTotal > 0);
      fromKey = Math.max(fromKey, Math.min(...labels.map(({ oldestKey }) => oldestKey)));
      toKey = Math.min(toKey, Math.max(...labels.map(({ newestKey }) => newestKey)));
    }
  }
  return { fromKey, toKey };
}

/** The labels of a conjunction that leave the fewest messages to look at, where those are few. */
function smallestLabels({ totals }: SearchFacts, conditions: readonly Condition[]): readonly number[] | undefined {
  const totalOf = (keys: readonly number[]): number => keys.reduce((sum, key) => sum + totals.ofLabel(key), 0);
  const labels = conditions.flatMap((condition) => (condition.kind === 'label' ? [condition.keys] : []));
  const [smallest] = labels.toSorted((a, b) => totalOf(a) - totalOf(b));
  return smallest !== undefined && totalOf(smallest) <= fewMessages ? smallest : undefined;
}

/** Walks along the messages, newest first. */
async function walk(
  search: Search,
  conditions: readonly Condition[],
  { fromKey, toKey }: KeyRange,
  limit: number,
): Promise<readonly number[]> {
  const builder = builderFor(search);
  const where = conditions.map((condition) => compileCondition(condition, builder)).join(' AND ');
  const rows = await search.queries.all(
    `SELECT m.key FROM message m WHERE m.account = $1 AND m.key BETWEEN ${builder.value(fromKey)} AND
       ${builder.value(toKey)} AND ${where} ORDER BY m.key DESC LIMIT ${builder.value(limit)}`,
    ...builder.parameters,
  );
  return rows.map((row) => integerOf(row, 'key'));
}

/** Walks along the messages of labels. */
function walkLabels(
  search: Search,
  conditions: readonly Condition[],
  labelKeys: readonly number[],
  { fromKey, toKey }: KeyRange,
  limit: number,
): Promise<readonly number[]> {
  const builder = builderFor(search);
  const keys = `SELECT DISTINCT message_key AS key FROM message_label
    WHERE account = $1 AND label_key = ANY (${builder.value(labelKeys)}::integer[])
      AND message_key BETWEEN ${builder.value(fromKey)} AND ${builder.value(toKey)}`;
  return walkAlong(search, keys, conditions, limit, builder);
}

/** Walks along the messages of some sizes, or with attachments. */
function walkFew(
  search: Search,
  conditions: readonly Condition[],
  few: Condition,
  { fromKey, toKey }: KeyRange,
  limit: number,
): Promise<readonly number[]> {
  const builder = builderFor(search);
  const keys = `SELECT m.key FROM message m WHERE m.account = $1 AND ${compileCondition(few, builder)}
    AND m.key BETWEEN ${builder.value(fromKey)} AND ${builder.value(toKey)}`;
  return walkAlong(search, keys, conditions, limit, builder);
}

/** Walks along the messages whose keys a statement has, all of them read before. */
async function walkAlong(
  { queries }: Search,
  keys: string,
  conditions: readonly Condition[],
  limit: number,
  builder: SqlBuilder,
): Promise<readonly number[]> {
  const where = conditions.map((condition) => compileCondition(condition, builder)).join(' AND ');
  const rows = await queries.all(
    `WITH d AS MATERIALIZED (${keys})
     SELECT m.key FROM d JOIN message m ON m.account = $1 AND m.key = d.key WHERE ${where}
     ORDER BY m.key DESC LIMIT ${builder.value(limit)}`,
    ...builder.parameters,
  );
  return rows.map((row) => integerOf(row, 'key'));
}

/**
 * The newest messages that have words: looks at the newest of all first, which is all there is to do for a common word,
 * then asks the index, which is quick for a rare one.
 */
async function findWords(
  search: Search,
  conditions: readonly Condition[],
  range: KeyRange,
  limit: number,
): Promise<readonly number[]> {
  const keys: number[] = [];
  let toKey = range.toKey;
  for (let window = firstWindow; window > 0;) {
    const fromKey = Math.max(range.fromKey, await keyFurtherDown(search, toKey, window));
    const found = await walk(search, conditions, { fromKey, toKey }, limit - keys.length);
    keys.push(...found);
    if (keys.length >= limit || fromKey <= range.fromKey) return keys;
    toKey = fromKey - 1;
    const share = found.length / window;
    const wanted = Math.ceil(((limit - keys.length) / share) * 1.5);
    window = share >= commonShare && window === firstWindow && wanted <= longestWindow ? wanted : 0;
  }
  return [...keys, ...(await askIndex(search, conditions, { fromKey: range.fromKey, toKey }, limit - keys.length))];
}

/** The key so many messages below another, or 0 where there are fewer. */
async function keyFurtherDown({ queries, account }: Search, key: number, count: number): Promise<number> {
  const row = await queries.get(
    'SELECT key FROM message WHERE account = $1 AND key <= $2 ORDER BY key DESC LIMIT 1 OFFSET $3',
    account,
    key,
    count,
  );
  return row === undefined ? 0 : integerOf(row, 'key');
}

async function askIndex(
  search: Search,
  conditions: readonly Condition[],
  { fromKey, toKey }: KeyRange,
  limit: number,
): Promise<readonly number[]> {
  const builder = builderFor(search);
  const texts = conditions.filter((condition) => condition.kind === 'text');
  const others = conditions.filter(({ kind }) => kind !== 'text');
  const words = texts.map((condition) => compileText(condition, builder)).join(' AND ');
  const where = others.map((condition) => compileCondition(condition, builder)).join(' AND ');
  const rows = await search.queries.all(
    `WITH found AS MATERIALIZED (
       SELECT t.key FROM message_text t WHERE t.account = $1 AND t.key BETWEEN ${builder.value(fromKey)} AND
         ${builder.value(toKey)} AND ${words})
     SELECT m.key FROM found JOIN message m ON m.account = $1 AND m.key = found.key
     ${where === '' ? '' : `WHERE ${where}`} ORDER BY m.key DESC LIMIT ${builder.value(limit)}`,
    ...builder.parameters,
  );
  return rows.map((row) => integerOf(row, 'key'));
}
