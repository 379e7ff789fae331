import type { MessageCount, MessagePage, SearchRequest } from '../../mail/mailbox.ts';
import type { MessageSummary } from '../../mail/message.ts';
import { asksForSpamOrTrash } from '../../mail/query/query.ts';
import type { Condition } from '../../store/mail/condition.ts';
import type { MailRows, MailStore } from '../../store/mail/mail-store.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { searchBasis, searchCondition, searchScope, type SearchBasis } from './search-condition.ts';

/**
 * A page of the messages that match, newest first by the second they were received in. The pages of a search stay
 * whole while mail arrives and labels change: a page begins after the last message of the page before.
 */
export async function searchMessages(store: MailStore, request: SearchRequest): Promise<MessagePage> {
  const { maxResults, pageToken } = request;
  const scope = searchScope('messages', request);
  const [belowKey = Number.MAX_SAFE_INTEGER] = pageToken === undefined ? [] : decodePageToken(pageToken, scope, 1);
  return store.read(async (rows) => {
    const basis = await searchBasis(rows);
    const condition = searchCondition(basis, request);
    const keys = await rows.search.keys(condition, { belowKey, limit: maxResults + 1 });
    const page = keys.slice(0, maxResults);
    const last = page.at(-1);
    return {
      messages: await summariesOf(rows, page),
      ...(pageToken === undefined ? await countsOf(rows, basis, request, { condition, found: keys.length }) : {}),
      ...(keys.length > maxResults && last !== undefined ? { nextPageToken: encodePageToken([last], scope) } : {}),
      ...(basis.isIndexing ? { isIndexing: true } : {}),
    };
  });
}

/** Messages as lists show them, with the sizes of their threads. */
async function summariesOf(rows: MailRows, keys: readonly number[]): Promise<readonly MessageSummary[]> {
  const messages = await rows.messages.byKeys(keys);
  return messages.map(({ summary, threadMessages }) => ({ ...summary, threadMessages }));
}

/** Messages that are looked at for a count where no index leads to the matches: about a millisecond. */
const mostLookedForCounts = 3000;

/** How many match `condition`, and how many more in spam and trash; `found` are the hits of the first page and one. */
async function countsOf(
  rows: MailRows,
  basis: SearchBasis,
  request: SearchRequest,
  { condition, found }: { readonly condition: Condition; readonly found: number },
): Promise<Pick<MessagePage, 'total' | 'leftOut'>> {
  const { countUpTo, query, includeSpamTrash, maxResults } = request;
  if (countUpTo === undefined) return {};
  const count = async (wanted: Condition): Promise<MessageCount | undefined> => {
    const counted = await rows.search.count(wanted, { limit: countUpTo + 1, mostLooked: mostLookedForCounts });
    return counted === undefined ? undefined : { count: Math.min(counted, countUpTo), isMore: counted > countUpTo };
  };
  const total = found <= maxResults ? { count: found, isMore: false } : await count(condition);
  const known = total === undefined ? {} : { total };
  if (includeSpamTrash || query.kind === 'all' || asksForSpamOrTrash(query)) return known;
  const spamOrTrash = {
    kind: 'or',
    nodes: ['SPAM', 'TRASH'].map((label) => ({ kind: 'label', label }) as const),
  } as const;
  const hidden = searchCondition(basis, { query: { kind: 'and', nodes: [query, spamOrTrash] }, includeSpamTrash });
  const leftOut = await count(hidden);
  return { ...known, ...(leftOut === undefined || leftOut.count === 0 ? {} : { leftOut }) };
}
