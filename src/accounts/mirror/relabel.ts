import type { LabelChange } from '../../mail/mailbox.ts';
import type { MailRows, MailWriter } from '../../store/mail/mail-store.ts';
import type { StoredMessage } from '../../store/mail/message-rows.ts';
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
  if (message === undefined || hasLabels(message, labelIds)) return;
  await relabelTo(rows, message, labelIds, historyId);
}

/** Whether a message has exactly these labels. */
export function hasLabels({ summary }: StoredMessage, labelIds: readonly string[]): boolean {
  const has = new Set(summary.labelIds);
  return new Set(labelIds).size === has.size && labelIds.every((id) => has.has(id));
}

/** Gives a message that is there exactly these labels and this history id. Runs inside a write transaction. */
export async function relabelTo(
  rows: MailWriter,
  { key, summary }: StoredMessage,
  labelIds: readonly string[],
  historyId: string,
): Promise<void> {
  const keys = await labelKeysOf(rows, [...labelIds, ...summary.labelIds]);
  const keysOf = (ids: readonly string[]) => ids.flatMap((id) => keys.get(id) ?? []);
  await rows.messages.relabel({
    messageKeys: [key],
    addKeys: keysOf(labelIds.filter((id) => !summary.labelIds.includes(id))),
    removeKeys: keysOf(summary.labelIds.filter((id) => !labelIds.includes(id))),
    historyId: Number(historyId),
  });
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
