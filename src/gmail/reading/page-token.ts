import { hash } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { SearchRequest } from '../../mail/mailbox.ts';

function digestOf(scope: string): string {
  return hash('sha256', scope, 'base64url').slice(0, 12);
}

/** Google's page token as a text for the caller. `scope` tells the list from others: a token fits only its own. */
export function wrapPageToken(token: string, scope: string): string {
  return `${Buffer.from(token).toString('base64url')}.${digestOf(`${scope} ${token}`)}`;
}

/** The token that {@link wrapPageToken} was given. Throws `INVALID_INPUT` for a token of another list. */
export function unwrapPageToken(wrapped: string, scope: string): string {
  const [, encoded, digest] = /^([\w-]{1,500})\.([\w-]{12})$/.exec(wrapped) ?? [];
  const token = Buffer.from(encoded ?? '', 'base64url').toString();
  if (encoded !== undefined && digest === digestOf(`${scope} ${token}`)) return token;
  throw new AppError('INVALID_INPUT', 'This page token does not belong to this list.', {
    field: 'pageToken',
    expected: 'the nextPageToken of the page before, with the same query and account',
    got: wrapped.slice(0, 64),
    hint: 'Ask without a page token to begin again.',
  });
}

/**
 * What a page token of a search belongs to. The dates of the query do not count: those of `newer_than:7d` move with the
 * clock from page to page.
 */
export function searchScope(kind: 'messages' | 'threads', { query, includeSpamTrash }: SearchRequest): string {
  const shape = JSON.stringify(query, (key, value: unknown) => (key === 'fromMs' || key === 'beforeMs' ? 0 : value));
  return `${kind} ${includeSpamTrash} ${shape}`;
}
