import type { Database } from '../../store/sqlite/database.ts';
import type { MessagePage, SearchRequest } from '../../mail/mailbox.ts';
import { findKeys } from './find-keys.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { readSummaries } from '../reading/read-messages.ts';
import { searchCondition, searchScope } from './search-condition.ts';

/**
 * A page of the messages that match, newest first by the second they were received in. The pages of a search stay
 * whole while mail arrives and labels change: a page begins after the last message of the page before.
 */
export function searchMessages(mailbox: Database, request: SearchRequest): MessagePage {
  const { maxResults, pageToken } = request;
  const scope = searchScope('messages', request);
  const [beforeKey = Number.MAX_SAFE_INTEGER] = pageToken === undefined ? [] : decodePageToken(pageToken, scope, 1);
  return mailbox.read(() => {
    const keys = findKeys(mailbox, searchCondition(mailbox, request), beforeKey, maxResults + 1);
    const page = keys.slice(0, maxResults);
    const last = page.at(-1);
    return {
      messages: readSummaries(mailbox, page),
      ...(keys.length > maxResults && last !== undefined ? { nextPageToken: encodePageToken([last], scope) } : {}),
    };
  });
}
