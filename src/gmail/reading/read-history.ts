import { AppError } from '../../core/errors.ts';
import type { HistoryPage, HistoryRecord, PageRequest } from '../../mail/mailbox.ts';
import type { ApiHistoryRecord } from '../client/api-schemas.ts';
import { apiHistory } from '../client/api-schemas.ts';
import { ask, orNotFound } from '../client/ask.ts';
import type { GmailContext } from './gmail-context.ts';
import { userId } from './gmail-context.ts';
import { unwrapPageToken, wrapPageToken } from './page-token.ts';

/** A page of changes; see `MailboxReader.listHistory`. Always asked of Gmail. */
export async function listHistory(
  { client, emailAddress }: GmailContext,
  { startHistoryId, maxResults, pageToken }: PageRequest & { readonly startHistoryId: string },
): Promise<HistoryPage> {
  checkHistoryId(startHistoryId);
  const scope = { account: emailAddress, list: `history ${startHistoryId}` };
  const place = pageToken === undefined ? {} : { pageToken: unwrapPageToken(pageToken, scope) };
  const request = ask(apiHistory, client.users.history.list({ userId, startHistoryId, maxResults, ...place }));
  const { history, historyId, nextPageToken } = await orNotFound(request, () => outOfReach(startHistoryId));
  return {
    history: history.map(recordOf),
    // An answer without anything says that nothing has changed.
    historyId: historyId ?? startHistoryId,
    ...(nextPageToken === undefined ? {} : { nextPageToken: wrapPageToken(nextPageToken, scope) }),
  };
}

function checkHistoryId(startHistoryId: string): void {
  if (/^\d{1,20}$/.test(startHistoryId)) return;
  throw new AppError('INVALID_INPUT', 'This is no history id.', {
    field: 'startHistoryId',
    expected: 'a decimal number that get_profile, a message or list_changes gave',
    got: startHistoryId.slice(0, 64),
  });
}

function outOfReach(startHistoryId: string): AppError {
  return new AppError('NOT_FOUND', `Gmail's history of this mailbox does not reach from ${startHistoryId}.`, {
    field: 'startHistoryId',
    got: startHistoryId,
    hint: 'Read the messages again, then follow changes from the historyId of get_profile.',
  });
}

/** A record of Google's as the mailbox interface has it. */
export function recordOf(record: ApiHistoryRecord): HistoryRecord {
  const { id, messages, messagesAdded, messagesDeleted, labelsAdded, labelsRemoved } = record;
  const isSilent = [messagesAdded, messagesDeleted, labelsAdded, labelsRemoved].every((list) => list === undefined);
  return {
    id,
    ...(isSilent && messages !== undefined ? { messages } : {}),
    ...(messagesAdded === undefined ? {} : { messagesAdded }),
    ...(messagesDeleted === undefined ? {} : { messagesDeleted }),
    ...(labelsAdded === undefined ? {} : { labelsAdded }),
    ...(labelsRemoved === undefined ? {} : { labelsRemoved }),
  };
}
