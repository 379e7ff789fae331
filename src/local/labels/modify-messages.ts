import { AppError } from '../../core/errors.ts';
import type { AppliedChange, LabelChange } from '../../mail/mailbox.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { forgetOldHistory, recordChange, takeHistoryIds } from '../reading/history.ts';
import type { LabelRow } from './labels.ts';
import { readLabels, resolveLabelIds } from './labels.ts';
import type { MessageTarget } from '../reading/message-targets.ts';
import { findTargets } from '../reading/message-targets.ts';

/** Changes labels of all messages or of none; see `MailboxWriter.modifyMessages`. */
export function modifyMessages(mailbox: Database, change: LabelChange): readonly AppliedChange[] {
  const contradictory = change.addLabelIds.filter((id) => change.removeLabelIds.includes(id));
  if (contradictory.length > 0) {
    throw new AppError('INVALID_INPUT', `Labels both added and removed: ${contradictory.join(', ')}.`, {
      field: 'removeLabelIds',
      expected: 'no label of addLabelIds',
      got: contradictory.join(', '),
    });
  }
  return mailbox.write(() => {
    const labels = readLabels(mailbox);
    const added = resolveLabelIds(labels, change.addLabelIds, 'addLabelIds');
    const removed = resolveLabelIds(labels, change.removeLabelIds, 'removeLabelIds');
    const applied = findTargets(mailbox, change.ids).map((target) => modifyMessage(mailbox, target, added, removed));
    forgetOldHistory(mailbox);
    return applied;
  });
}

function modifyMessage(
  mailbox: Database,
  { id, key, threadKey }: MessageTarget,
  added: readonly LabelRow[],
  removed: readonly LabelRow[],
): AppliedChange {
  const put = 'INSERT INTO message_label VALUES (?, ?) ON CONFLICT DO NOTHING';
  const take = 'DELETE FROM message_label WHERE label_key = ? AND message_key = ?';
  const labelsAdded = added.filter((label) => mailbox.run(put, label.key, key) > 0).map((label) => label.id);
  const labelsRemoved = removed.filter((label) => mailbox.run(take, label.key, key) > 0).map((label) => label.id);
  const applied = { id, addedLabelIds: labelsAdded, removedLabelIds: labelsRemoved };
  // What changes nothing leaves no trace: a client that follows the history must not be woken by its own echo.
  if (labelsAdded.length === 0 && labelsRemoved.length === 0) return applied;
  const historyId = takeHistoryIds(mailbox, 1);
  recordChange(mailbox, historyId, { kind: 'relabelled', gmailId: id, threadKey, labelsAdded, labelsRemoved });
  mailbox.run('UPDATE message SET history_id = ? WHERE id = ?', historyId, key);
  return applied;
}
