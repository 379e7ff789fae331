import { AppError } from '../../core/errors.ts';
import type { AppliedChange, LabelChange } from '../../mail/mailbox.ts';
import type { MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import type { MessageTarget } from '../../store/mail/message-rows.ts';
import { keptHistoryRecords } from '../reading/history.ts';
import { findTargets } from '../reading/message-targets.ts';
import { resolveLabelIds } from './labels.ts';

/** Changes labels of all messages or of none; see `MailboxWriter.modifyMessages`. */
export async function modifyMessages(store: MailStore, change: LabelChange): Promise<readonly AppliedChange[]> {
  const contradictory = change.addLabelIds.filter((id) => change.removeLabelIds.includes(id));
  if (contradictory.length > 0) {
    throw new AppError('INVALID_INPUT', `Labels both added and removed: ${contradictory.join(', ')}.`, {
      field: 'removeLabelIds',
      expected: 'no label of addLabelIds',
      got: contradictory.join(', '),
    });
  }
  return store.write(async (rows) => {
    const labels = await rows.labels.list();
    const added = resolveLabelIds(labels, change.addLabelIds, 'addLabelIds');
    const removed = resolveLabelIds(labels, change.removeLabelIds, 'removeLabelIds');
    const targets = await findTargets(rows, change.ids);
    const relabelled = await rows.messages.relabel({
      messageKeys: targets.map(({ key }) => key),
      addKeys: added.map(({ key }) => key),
      removeKeys: removed.map(({ key }) => key),
    });
    const ids = new Map([...added, ...removed].map(({ key, id }) => [key, id]));
    const idsOf = (keys: readonly number[] = []): readonly string[] => keys.flatMap((key) => ids.get(key) ?? []);
    const changes = new Map(relabelled.map((message) => [message.messageKey, message]));
    const applied = targets.map(({ id, key }) => ({
      id,
      addedLabelIds: idsOf(changes.get(key)?.added),
      removedLabelIds: idsOf(changes.get(key)?.removed),
    }));
    await recordRelabelling(rows, targets, applied);
    return applied;
  });
}

/** What changes nothing leaves no trace: a client that follows the history must not be woken by its own echo. */
async function recordRelabelling(
  rows: MailWriter,
  targets: readonly MessageTarget[],
  applied: readonly AppliedChange[],
): Promise<void> {
  const threadKeys = new Map(targets.map(({ id, threadKey }) => [id, threadKey]));
  const changed = applied.filter(
    ({ addedLabelIds, removedLabelIds }) => addedLabelIds.length + removedLabelIds.length > 0,
  );
  const firstHistoryId = await rows.history.take(changed.length);
  await rows.history.record(
    changed.map(({ id, addedLabelIds, removedLabelIds }, index) => ({
      historyId: firstHistoryId + index,
      kind: 'relabelled',
      messageId: id,
      threadKey: threadKeys.get(id) ?? 0,
      labelsAdded: addedLabelIds,
      labelsRemoved: removedLabelIds,
    })),
  );
  await rows.history.keep(keptHistoryRecords);
}
