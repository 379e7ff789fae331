import { hash } from 'node:crypto';
import { AppError } from '../core/errors.ts';

function digestOf(scope: string): string {
  return hash('sha256', scope, 'base64url').slice(0, 12);
}

/** A place in a list as a text for the caller. `scope` tells the list from others: a token fits only its own. */
export function encodePageToken(place: number, scope: string): string {
  return `${place.toString(36)}.${digestOf(scope)}`;
}

/** The place that {@link encodePageToken} was given. Throws `INVALID_INPUT` for a token of another list. */
export function decodePageToken(token: string, scope: string): number {
  const [, place, digest] = /^([\da-z]{1,11})\.([\w-]{12})$/.exec(token) ?? [];
  if (place !== undefined && digest === digestOf(scope)) return Number.parseInt(place, 36);
  throw new AppError('INVALID_INPUT', 'This page token does not belong to this list.', {
    field: 'pageToken',
    expected: 'the nextPageToken of the page before, with the same query',
    got: token.slice(0, 64),
    hint: 'Ask without a page token to begin again.',
  });
}
