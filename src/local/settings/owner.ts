import type { QueryOptions } from '../../mail/query/query-operators.ts';

/** Whose mailbox it is, and the time there. */
export interface Owner {
  /** In lower case. */
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What the queries of filters are read against: days begin where this machine is. */
export function filterClock({ address, now }: Owner): QueryOptions {
  return { emailAddress: address, nowMs: now(), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}
