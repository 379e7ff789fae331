import type { HistoryRecord } from '../mail/mailbox.ts';

/** A piece of an account's history that was read, and what it covers. */
export interface ReadHistory {
  /** The history id that was asked for. */
  readonly from: string;
  /** The newest history id that the piece covers. */
  readonly to: string;
  /** Oldest first. */
  readonly records: readonly HistoryRecord[];
  /** When it was asked for, milliseconds since 1970. */
  readonly readMs: number;
}

/** Who is told of what happens to a live account; what it does with that must not fail. */
export interface AccountObserver {
  /** The history was read, for whatever reason. */
  readHistory(account: string, history: ReadHistory): Promise<void>;
  /** Gmail's history no longer reaches back to what was known; it goes on after this id. */
  lostHistory(account: string, historyId: string): Promise<void>;
  /** Google no longer accepts the login; told once for each login. */
  lostLogin(account: string): Promise<void>;
}
