import { askersSignal } from '../../core/context.ts';
import type { MessageCount, MessagePage, SearchRequest } from '../../mail/mailbox.ts';
import type { MessageSummary } from '../../mail/message.ts';
import { asksForSpamOrTrash, type QueryNode } from '../../mail/query/query.ts';
import { searchScope } from '../../mail/page-scope.ts';
import type { Condition } from '../../store/mail/condition.ts';
import type { MailRows, MailStore } from '../../store/mail/mail-store.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { searchBasis, searchCondition, type SearchBasis } from './search-condition.ts';

/**
 * A page of the messages that match, newest first by the second they were received in. The pages of a search stay
 * whole while mail arrives and labels change: a page begins after the last message of the page before.
 */
export async function searchMessages(store: MailStore, owner: string, request: SearchRequest): Promise<MessagePage> {
  const { maxResults, pageToken, countUpTo } = request;
  const scope = searchScope(owner, 'messages', request);
  const [belowKey = Number.MAX_SAFE_INTEGER] = pageToken === undefined ? [] : decodePageToken(pageToken, scope, 1);
  return store.read(async (rows) => {
    const basis = await searchBasis(rows);
    const condition = searchCondition(basis, request);
    const limit = maxResults + 1;
    const { keys, ...counts } =
      pageToken === undefined && countUpTo !== undefined
        ? await countedKeys(rows, basis, condition, { ...request, countUpTo })
        : { keys: await rows.search.keys(condition, { belowKey, limit }) };
    const page = keys.slice(0, maxResults);
    const last = page.at(-1);
    return {
      messages: await summariesOf(rows, page),
      ...counts,
      ...(keys.length > maxResults && last !== undefined ? { nextPageToken: encodePageToken([last], scope) } : {}),
      ...(basis.isIndexing ? { isIndexing: true } : {}),
    };
  }, askersSignal());
}

/** Messages as lists show them, with the sizes of their threads. */
async function summariesOf(rows: MailRows, keys: readonly number[]): Promise<readonly MessageSummary[]> {
  const messages = await rows.messages.byKeys(keys);
  return messages.map(({ summary, threadMessages }) => ({ ...summary, threadMessages }));
}

/** Messages that are looked at for a count where no index leads to the matches: a millisecond at most. */
const mostLookedForCounts = 3000;

const spamOrTrash: QueryNode = {
  kind: 'or',
  nodes: [
    { kind: 'label', label: 'SPAM' },
    { kind: 'label', label: 'TRASH' },
  ],
};

/** The keys of a first page and one more, with how many match, and how many more in spam and trash. */
async function countedKeys(
  rows: MailRows,
  basis: SearchBasis,
  condition: Condition,
  { countUpTo, query, includeSpamTrash, maxResults }: SearchRequest & { readonly countUpTo: number },
): Promise<Pick<MessagePage, 'total' | 'leftOut'> & { readonly keys: readonly number[] }> {
  const isWide = includeSpamTrash || query.kind === 'all' || asksForSpamOrTrash(query);
  const hidden: QueryNode = { kind: 'and', nodes: [query, spamOrTrash] };
  const { keys, total, besides } = await rows.search.countedKeys(condition, {
    limit: maxResults + 1,
    count: { limit: countUpTo + 1, mostLooked: mostLookedForCounts },
    ...(isWide ? {} : { besides: searchCondition(basis, { query: hidden, includeSpamTrash }) }),
  });
  const upToBound = (count: number): MessageCount => ({ count: Math.min(count, countUpTo), isMore: count > countUpTo });
  return {
    keys,
    ...(total === undefined ? {} : { total: upToBound(total) }),
    ...(besides === undefined || besides === 0 ? {} : { leftOut: upToBound(besides) }),
  };
}
