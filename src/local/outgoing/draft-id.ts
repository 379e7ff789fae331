import { randomBytes } from 'node:crypto';
import type { Database } from '../../store/sqlite/database.ts';

/** A new draft's id in Gmail's form: `r` and a signed 64-bit number. */
export function newDraftId(): string {
  return `r${randomBytes(8).readBigInt64BE()}`;
}

/**
 * The id of a draft that an archive brings: made of the message's, so that the same archive gives the same ids; a new
 * one where that draft is there and has another message by now.
 */
export function freeDraftId(mailbox: Database, gmailId: string): string {
  const id = `r-${BigInt(`0x${gmailId}`)}`;
  return mailbox.get('SELECT 1 FROM draft WHERE gmail_id = ?', id) === undefined ? id : newDraftId();
}
