import { digestOf, foreignPageToken, type PageScope } from '../../mail/page-scope.ts';

/** Places in a list as a text for the caller: a token fits only its own list. */
export function encodePageToken(places: readonly number[], scope: PageScope): string {
  return `${places.map((place) => place.toString(36)).join('.')}.${digestOf(scope)}`;
}

/** The `count` places that {@link encodePageToken} was given. Throws `INVALID_INPUT` for a token of another list. */
export function decodePageToken(token: string, scope: PageScope, count: number): readonly number[] {
  const parts = token.split('.');
  const digest = parts.pop();
  const isWhole = parts.length === count && parts.every((part) => /^[\da-z]{1,11}$/.test(part));
  if (isWhole && digest === digestOf(scope)) return parts.map((part) => Number.parseInt(part, 36));
  throw foreignPageToken(token);
}
