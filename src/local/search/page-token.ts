import { hash } from 'node:crypto';
import { AppError } from '../../core/errors.ts';

function digestOf(scope: string): string {
  return hash('sha256', scope, 'base64url').slice(0, 12);
}

/** Places in a list as a text for the caller. `scope` tells the list from others: a token fits only its own. */
export function encodePageToken(places: readonly number[], scope: string): string {
  return `${places.map((place) => place.toString(36)).join('.')}.${digestOf(scope)}`;
}

/** The `count` places that {@link encodePageToken} was given. Throws `INVALID_INPUT` for a token of another list. */
export function decodePageToken(token: string, scope: string, count: number): readonly number[] {
  const parts = token.split('.');
  const digest = parts.pop();
  const isWhole = parts.length === count && parts.every((part) => /^[\da-z]{1,11}$/.test(part));
  if (isWhole && digest === digestOf(scope)) return parts.map((part) => Number.parseInt(part, 36));
  throw new AppError('INVALID_INPUT', 'This page token does not belong to this list.', {
    field: 'pageToken',
    expected: 'the nextPageToken of the page before, with the same query and account',
    got: token.slice(0, 64),
    hint: 'Ask without a page token to begin again.',
  });
}
