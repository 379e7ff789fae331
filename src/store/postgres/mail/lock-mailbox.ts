import { noMailbox } from '../../mail/mailboxes.ts';
import { NothingLocked } from '../database.ts';

/** A mailbox by its key and the address, in lower case, that it had when it was looked for. */
export interface FoundMailbox {
  readonly account: number;
  readonly emailAddress: string;
}

/** Of the rows `a` of `account`: the mailbox, as long as it has that address. */
export function isFound({ account, emailAddress }: FoundMailbox): string {
  return `a.key = ${account} AND a.email_address = '${emailAddress.replaceAll("'", "''")}'`;
}

/** Begins a transaction that is alone in writing the mailbox's mail, as the rules above expect. */
export function lockMail(mailbox: FoundMailbox): string {
  return `SELECT 1 FROM mailbox m JOIN account a ON a.key = m.account WHERE ${isFound(mailbox)} FOR UPDATE OF m`;
}

/** The same, which is also alone in renaming or removing the mailbox. */
export function lockMailbox(mailbox: FoundMailbox): string {
  return `${lockMail(mailbox)}, a`;
}

/** Waits for work that began with a lock. Throws `NOT_FOUND` where others have renamed or removed the mailbox. */
export async function orGone<T>({ emailAddress }: FoundMailbox, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof NothingLocked ? noMailbox(emailAddress) : error;
  }
}
