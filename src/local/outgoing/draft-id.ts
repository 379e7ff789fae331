import { randomBytes } from 'node:crypto';
import type { MailRows } from '../../store/mail/mail-store.ts';

/** A new draft's id in Gmail's form: `r` and a signed 64-bit number. */
export function newDraftId(): string {
  return `r${randomBytes(8).readBigInt64BE()}`;
}

/**
 * The id of a draft that an archive brings: made of the message's, so that the same archive gives the same ids; a new
 * one where that draft is there and has another message by now.
 */
export async function freeDraftId(rows: MailRows, messageId: string): Promise<string> {
  const id = `r-${BigInt(`0x${messageId}`)}`;
  return (await rows.drafts.find(id)) === undefined ? id : newDraftId();
}
