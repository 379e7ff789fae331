import type { MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import { keptHistoryRecords } from './history.ts';
import { findTargets } from './message-targets.ts';

/** Deletes messages for good, all or none; see `MailboxWriter.deleteMessages`. */
export async function deleteMessages(store: MailStore, ids: readonly string[]): Promise<void> {
  await store.write(async (rows) => {
    const targets = await findTargets(rows, ids);
    await removeMessages(
      rows,
      targets.map(({ key }) => key),
    );
  });
  await store.bytes.sweep();
}

/** Deletes messages with everything that hangs on them, and records it. */
export async function removeMessages(rows: MailWriter, messageKeys: readonly number[]): Promise<void> {
  const deleted = await rows.messages.delete(messageKeys);
  const firstHistoryId = await rows.history.take(deleted.length);
  await rows.history.record(
    deleted.map(({ id, threadKey, labelIds }, index) => ({
      historyId: firstHistoryId + index,
      kind: 'deleted',
      messageId: id,
      threadKey,
      labelsAdded: [],
      labelsRemoved: labelIds,
    })),
  );
  await rows.history.keep(keptHistoryRecords);
}
