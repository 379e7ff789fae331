import { AppError } from '../../core/errors.ts';
import type { MailCheck } from './mail-check.ts';
import type { MailStore } from './mail-store.ts';

/** The local mailboxes of a home. Every method throws `UNAVAILABLE` when they cannot be reached. */
export interface Mailboxes {
  /** Addresses that have one, in alphabetical order. */
  list(): Promise<readonly string[]>;
  /** Throws `INVALID_INPUT` for what is no address. */
  has(emailAddress: string): Promise<boolean>;
  /** Opens the mailbox of an address, making an empty one where there is none. Throws `INVALID_INPUT` for what is no address. */
  open(emailAddress: string): Promise<MailStore>;
  /** Opens the mailbox that an address has: whoever got the address from a list must not make what was renamed since. Throws `NOT_FOUND`. */
  openExisting(emailAddress: string): Promise<MailStore>;
  /** For each address that has a mailbox, what is another text after every change of that. */
  stamps(emailAddresses: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Opens the mailbox of an address, which there is, to look whether it is whole. */
  check(emailAddress: string): Promise<MailCheck>;
  /** Gives the mailbox of an address another one. Throws `CONFLICT` where that has a mailbox, `NOT_FOUND`. */
  rename(from: string, to: string): Promise<void>;
  /** Deletes a mailbox with its mail. Stopped half way, it is none any more, and the next removal clears the rest away. */
  remove(emailAddress: string): Promise<void>;
}

/** The `CONFLICT` of a mailbox that would get the address of another. */
export function addressTaken(emailAddress: string): AppError {
  return new AppError('CONFLICT', `There is a mailbox of ${emailAddress} already.`, {
    field: 'NEW',
    got: emailAddress,
    hint: 'To bring mail together, export one and import it into the other.',
  });
}

/** The `NOT_FOUND` of an address that has no mailbox any more. */
export function noMailbox(emailAddress: string): AppError {
  return new AppError('NOT_FOUND', `There is no mailbox of ${emailAddress} any more.`, {
    hint: 'It was renamed or deleted: gmail-llm accounts.',
  });
}
