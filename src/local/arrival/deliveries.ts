import type { Database } from '../../store/sqlite/database.ts';
import { integerOf, textOf } from '../../store/sqlite/database.ts';
import { withoutHeader } from '../outgoing/edit-headers.ts';
import type { MailboxFiles } from '../reading/raw-store.ts';
import { readRaw } from '../reading/raw-store.ts';

/** Hands a copy of a message to the mailbox of a recipient on this machine. */
export type Deliver = (recipient: string, raw: Uint8Array) => void | Promise<void>;

/** Notes that recipients are still to get a message. Runs inside the write transaction that files it. */
export function awaitDelivery(mailbox: Database, rawKey: number, recipients: readonly string[]): void {
  for (const recipient of recipients) {
    mailbox.run('INSERT INTO delivery (raw_key, recipient) VALUES (?, ?) ON CONFLICT DO NOTHING', rawKey, recipient);
  }
}

/**
 * Delivers what is still to be delivered, each copy without its Bcc header. What cannot be delivered stays, and is tried
 * again the next time. A copy is noted as delivered after it was; one that a crash makes come twice has the same bytes, by
 * which the other mailbox knows it.
 */
export async function deliverWaiting(files: MailboxFiles, deliver: Deliver): Promise<void> {
  const { mailbox } = files;
  let after = 0;
  for (;;) {
    const row = mailbox.get('SELECT * FROM delivery WHERE key > ? ORDER BY key LIMIT 1', after);
    if (row === undefined) return;
    after = integerOf(row, 'key');
    try {
      await deliver(textOf(row, 'recipient'), withoutHeader(readRaw(files.raw, integerOf(row, 'raw_key')), 'bcc'));
      mailbox.write(() => mailbox.run('DELETE FROM delivery WHERE key = ?', after));
    } catch {
      // The message is sent and stays so: telling its sender of a failure would make them send it again.
    }
  }
}

/** How many copies are still to be delivered. */
export function countWaiting(mailbox: Database): number {
  const row = mailbox.get('SELECT count(*) AS total FROM delivery');
  return row === undefined ? 0 : integerOf(row, 'total');
}
