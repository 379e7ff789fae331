import { hash } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import type { SearchRequest } from './mailbox.ts';

/** What a page token belongs to: one list of one account. */
export interface PageScope {
  readonly account: string;
  readonly list: string;
}

/**
 * The scope of a search. The dates of the query do not count: those of `newer_than:7d` move with the clock from page to page.
 */
export function searchScope(
  account: string,
  kind: 'messages' | 'threads',
  { query, includeSpamTrash }: Pick<SearchRequest, 'query' | 'includeSpamTrash'>,
): PageScope {
  const shape = JSON.stringify(query, (key, value: unknown) => (key === 'fromMs' || key === 'beforeMs' ? 0 : value));
  return { account, list: `${kind} ${includeSpamTrash} ${shape}` };
}

/** What a token holds of its scope, and of what else it stands for, so that it fits no other. */
export function digestOf({ account, list }: PageScope, ...more: readonly string[]): string {
  return hash('sha256', [account, list, ...more].join(' '), 'base64url').slice(0, 12);
}

/** The `INVALID_INPUT` of a token of another list, or of none. */
export function foreignPageToken(token: string): AppError {
  return new AppError('INVALID_INPUT', 'This page token does not belong to this list.', {
    field: 'pageToken',
    expected: 'the nextPageToken of the page before, with the same query and account',
    got: token.slice(0, 64),
    hint: 'Ask without a page token to begin again.',
  });
}
