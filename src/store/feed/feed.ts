import type { Cause, EventKind, FeedEvent, NewEvent } from './event.ts';

/** Which events a reader wants; without a list, all. */
export interface EventFilter {
  readonly accounts?: readonly string[];
  readonly kinds?: readonly EventKind[];
}

/** Events after a place in the feed, oldest first. */
export interface EventPage {
  readonly events: readonly FeedEvent[];
  /** Where to read on: everything up to here was looked at. */
  readonly after: number;
  /** Whether more is there already. */
  readonly hasMore: boolean;
}

/** A change that a call is about to make. Exactly one of the two must be called when it is over. */
export interface OwnChange {
  /**
   * The change was made. Its events get this change's cause and go into the feed, each once: what the account's history
   * reports as well is not written twice.
   */
  publish(events: readonly Omit<NewEvent, 'account' | 'cause'>[]): Promise<void>;
  /** The change was not made. */
  abandon(): Promise<void>;
}

/** An event that a mailbox's history reports, with the history id under which it does. */
export interface HistoryEvent {
  readonly historyId: string;
  readonly event: Omit<NewEvent, 'account' | 'cause'>;
}

/** A piece of an account's history, to be written into the feed. */
export interface BroughtHistory {
  readonly account: string;
  /** The history id that was asked for: the piece begins right after it. */
  readonly from: string;
  /** The newest history id that the piece covers. */
  readonly to: string;
  /** Oldest first. */
  readonly events: readonly HistoryEvent[];
  /** Whether the piece reaches up to what the mailbox was when it was read. */
  readonly isComplete: boolean;
  /** Changes that ended before this (milliseconds since 1970) are in it, or had no effect. */
  readonly settledMs: number;
  /** Why something changed where no call of ours did it. */
  readonly cause: (event: Pick<NewEvent, 'kind'>) => Cause;
}

/**
 * The events of a home: what changed, in one order, for everybody who wants to be told. A window of them is kept, bounded
 * by count and age. Every method throws `UNAVAILABLE` when the store cannot be reached.
 */
export interface Feed {
  /** Writes events that no history reports, in one transaction. */
  append(events: readonly NewEvent[]): Promise<void>;
  /** Announces a change, before it is made: an event that history brings meanwhile is then known to be this one's. */
  begin(account: string, cause: Cause): Promise<OwnChange>;

  /**
   * Begins to follow the history of an account at `historyId`, if nobody does yet. From then on the history is what says
   * that messages came, went and changed, and the changes of calls only say why.
   */
  follow(account: string, historyId: string): Promise<void>;
  /** The history id up to which an account's history is in the feed, or undefined when it is not followed. */
  followedTo(account: string): Promise<string | undefined>;
  /**
   * Writes a piece of history, in one transaction; what is in the feed already is left out. Returns the history id up to
   * which it was written: less than the piece covers while a change is being made that may be what it reports.
   */
  bring(history: BroughtHistory): Promise<string>;
  /** Called after a change of this process was published for a followed account: the moment to read its history. */
  onPublished(listener: (account: string) => Promise<void>): void;

  /** Throws `NOT_FOUND` when events after that place are no longer kept, or it is not of this feed. */
  read(request: { readonly after: number; readonly limit: number; readonly filter?: EventFilter }): Promise<EventPage>;
  /** The places between which {@link read} can begin: `newest` is where the feed ends now. */
  bounds(): Promise<{ readonly oldest: number; readonly newest: number }>;
  /** Yields the newest sequence once, and whenever it has grown, whichever process wrote; ends with the signal. */
  changes(signal: AbortSignal): AsyncIterable<number>;
  /** Forgets events that are too old, and what is known of changes that ended long ago. */
  prune(): Promise<void>;
  close(): void;
}
