import type { MailStore, MailWriter } from '../../store/mail/mail-store.ts';

const name = 'copied to';

/** Notes in a copy how far the history of its source was copied; in the transaction that brings it there. */
export async function noteCopiedTo(rows: MailWriter, historyId: number): Promise<void> {
  await rows.values.put('state', name, String(historyId));
}

/** Whether a mailbox is a copy of another one, in which no message was changed since. */
export async function isUnchangedCopy(store: MailStore): Promise<boolean> {
  return store.read(async (rows) => {
    const { historyId } = await rows.totals();
    return (await rows.values.get('state', name)) === String(historyId);
  });
}
