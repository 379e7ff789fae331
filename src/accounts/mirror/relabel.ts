import type { LabelChange } from '../../mail/mailbox.ts';
import type { MailRows, MailWriter } from '../../store/mail/mail-store.ts';
import { labelKeysOf } from './mirror-labels.ts';

/** The labels of those of these messages that are there, by message id. */
export async function readLabels(
  rows: MailRows,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const labels = new Map<string, readonly string[]>();
  for (const id of ids) {
    const message = await rows.messages.byId(id);
    if (message !== undefined) labels.set(id, message.summary.labelIds);
  }
  return labels;
}

/** Gives a message exactly these labels, which it had at a point of the history. Runs inside a write transaction. */
export async function setLabels(
  rows: MailWriter,
  id: string,
  labelIds: readonly string[],
  historyId: string,
): Promise<void> {
  const message = await rows.messages.byId(id);
  if (message === undefined) return;
  const keys = await labelKeysOf(rows, [...labelIds, ...message.summary.labelIds]);
  const keysOf = (ids: readonly string[]) => ids.flatMap((labelId) => keys.get(labelId) ?? []);
  const addKeys = keysOf(labelIds.filter((labelId) => !message.summary.labelIds.includes(labelId)));
  const removeKeys = keysOf(message.summary.labelIds.filter((labelId) => !labelIds.includes(labelId)));
  if (addKeys.length + removeKeys.length === 0) return;
  await rows.messages.relabel({ messageKeys: [message.key], addKeys, removeKeys, historyId: Number(historyId) });
}

/** Changes labels of messages that are there, as we have changed them. Runs inside a write transaction. */
export async function relabelOwn(rows: MailWriter, { ids, addLabelIds, removeLabelIds }: LabelChange): Promise<void> {
  const keys = await labelKeysOf(rows, [...addLabelIds, ...removeLabelIds]);
  const keysOf = (labelIds: readonly string[]) => labelIds.flatMap((id) => keys.get(id) ?? []);
  const targets = await rows.messages.targets(ids);
  await rows.messages.relabel({
    messageKeys: targets.map(({ key }) => key),
    addKeys: keysOf(addLabelIds),
    removeKeys: keysOf(removeLabelIds),
  });
}
