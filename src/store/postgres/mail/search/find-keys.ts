import { allOf, type Condition } from '../../../mail/condition.ts';
import { hasFew, isLedByIndex, fewMessages } from '../../../mail/is-led-by-index.ts';
import { countNewest, type KeyRange } from '../../../mail/count-newest.ts';
import type { CountBounds, CountedKeys } from '../../../mail/search-rows.ts';
import { firstMessageKey } from '../message-keys.ts';
import { isOfWords } from './compile-words.ts';
import { askIndex, keyFurtherDown, lookAt, walk, walkFew, walkLabels, type Search } from './read-keys.ts';
import { withoutEmptyLabels, type SearchFacts } from './search-facts.ts';

/** Messages that are looked at one by one before the index of words is asked. */
const firstWindow = 200;
/** The words of a message that is looked at are unpacked, which takes as long as so many that the index has. */
const costOfLook = 6;
/** How much further than expected is looked on. */
const reach = 1.5;
/** Alternatives that are searched one by one and merged; with more, the messages are walked once for all of them. */
const maxAlternatives = 32;

/** The keys of the newest `limit` matches below `belowKey`, newest first; of a condition `withoutEmptyLabels`. */
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
  const asked = withoutEmptyLabels(condition, search.facts.totals);
  const keys = await findKeys(search, asked, Number.MAX_SAFE_INTEGER, isLed ? Math.max(limit, bounds.limit) : limit);
  if (isLed || keys.length < limit) return { keys: keys.slice(0, limit), total: Math.min(keys.length, bounds.limit) };
  const total = await countNewest(bounds, {
    keyFurtherDown: (key, count) => keyFurtherDown(search, key, count),
    async countWithin(range, most) {
      return (await findWithin(search, asked, range, most, maxAlternatives)).length;
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
  if (conditions.some(hasNeededWords)) return findWords(search, conditions, range, limit);

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

/** Whether the index of words leads to all that match. */
function hasNeededWords(condition: Condition): boolean {
  if (condition.kind === 'and') return condition.conditions.some(hasNeededWords);
  if (condition.kind === 'or') return condition.conditions.every((part) => isOfWords(part) && hasNeededWords(part));
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
    const { found, fromKey } = await lookAt(
      search,
      conditions,
      { fromKey: range.fromKey, toKey },
      window,
      limit - keys.length,
    );
    keys.push(...found);
    if (keys.length >= limit || fromKey <= range.fromKey) return keys;
    toKey = fromKey - 1;
    const share = found.length / window;
    const wanted = ((limit - keys.length) / share) * reach;
    // The index answers for all times.
    const isCommon = wanted * costOfLook < share * search.facts.messagesTotal;
    window = isCommon && window === firstWindow ? Math.ceil(wanted) : 0;
  }
  return [...keys, ...(await askIndex(search, conditions, { fromKey: range.fromKey, toKey }, limit - keys.length))];
}
