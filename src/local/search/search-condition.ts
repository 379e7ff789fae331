import type { Database } from '../../store/sqlite/database.ts';
import type { SearchRequest } from '../../mail/mailbox.ts';
import { asksForSpamOrTrash } from '../../mail/query/query.ts';
import type { QueryNode } from '../../mail/query/query.ts';
import type { Condition } from './condition.ts';
import { readFacts } from '../reading/mailbox-facts.ts';
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

/** What a search asks for, resolved: without spam and trash unless they are asked for. Runs inside a transaction. */
export function searchCondition(mailbox: Database, { query, includeSpamTrash }: Search): Condition {
  const isWide = includeSpamTrash || asksForSpamOrTrash(query);
  return resolveQuery(isWide ? query : { kind: 'and', nodes: [query, withoutSpamAndTrash] }, readFacts(mailbox));
}

/**
 * What a page token belongs to. The dates of the query do not count: those of `newer_than:7d` move with the clock
 * from page to page.
 */
export function searchScope(list: 'messages' | 'threads', { query, includeSpamTrash }: Search): string {
  const shape = JSON.stringify(query, (key, value: unknown) => (key === 'fromMs' || key === 'beforeMs' ? 0 : value));
  return `${list} ${includeSpamTrash} ${shape}`;
}
