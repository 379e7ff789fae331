import type { Condition } from './condition.ts';

/** A thread with its newest message that matches. */
export interface ThreadMatch {
  readonly threadKey: number;
  readonly messageKey: number;
}

/** Which threads of a search are asked for. */
export interface ThreadSlice {
  /** Messages above this key are passed over, as if they were not there. */
  readonly newestKey: number;
  /** Only threads whose newest match lies below this key. */
  readonly belowKey: number;
  readonly limit: number;
}

/** How far messages are counted. */
export interface CountBounds {
  readonly limit: number;
  /** Messages that may be looked at where no index leads to the matches. */
  readonly mostLooked: number;
}

export interface SearchRows {
  /** The keys of the newest `limit` matches below `belowKey`, newest first. */
  keys(condition: Condition, slice: { readonly belowKey: number; readonly limit: number }): Promise<readonly number[]>;
  /** How many match, counted up to `limit`; undefined where that would mean looking at more than `mostLooked` messages. */
  count(condition: Condition, bounds: CountBounds): Promise<number | undefined>;
  /** Threads of which a message matches, the one with the newest match first. */
  threads(condition: Condition, slice: ThreadSlice): Promise<readonly ThreadMatch[]>;
  /** Whether the message of this key matches, for each of the conditions. */
  matches(conditions: readonly Condition[], messageKey: number): Promise<readonly boolean[]>;
  /** The highest key of a message; 0 in an empty mailbox. */
  newestKey(): Promise<number>;
}
