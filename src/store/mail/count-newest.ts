import type { CountBounds } from './search-rows.ts';

/** Keys of messages, both ends included. */
export interface KeyRange {
  readonly fromKey: number;
  readonly toKey: number;
}

/** How a store looks at its messages. */
interface Looks {
  /** The key so many messages below another, or 0 where there are fewer. */
  keyFurtherDown(key: number, count: number): number | Promise<number>;
  /** How many messages of a range match, counted up to `limit`. */
  countWithin(range: KeyRange, limit: number): number | Promise<number>;
}

/** Messages that are looked at first: what they hold says whether it is worth looking on. */
const sampleSize = 300;
/** So many times rarer than wanted may matches be among what was looked at before a count is given up. */
const patience = 2;
/** How much further than expected the next look goes. */
const reach = 1.2;

/**
 * Counts matches that no index leads to, among the newest messages. Undefined where these are not all messages and
 * hold fewer matches than `limit`, or where what was looked at makes that likely.
 */
export async function countNewest({ limit, mostLooked }: CountBounds, looks: Looks): Promise<number | undefined> {
  let toKey = Number.MAX_SAFE_INTEGER;
  const lowestKey = await looks.keyFurtherDown(toKey, mostLooked);
  if (lowestKey === 0) return looks.countWithin({ fromKey: 0, toKey }, limit);
  let found = 0;
  let looked = 0;
  for (let window = sampleSize; toKey >= lowestKey;) {
    const fromKey = Math.max(lowestKey, await looks.keyFurtherDown(toKey, window));
    found += await looks.countWithin({ fromKey, toKey }, limit - found);
    if (found >= limit) return limit;
    looked += window;
    const wanted = ((limit - found) * looked) / found;
    if (looked + wanted > mostLooked * patience) break;
    window = Math.ceil(wanted * reach);
    toKey = fromKey - 1;
  }
  return undefined;
}
