import type { AccessTokenRows } from './access-token-rows.ts';
import type { FreezeRows, SlotRows, TicketRows, UsageRows } from './budget-rows.ts';
import type { FollowStates } from './follow-states.ts';
import type { LeaseRows, Leases } from './leases.ts';

/** What a transaction may do with the state of live accounts. */
export interface LiveRows {
  readonly leases: LeaseRows;
  readonly accessTokens: AccessTokenRows;
  readonly usage: UsageRows;
  readonly slots: SlotRows;
  readonly tickets: TicketRows;
  readonly freezes: FreezeRows;
}

/** What the processes of a home agree on about live accounts. A call outside {@link write} is a transaction by itself. */
export interface LiveState extends LiveRows {
  readonly leases: Leases;
  readonly followStates: FollowStates;
  /**
   * Everything `work` writes is stored, or, when it throws, none of it. Others who write of the same account, or take the lease
   * of that name, wait: it has to be short, and waits for nothing but its rows.
   */
  write<T>(turn: string, work: (rows: LiveRows) => Promise<T>): Promise<T>;
  /** Gives back what this process has: its slots, tickets and leases. */
  close(): Promise<void>;
}
