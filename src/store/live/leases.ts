/** A right that one process has for a while. */
export interface Lease {
  readonly name: string;
  /** Grows with every lease of the name, so that a holder can see that it was overtaken. */
  readonly fence: number;
}

/** What a transaction may do with leases. */
export interface LeaseRows {
  /** Whether nobody has overtaken this lease; to be asked inside the transaction that depends on it. */
  holds(lease: Lease): Promise<boolean>;
  /** Gives a lease back; one that was overtaken stays with the other. */
  release(lease: Lease): Promise<void>;
}

/** The leases of a home's processes. */
export interface Leases extends LeaseRows {
  /**
   * Takes a lease, or returns undefined while a living process has it. It ends by itself after `ttlMs`. With `isForced`
   * it is taken from whoever has it. A transaction by itself.
   */
  take(name: string, ttlMs: number, isForced?: boolean): Promise<Lease | undefined>;
}
