import { AppError } from '../../core/errors.ts';
import type { ChangedMessage, HistoryPage, HistoryRecord, PageRequest } from '../../mail/mailbox.ts';
import type { HistoryEntry } from '../../store/mail/history-rows.ts';
import type { MailboxTotals, MailStore } from '../../store/mail/mail-store.ts';
import { decodePageToken, encodePageToken } from '../search/page-token.ts';

/** Changes that are kept. Gmail keeps at least a week; this is a week of ten changes a minute. */
export const keptHistoryRecords = 100_000;

/** The changes after `startHistoryId`, oldest first; see {@link HistoryPage}. */
export async function listHistory(
  store: MailStore,
  owner: string,
  { startHistoryId, maxResults, pageToken }: PageRequest & { readonly startHistoryId: string },
): Promise<HistoryPage> {
  const scope = { account: owner, list: `history ${startHistoryId}` };
  return store.read(async (rows) => {
    const totals = await rows.totals();
    const start = readStart(totals, startHistoryId);
    const [after = start] = pageToken === undefined ? [] : decodePageToken(pageToken, scope, 1);
    const entries = await rows.history.after(Math.max(after, start), maxResults + 1);
    const page = entries.slice(0, maxResults);
    const last = page.at(-1);
    return {
      history: page.map(historyRecordOf),
      historyId: String(totals.historyId),
      ...(entries.length > maxResults && last !== undefined
        ? { nextPageToken: encodePageToken([last.historyId], scope) }
        : {}),
    };
  });
}

function readStart({ historyId, oldestHistoryId }: MailboxTotals, startHistoryId: string): number {
  if (!/^\d{1,15}$/.test(startHistoryId)) {
    throw new AppError('INVALID_INPUT', 'This is no history id.', {
      field: 'startHistoryId',
      expected: 'a decimal number that get_profile, a message or list_changes gave',
      got: startHistoryId,
    });
  }
  const start = Number(startHistoryId);
  if (start >= oldestHistoryId && start <= historyId) return start;
  throw new AppError('NOT_FOUND', `The history of this mailbox does not reach from ${start}.`, {
    field: 'startHistoryId',
    expected: `${oldestHistoryId} to ${historyId}`,
    got: startHistoryId,
    hint: 'Read the messages again, then follow changes from the historyId of get_profile.',
  });
}

function historyRecordOf(entry: HistoryEntry): HistoryRecord {
  const { kind, messageId, threadId, labelIds, labelsAdded, labelsRemoved } = entry;
  // A message that is gone has no labels left to show but in the record of its end.
  const message: ChangedMessage = { id: messageId, threadId, labelIds };
  const id = String(entry.historyId);
  switch (kind) {
    case 'added':
      return { id, messagesAdded: [{ message }] };
    case 'deleted':
      return { id, messagesDeleted: [{ message: { ...message, labelIds: labelsRemoved } }] };
    case 'relabelled':
      if (labelsAdded.length + labelsRemoved.length === 0) return { id, messages: [{ id: messageId, threadId }] };
      return {
        id,
        ...(labelsAdded.length === 0 ? {} : { labelsAdded: [{ message, labelIds: labelsAdded }] }),
        ...(labelsRemoved.length === 0 ? {} : { labelsRemoved: [{ message, labelIds: labelsRemoved }] }),
      };
  }
}

/** Forgets all changes: no history id that was given out so far reaches any more. */
export function forgetHistory(store: MailStore): Promise<void> {
  return store.write(async (rows) => {
    await rows.history.take(1);
    await rows.history.keep(0);
  });
}
