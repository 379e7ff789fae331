import type { MailStore } from './mail-store.ts';

/** The mirrors of live accounts in a home's store, by address. Every method throws `UNAVAILABLE` when they cannot be reached. */
export interface MirrorStores {
  /** Accounts that have one. */
  list(): Promise<readonly string[]>;
  /** Opens the mirror of an account, making an empty one where there is none. */
  open(account: string): Promise<MailStore>;
  /** How much disk a mirror takes; 0 where there is none. */
  sizeBytes(account: string): Promise<number>;
  /** When a mirror was last written to, or found to be what the account is; milliseconds since 1970, 0 for never. */
  writtenMs(account: string): Promise<number>;
  /** Deletes a mirror; one that is gone already is no error. */
  remove(account: string): Promise<void>;
  /** Where they are, as people are told. */
  readonly place: string;
}

/** Name of the mark that says when a mirror was last found to be what its account is; the value begins with milliseconds. */
export const verifiedMarkName = 'mirror verified';
