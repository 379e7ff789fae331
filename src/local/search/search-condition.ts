import type { SearchRequest } from '../../mail/mailbox.ts';
import { asksForSpamOrTrash } from '../../mail/query/query.ts';
import type { QueryNode } from '../../mail/query/query.ts';
import type { Condition } from '../../store/mail/condition.ts';
import type { LabelRow } from '../../store/mail/label-rows.ts';
import type { MailRows } from '../../store/mail/mail-store.ts';
import { tokenizeAsStoredBefore, tokenizeText } from '../../mail/text/tokenize-text.ts';
import { readContentState } from '../upkeep/content-state.ts';
import { resolveQuery } from './resolve-query.ts';

const withoutSpamAndTrash: QueryNode = {
  kind: 'not',
  node: {
    kind: 'or',
    nodes: [
      { kind: 'label', label: 'SPAM' },
      { kind: 'label', label: 'TRASH' },
    ],
  },
};

type Search = Pick<SearchRequest, 'query' | 'includeSpamTrash'>;

/** What a mailbox is searched by: read once for a search, however many conditions it asks. */
export interface SearchBasis {
  readonly labels: readonly LabelRow[];
  /** Whether some messages are still stored as an older version did. */
  readonly isIndexing: boolean;
}

/** Reads the basis of a search. */
export async function searchBasis(rows: MailRows): Promise<SearchBasis> {
  const [labels, state] = await Promise.all([rows.labels.list(), readContentState(rows)]);
  return { labels, isIndexing: state !== 'all' };
}

/**
 * What a search asks for, resolved: without spam and trash unless they are asked for. While messages are still stored as an
 * older version did, words are looked for in both ways.
 */
export function searchCondition({ labels, isIndexing }: SearchBasis, { query, includeSpamTrash }: Search): Condition {
  const isWide = includeSpamTrash || asksForSpamOrTrash(query);
  const tokenizers = isIndexing ? [tokenizeText, tokenizeAsStoredBefore] : [tokenizeText];
  return resolveQuery(isWide ? query : { kind: 'and', nodes: [query, withoutSpamAndTrash] }, labels, tokenizers);
}
