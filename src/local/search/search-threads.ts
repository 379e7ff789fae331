import { askersSignal } from '../../core/context.ts';
import type { SearchRequest, ThreadPage } from '../../mail/mailbox.ts';
import { searchScope } from '../../mail/page-scope.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import { readThreadSummaries } from '../reading/read-messages.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { searchBasis, searchCondition } from './search-condition.ts';

/**
 * A page of the threads of which a message matches, the one with the newest match first. Mail that arrives between two
 * pages moves no thread: the later pages go by what was there when the first was asked for.
 */
export async function searchThreads(store: MailStore, owner: string, request: SearchRequest): Promise<ThreadPage> {
  const { maxResults, pageToken } = request;
  const scope = searchScope(owner, 'threads', request);
  const places = pageToken === undefined ? undefined : decodePageToken(pageToken, scope, 2);
  return store.read(async (rows) => {
    const [newest, basis] = await Promise.all([places === undefined ? rows.search.newestKey() : 0, searchBasis(rows)]);
    const [belowKey = newest + 1, newestKey = newest] = places ?? [];
    const condition = searchCondition(basis, request);
    const found = await rows.search.threads(condition, { newestKey, belowKey, limit: maxResults + 1 });
    const page = found.slice(0, maxResults);
    const last = page.at(-1);
    const threadKeys = page.map(({ threadKey }) => threadKey);
    return {
      threads: await readThreadSummaries(rows, threadKeys),
      ...(found.length > maxResults && last !== undefined
        ? { nextPageToken: encodePageToken([last.messageKey, newestKey], scope) }
        : {}),
      ...(basis.isIndexing ? { isIndexing: true } : {}),
    };
  }, askersSignal());
}
