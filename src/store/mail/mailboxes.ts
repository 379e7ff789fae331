import type { MailStore } from './mail-store.ts';

/** The local mailboxes of a home. Every method throws `UNAVAILABLE` when they cannot be reached. */
export interface Mailboxes {
  /** Addresses that have one, in alphabetical order. */
  list(): Promise<readonly string[]>;
  /** Throws `INVALID_INPUT` for what is no address. */
  has(emailAddress: string): Promise<boolean>;
  /** Opens the mailbox of an address, making an empty one where there is none. Throws `INVALID_INPUT` for what is no address. */
  open(emailAddress: string): Promise<MailStore>;
  /** For each address that has a mailbox, what is another text after every change of that. */
  stamps(emailAddresses: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
