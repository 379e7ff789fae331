import type { MessagePage, SearchRequest } from '../../mail/mailbox.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { searchCondition, searchScope } from './search-condition.ts';

/**
 * A page of the messages that match, newest first by the second they were received in. The pages of a search stay
 * whole while mail arrives and labels change: a page begins after the last message of the page before.
 */
export async function searchMessages(store: MailStore, request: SearchRequest): Promise<MessagePage> {
  const { maxResults, pageToken } = request;
  const scope = searchScope('messages', request);
  const [belowKey = Number.MAX_SAFE_INTEGER] = pageToken === undefined ? [] : decodePageToken(pageToken, scope, 1);
  return store.read(async (rows) => {
    const keys = await rows.search.keys(await searchCondition(rows, request), { belowKey, limit: maxResults + 1 });
    const page = keys.slice(0, maxResults);
    const last = page.at(-1);
    return {
      messages: (await rows.messages.byKeys(page)).map(({ summary }) => summary),
      ...(keys.length > maxResults && last !== undefined ? { nextPageToken: encodePageToken([last], scope) } : {}),
    };
  });
}
