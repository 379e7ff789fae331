import { gmailScopes, type GmailMethod } from '../../mail/gmail-methods.ts';
import { failedPrecondition } from './google-errors.ts';
import type { AccessToken, Authority } from '../oauth/authority.ts';
import { forbidden, invalidToken, keyIsNoToken, missingScope, missingToken } from './server-errors.ts';

/** Delegation is for service accounts even where it is only read. */
const delegateMethods = 'gmail.users.settings.delegates.';

/** Whom a call is let in for. */
export interface Authorized {
  /** In lower case. */
  readonly emailAddress: string;
  /** Whether the token may see no more than labels and headers. */
  readonly isMetadataOnly: boolean;
}

/**
 * Whose mailbox a call is for. Throws `GoogleError` as Gmail does: 401 without a good token, 403 for
 * somebody else's mailbox, for a scope that is missing, and for what the metadata scope or a person's login may not do.
 */
export function authorizeCall(
  authority: Authority,
  method: GmailMethod,
  userId: string,
  query: URLSearchParams,
  authorization: string | undefined,
): Authorized {
  const access = accessOf(authority, query, authorization);
  const { emailAddress, kind } = access.grant;
  if (emailAddress === undefined) throw failedPrecondition();
  if (userId !== 'me' && userId.toLowerCase() !== emailAddress) {
    throw forbidden(`Delegation denied for ${emailAddress}`);
  }
  if (!method.scopes.some((scope) => access.scopes.includes(scope))) throw missingScope(method);
  if (kind !== 'serviceAccount' && isForServiceAccounts(method)) {
    throw forbidden('Access restricted to service accounts that have been delegated domain-wide authority');
  }
  const isMetadataOnly = access.scopes.includes(gmailScopes.metadata);
  if (isMetadataOnly) refuseContent(method, query);
  return { emailAddress, isMetadataOnly };
}

/** The token of an `Authorization` header (RFC 6750, 2.1), or undefined. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

function accessOf(authority: Authority, query: URLSearchParams, authorization: string | undefined): AccessToken {
  const token = bearerToken(authorization) ?? query.get('access_token') ?? query.get('oauth_token');
  if (token === null) {
    if (authorization !== undefined) throw invalidToken();
    throw query.has('key') ? keyIsNoToken() : missingToken();
  }
  const access = authority.accept(token);
  if (access === undefined) throw invalidToken();
  return access;
}

function isForServiceAccounts({ id, scopes }: GmailMethod): boolean {
  return id.startsWith(delegateMethods) || scopes.every((scope) => scope === gmailScopes.settingsSharing);
}

/** A token with this scope is held to headers, whatever other scopes it has. */
function refuseContent({ id }: GmailMethod, query: URLSearchParams): void {
  if (query.has('q')) throw forbidden("Metadata scope does not support 'q' parameter");
  if (id !== 'gmail.users.messages.get' && id !== 'gmail.users.threads.get') return;
  const format = (query.get('format') ?? 'full').toUpperCase();
  if (format === 'FULL' || format === 'RAW') throw forbidden(`Metadata scope doesn't allow format ${format}`);
}
