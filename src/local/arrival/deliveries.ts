import { withoutHeader } from '../outgoing/edit-headers.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';

/** Hands a copy of a message to the mailbox of a recipient on this machine. */
export type Deliver = (recipient: string, raw: Uint8Array) => void | Promise<void>;

/**
 * Delivers what is still to be delivered, each copy without its Bcc header. What cannot be delivered stays, and is tried
 * again the next time. A copy is noted as delivered after it was; one that a crash makes come twice has the same bytes, by
 * which the other mailbox knows it.
 */
export async function deliverWaiting(store: MailStore, deliver: Deliver): Promise<void> {
  let after = 0;
  for (;;) {
    const [copy] = await store.once((rows) => rows.deliveries.waiting(after, 1));
    if (copy === undefined) return;
    after = copy.key;
    try {
      await deliver(copy.recipient, withoutHeader(await store.bytes.get(copy.bytesKey), 'bcc'));
      await store.write((rows) => rows.deliveries.remove(copy.key));
    } catch {
      // The message is sent and stays so: telling its sender of a failure would make them send it again.
    }
  }
}
