/** Units of Google's quota that were taken, by ticks of a clock. */
export interface UsageRows {
  /** What an account has taken, in the order of time. */
  list(account: string): Promise<readonly { readonly tick: number; readonly units: number }[]>;
  /** Adds units to those of a tick. */
  book(account: string, tick: number, units: number): Promise<void>;
  /** Takes units off those of a tick; nothing where that is forgotten. */
  unbook(account: string, tick: number, units: number): Promise<void>;
  /** Forgets the ticks before `oldestTick` and after `newestTick`. */
  keepOnly(account: string, oldestTick: number, newestTick: number): Promise<void>;
}

/** Requests that are under way. Each slot has an owner, a process, and ends by itself. */
export interface SlotRows {
  /** How many slots of an account are taken. */
  count(account: string): Promise<number>;
  /** Takes slots for this process and returns their id. */
  take(account: string, count: number, untilMs: number): Promise<number>;
  /** Frees slots of this process. */
  free(id: number): Promise<void>;
  /** Frees the slots of an account that have ended by then. */
  freeEnded(account: string, nowMs: number): Promise<void>;
  /** The processes that have slots of an account. */
  owners(account: string): Promise<readonly string[]>;
  /** Frees the slots of an account that a process has. */
  freeOf(account: string, owner: string): Promise<void>;
}

/** Where a process is among those that wait: by urgency, the lowest first, then by since when it waits. */
interface Place {
  readonly urgency: number;
  readonly sinceMs: number;
}

/** Processes that wait to ask Google, each with one ticket of an account. */
export interface TicketRows {
  /** Puts this process among those that wait, until then. */
  put(account: string, ticket: Place & { readonly untilMs: number }): Promise<void>;
  /**
   * Whether another process waits before this place, with a ticket that ends after `afterMs` and by `latestMs`; and whether
   * this process has a ticket.
   */
  look(
    account: string,
    place: Place,
    end: { readonly afterMs: number; readonly latestMs: number },
  ): Promise<{ readonly hasEarlier: boolean; readonly isWaiting: boolean }>;
  /** Takes this process out. */
  remove(account: string): Promise<void>;
  /** Forgets the tickets of an account that have ended by then. */
  removeEnded(account: string, nowMs: number): Promise<void>;
}

/** A time in which nobody asks Google. */
export interface Freeze {
  readonly setMs: number;
  readonly untilMs: number;
  /** Throttles in a row, this one included. */
  readonly consecutive: number;
  /** What Google said. */
  readonly reason: string;
}

/** The last freeze of each account, over or not, and of each method that was frozen by itself. */
export interface FreezeRows {
  find(account: string, methodId?: string): Promise<Freeze | undefined>;
  put(account: string, freeze: Freeze, methodId?: string): Promise<void>;
  /** Ends a row of throttles, unless the account was frozen at or after that time. */
  endRow(account: string, beforeMs: number): Promise<void>;
}
