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

/** The newest matches of a search, and how many there are, each counted as far as its bounds allow. */
export interface CountedKeys {
  readonly keys: readonly number[];
  /** Undefined where counting would mean looking at more than `mostLooked` messages. */
  readonly total: number | undefined;
  /** How many match the condition that was counted besides; undefined as above, and without one. */
  readonly besides: number | undefined;
}

/** What the first page of a search asks for. */
interface CountedSlice {
  /** So many of the newest matches. */
  readonly limit: number;
  readonly count: CountBounds;
  /** Another condition whose matches are counted, too. */
  readonly besides?: Condition;
}

export interface SearchRows {
  /** The keys of the newest `limit` matches below `belowKey`, newest first. */
  keys(condition: Condition, slice: { readonly belowKey: number; readonly limit: number }): Promise<readonly number[]>;
  /** The newest matches with their number: what the mailbox knows of itself is read once for all of it. */
  countedKeys(condition: Condition, slice: CountedSlice): Promise<CountedKeys>;
  /** Threads of which a message matches, the one with the newest match first. */
  threads(condition: Condition, slice: ThreadSlice): Promise<readonly ThreadMatch[]>;
  /** Whether the message of this key matches, for each of the conditions. */
  matches(conditions: readonly Condition[], messageKey: number): Promise<readonly boolean[]>;
  /** The highest key of a message; 0 in an empty mailbox. */
  newestKey(): Promise<number>;
}
