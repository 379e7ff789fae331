import { digestOf, foreignPageToken, type PageScope } from '../../mail/page-scope.ts';

/** Google's page token as a text for the caller: a token fits only its own list. */
export function wrapPageToken(token: string, scope: PageScope): string {
  return `${Buffer.from(token).toString('base64url')}.${digestOf(scope, token)}`;
}

/** The token that {@link wrapPageToken} was given. Throws `INVALID_INPUT` for a token of another list. */
export function unwrapPageToken(wrapped: string, scope: PageScope): string {
  const [, encoded, digest] = /^([\w-]{1,500})\.([\w-]{12})$/.exec(wrapped) ?? [];
  const token = Buffer.from(encoded ?? '', 'base64url').toString();
  if (encoded !== undefined && digest === digestOf(scope, token)) return token;
  throw foreignPageToken(wrapped);
}
