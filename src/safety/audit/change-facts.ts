import type { AppliedChange, LabelChange, OutgoingMessage } from '../../mail/mailbox.ts';
import type { Label, LabelFields, MessageSummary } from '../../mail/message.ts';
import type { SendAs, SendAsFields } from '../../mail/settings.ts';

/** Changes to messages grouped by what was done, so that forty alike are one. */
export function groupApplied(applied: readonly AppliedChange[]): readonly LabelChange[] {
  const groups = new Map<
    string,
    { ids: string[]; addLabelIds: readonly string[]; removeLabelIds: readonly string[] }
  >();
  for (const { id, addedLabelIds, removedLabelIds } of applied) {
    if (addedLabelIds.length + removedLabelIds.length === 0) continue;
    const key = JSON.stringify([addedLabelIds, removedLabelIds]);
    const group = groups.get(key) ?? { ids: [], addLabelIds: addedLabelIds, removeLabelIds: removedLabelIds };
    group.ids.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The same changes the other way round. */
export function reversed(changes: readonly LabelChange[]): LabelChange[] {
  return changes.map(({ ids, addLabelIds, removeLabelIds }) => ({
    ids,
    addLabelIds: removeLabelIds,
    removeLabelIds: addLabelIds,
  }));
}

/** What can be chosen of a label, without what follows from it. */
export function labelFieldsOf({ name, messageListVisibility, labelListVisibility, color }: Label): LabelFields {
  return {
    name,
    ...(messageListVisibility === undefined ? {} : { messageListVisibility }),
    ...(labelListVisibility === undefined ? {} : { labelListVisibility }),
    ...(color === undefined ? {} : { color }),
  };
}

/** What can be chosen of a send-as address. */
export function sendAsFieldsOf(sendAs: SendAs): SendAsFields {
  const { displayName, replyToAddress, signature, isDefault, treatAsAlias } = sendAs;
  return { displayName, replyToAddress, signature, isDefault, treatAsAlias };
}

/** A message's bytes are shown by their size: the log is no second mailbox. */
export function shownMessage({ raw, threadId }: OutgoingMessage): object {
  return { sizeBytes: raw.byteLength, ...(threadId === undefined ? {} : { threadId }) };
}

/** Bytes as the log's JSON holds them. */
export function base64(raw: Uint8Array): string {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64');
}

/** What the log keeps of a draft: whom it is for and what about. */
export function shownDraft({ subject, to, cc, bcc }: MessageSummary): object {
  return { subject, to, cc, bcc };
}
