import type { Database } from '../../store/sqlite/database.ts';
import { integerOf } from '../../store/sqlite/database.ts';
import { leaveThread } from '../threads/assign-thread.ts';
import { forgetOldHistory, recordChange, takeHistoryIds } from './history.ts';
import { labelIdsOf } from '../labels/labels.ts';
import type { MessageTarget } from './message-targets.ts';
import { findTargets } from './message-targets.ts';
import type { MailboxFiles } from './raw-store.ts';
import { deleteReleasedRaw, releaseRaw } from './raw-store.ts';

/** Deletes messages for good, all or none; see `MailboxWriter.deleteMessages`. */
export function deleteMessages(files: MailboxFiles, ids: readonly string[]): void {
  files.mailbox.write(() => {
    for (const target of findTargets(files.mailbox, ids)) deleteMessage(files.mailbox, target);
    forgetOldHistory(files.mailbox);
  });
  deleteReleasedRaw(files);
}

/** Deletes one message with everything that hangs on it. Runs inside a write transaction. */
export function deleteMessage(mailbox: Database, { id, key, threadKey }: MessageTarget): void {
  const row = mailbox.get('DELETE FROM message WHERE id = ? RETURNING raw_key', key);
  if (row === undefined) return;
  const labelKeys = mailbox
    .all('DELETE FROM message_label WHERE message_key = ? RETURNING label_key', key)
    .map((label) => integerOf(label, 'label_key'));
  mailbox.run('DELETE FROM draft WHERE message_key = ?', key);
  mailbox.run('DELETE FROM full_text WHERE rowid = ?', key);
  mailbox.run('UPDATE mailbox SET messages_total = messages_total - 1 WHERE id = 1');
  leaveThread(mailbox, threadKey);
  releaseRaw(mailbox, integerOf(row, 'raw_key'));
  recordChange(mailbox, takeHistoryIds(mailbox, 1), {
    kind: 'deleted',
    gmailId: id,
    threadKey,
    labelsAdded: [],
    labelsRemoved: labelIdsOf(mailbox, labelKeys),
  });
}
