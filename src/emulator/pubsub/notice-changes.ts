import type { EmulatedAccount } from '../emulated-account.ts';
import type { Subscriptions } from './subscriptions.ts';

/**
 * Publishes to the topic of a user's watch what Gmail publishes: his address and the history id that his mailbox has come
 * to, right after the watch was begun, and whenever something changed that the watch is about.
 */
export async function noticeChanges(
  { emailAddress, mailbox, state }: EmulatedAccount,
  subscriptions: Subscriptions,
  nowMs: number,
): Promise<void> {
  const { watch } = state;
  if (watch === undefined || watch.expiresMs <= nowMs) return;
  const { historyId } = await mailbox.getProfile();
  const before = watch.announcedHistoryId;
  if (before === historyId || state.watch !== watch) return;
  watch.announcedHistoryId = historyId;
  if (before !== undefined && !(await isWatched(mailbox, before, watch))) return;
  const notice = JSON.stringify({ emailAddress, historyId: Number(historyId) });
  subscriptions.publish(watch.topicName, Buffer.from(notice).toString('base64'));
}

async function isWatched(
  mailbox: EmulatedAccount['mailbox'],
  startHistoryId: string,
  { labelIds, isExcluding }: { readonly labelIds: readonly string[]; readonly isExcluding: boolean },
): Promise<boolean> {
  if (labelIds.length === 0) return true;
  const { history } = await mailbox.listHistory({ startHistoryId, maxResults: 500 });
  const labelsOfChanges = history.flatMap(
    ({ messagesAdded = [], messagesDeleted = [], labelsAdded = [], labelsRemoved = [] }) => [
      ...[...messagesAdded, ...messagesDeleted].map(({ message }) => message.labelIds),
      ...[...labelsAdded, ...labelsRemoved].map(({ message, labelIds }) => [...message.labelIds, ...labelIds]),
    ],
  );
  return labelsOfChanges.some((labels) => labels.some((id) => labelIds.includes(id)) !== isExcluding);
}
