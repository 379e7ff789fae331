import { AppError } from '../core/errors.ts';
import type { LabelChange } from '../mail/mailbox.ts';
import type { Database } from './database.ts';
import { integerOf } from './database.ts';
import { forgetOldHistory, recordChange, takeHistoryIds } from './history.ts';
import type { LabelRow } from './labels.ts';
import { readLabels, resolveLabelIds } from './labels.ts';

interface Target {
  readonly id: string;
  readonly key: number;
  readonly threadKey: number;
}

/** Changes labels of all messages or of none; see `MailboxWriter.modifyMessages`. */
export function modifyMessages(mailbox: Database, change: LabelChange): void {
  const contradictory = change.addLabelIds.filter((id) => change.removeLabelIds.includes(id));
  if (contradictory.length > 0) {
    throw new AppError('INVALID_INPUT', `Labels both added and removed: ${contradictory.join(', ')}.`, {
      field: 'removeLabelIds',
      expected: 'no label of addLabelIds',
      got: contradictory.join(', '),
    });
  }
  mailbox.write(() => {
    const labels = readLabels(mailbox);
    const added = resolveLabelIds(labels, change.addLabelIds, 'addLabelIds');
    const removed = resolveLabelIds(labels, change.removeLabelIds, 'removeLabelIds');
    for (const target of findTargets(mailbox, change.ids)) modifyMessage(mailbox, target, added, removed);
    forgetOldHistory(mailbox);
  });
}

function findTargets(mailbox: Database, ids: readonly string[]): readonly Target[] {
  const unknown: string[] = [];
  const targets = [...new Set(ids)].flatMap((id): Target[] => {
    const row = mailbox.get('SELECT id, thread_key FROM message WHERE gmail_id = ?', id);
    if (row !== undefined) return [{ id, key: integerOf(row, 'id'), threadKey: integerOf(row, 'thread_key') }];
    unknown.push(id);
    return [];
  });
  if (unknown.length === 0) return targets;
  throw new AppError('NOT_FOUND', `There is no message ${unknown.join(', ')}; nothing was changed.`, {
    field: 'ids',
    got: unknown.join(', '),
  });
}

function modifyMessage(
  mailbox: Database,
  { id, key, threadKey }: Target,
  added: readonly LabelRow[],
  removed: readonly LabelRow[],
): void {
  const put = 'INSERT INTO message_label VALUES (?, ?) ON CONFLICT DO NOTHING';
  const take = 'DELETE FROM message_label WHERE label_key = ? AND message_key = ?';
  const labelsAdded = added.filter((label) => mailbox.run(put, label.key, key) > 0).map((label) => label.id);
  const labelsRemoved = removed.filter((label) => mailbox.run(take, label.key, key) > 0).map((label) => label.id);
  // What changes nothing leaves no trace: a client that follows the history must not be woken by its own echo.
  if (labelsAdded.length === 0 && labelsRemoved.length === 0) return;
  const historyId = takeHistoryIds(mailbox, 1);
  recordChange(mailbox, historyId, { kind: 'relabelled', gmailId: id, threadKey, labelsAdded, labelsRemoved });
  mailbox.run('UPDATE message SET history_id = ? WHERE id = ?', historyId, key);
}
