import { AppError } from '../../core/errors.ts';
import type { HistoryPage, HistoryRecord, MailboxReader } from '../../mail/mailbox.ts';
import type { BroughtHistory, Feed, HistoryEvent } from './feed.ts';
import { isLater } from './history-ids.ts';

/** Records of one read, and so events of one transaction. */
const recordsAtOnce = 500;

/** Whose history is followed, and how it is read. */
export interface FollowedMailbox {
  readonly account: string;
  readonly mailbox: Pick<MailboxReader, 'listHistory' | 'getProfile'>;
  /** How long after a change the history may still not report it. */
  readonly lagMs: number;
  readonly now: () => number;
  readonly cause: BroughtHistory['cause'];
}

/**
 * Writes into the feed what an account's history has beyond what the feed has of it. Where the history no longer reaches
 * back so far, an event says so and the feed goes on from now. Throws as the mailbox and the feed do.
 */
export async function followHistory(feed: Feed, followed: FollowedMailbox): Promise<void> {
  const { account, mailbox, lagMs, now, cause } = followed;
  const startedMs = now();
  for (;;) {
    const from = await feed.followedTo(account);
    if (from === undefined) return;
    const page = await readPage(mailbox, from);
    const piece = { account, cause, settledMs: startedMs - lagMs };
    if (page === undefined) {
      const { historyId } = await mailbox.getProfile();
      await feed.bring({ ...piece, from: historyId, to: historyId, events: [], isComplete: true });
      return;
    }
    const isComplete = page.nextPageToken === undefined;
    const to = isComplete ? page.historyId : (page.history.at(-1)?.id ?? page.historyId);
    const events = page.history.flatMap(eventsOf);
    const reached = await feed.bring({ ...piece, from, to, events, isComplete });
    // It stopped where a call is changing something: the end of that call is the time to go on.
    if (isComplete || isLater(to, reached)) return;
  }
}

/** The history after an id, or undefined where it does not reach back so far. */
async function readPage(mailbox: FollowedMailbox['mailbox'], from: string): Promise<HistoryPage | undefined> {
  try {
    return await mailbox.listHistory({ startHistoryId: from, maxResults: recordsAtOnce });
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

/** The events of one record. Labels that a message got and lost in it are one event. */
export function eventsOf(record: HistoryRecord): readonly HistoryEvent[] {
  const { id: historyId, messages = [], messagesAdded = [], messagesDeleted = [] } = record;
  const events: HistoryEvent['event'][] = [];
  for (const { message } of messagesAdded) {
    const { id: messageId, threadId, labelIds } = message;
    events.push({ kind: 'messageAdded', ids: { messageId, threadId, labelIds } });
  }
  const addedIds = new Set(messagesAdded.map(({ message }) => message.id));
  for (const change of labelChangesOf(record)) if (!addedIds.has(change.ids.messageId)) events.push(change);
  // Gmail says of some changes only which messages they are about.
  for (const { id: messageId, threadId } of messages)
    events.push({ kind: 'labelsChanged', ids: { messageId, threadId } });
  for (const { message } of messagesDeleted) {
    events.push({ kind: 'messageDeleted', ids: { messageId: message.id, threadId: message.threadId } });
  }
  return events.map((event) => ({ historyId, event }));
}

function labelChangesOf({ labelsAdded = [], labelsRemoved = [] }: HistoryRecord) {
  const changes = new Map<
    string,
    { threadId: string; labelIds: readonly string[]; added: string[]; removed: string[] }
  >();
  const changeOf = ({ id, threadId, labelIds }: (typeof labelsAdded)[number]['message']) => {
    const change = changes.get(id) ?? { threadId, labelIds, added: [], removed: [] };
    changes.set(id, change);
    return change;
  };
  for (const { message, labelIds } of labelsAdded) changeOf(message).added.push(...labelIds);
  for (const { message, labelIds } of labelsRemoved) changeOf(message).removed.push(...labelIds);
  return [...changes].map(([messageId, { threadId, labelIds, added, removed }]) => ({
    kind: 'labelsChanged' as const,
    ids: { messageId, threadId, labelIds, addedLabelIds: added, removedLabelIds: removed },
  }));
}
