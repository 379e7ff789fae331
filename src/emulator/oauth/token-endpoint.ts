import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../http/http-answer.ts';
import { jsonAnswer } from '../http/http-answer.ts';
import type { AccessToken, Authority, Grant, PendingCode } from './authority.ts';
import { OAuthError, oauthErrorAnswer } from './oauth-error.ts';
import type { ServiceAccounts } from './service-accounts.ts';

/** What the token endpoint works with. */
export interface TokenEndpoint {
  readonly authority: Authority;
  readonly serviceAccounts: ServiceAccounts;
  readonly nowMs: () => number;
  /** Told of every access token that was given for a refresh token or an assertion. */
  readonly onRefresh: (grant: Grant) => void;
}

const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** `POST /token` (RFC 6749, 4.1.3 and 6; RFC 7523): the answer, errors included. */
export function answerToken(
  endpoint: TokenEndpoint,
  form: URLSearchParams,
  authorization: string | undefined,
): HttpAnswer {
  try {
    const grantType = form.get('grant_type') ?? '';
    switch (grantType) {
      case 'authorization_code':
        return exchangeCode(endpoint, form, clientOf(endpoint, form, authorization));
      case 'refresh_token':
        return refresh(endpoint, form, clientOf(endpoint, form, authorization));
      case assertionGrant:
        return acceptAssertion(endpoint, form);
      default:
        throw new OAuthError(400, 'unsupported_grant_type', `Invalid grant_type: ${grantType}`);
    }
  } catch (error) {
    if (error instanceof OAuthError) return oauthErrorAnswer(error);
    throw error;
  }
}

/** Checks the client's own credentials, which come in the body or as HTTP Basic, and answers its id. */
function clientOf({ authority }: TokenEndpoint, form: URLSearchParams, authorization: string | undefined): string {
  const basic = /^basic (.+)$/i.exec(authorization ?? '')?.[1];
  const [basicId, basicSecret] =
    basic === undefined ? [] : Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
  const clientId = basicId ?? form.get('client_id');
  const clientSecret = basicSecret ?? form.get('client_secret');
  if (clientId === null || clientId === '') {
    throw new OAuthError(400, 'invalid_request', 'Could not determine client ID from request.');
  }
  const client = authority.client(clientId);
  if (client === undefined) throw new OAuthError(401, 'invalid_client', 'The OAuth client was not found.');
  if (clientSecret === null || clientSecret === '') {
    throw new OAuthError(400, 'invalid_request', 'client_secret is missing.');
  }
  if (clientSecret !== client.clientSecret) {
    throw new OAuthError(401, 'invalid_client', 'The provided client secret is invalid.');
  }
  return clientId;
}

function exchangeCode({ authority, nowMs }: TokenEndpoint, form: URLSearchParams, clientId: string): HttpAnswer {
  const code = form.get('code');
  if (code === null || code === '') throw new OAuthError(400, 'invalid_request', 'Missing required parameter: code');
  const pending = authority.takeCode(code);
  if (pending === undefined) throw new OAuthError(400, 'invalid_grant', 'Malformed auth code.');
  if (pending.clientId !== clientId) throw new OAuthError(401, 'unauthorized_client', 'Unauthorized');
  if (pending.redirectUri !== form.get('redirect_uri')) {
    throw new OAuthError(400, 'redirect_uri_mismatch', 'Bad Request');
  }
  checkVerifier(pending, form.get('code_verifier'));
  const { emailAddress, scopes, isOffline, forcesConsent } = pending;
  // Google gives another refresh token only where the person was asked again.
  const givesRefreshToken = isOffline && (forcesConsent || !authority.hasConsent(emailAddress, clientId));
  const grant = authority.grant({ emailAddress, clientId, kind: 'oauth', scopes, isOffline: givesRefreshToken });
  const { refreshToken, refreshExpiresMs } = grant;
  const secondsLeft = refreshExpiresMs === undefined ? undefined : Math.ceil((refreshExpiresMs - nowMs()) / 1000) - 1;
  return tokenAnswer(authority.issueAccessToken(grant), nowMs(), {
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(refreshToken === undefined || secondsLeft === undefined ? {} : { refresh_token_expires_in: secondsLeft }),
  });
}

function checkVerifier({ challenge }: PendingCode, verifier: string | null): void {
  if (challenge === undefined) return;
  if (verifier === null || verifier === '') throw new OAuthError(400, 'invalid_grant', 'Missing code verifier.');
  const value = challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  if (value !== challenge.value) throw new OAuthError(400, 'invalid_grant', 'Invalid code verifier.');
}

function refresh({ authority, nowMs, onRefresh }: TokenEndpoint, form: URLSearchParams, clientId: string): HttpAnswer {
  const refreshToken = form.get('refresh_token');
  if (refreshToken === null || refreshToken === '') {
    throw new OAuthError(400, 'invalid_request', 'Missing required parameter: refresh_token');
  }
  const grant = authority.refreshable(refreshToken);
  if (grant.clientId !== clientId) throw new OAuthError(401, 'unauthorized_client', 'Unauthorized');
  const wanted = wordsOf(form.get('scope'));
  if (wanted.some((scope) => !grant.scopes.includes(scope))) {
    throw new OAuthError(400, 'invalid_scope', 'Some requested scopes were invalid.');
  }
  onRefresh(grant);
  const access = authority.issueAccessToken(grant, wanted.length === 0 ? grant.scopes : wanted);
  const { refreshExpiresMs } = grant;
  return tokenAnswer(
    access,
    nowMs(),
    refreshExpiresMs === undefined
      ? {}
      : { refresh_token_expires_in: Math.max(0, Math.ceil((refreshExpiresMs - nowMs()) / 1000) - 1) },
  );
}

function acceptAssertion(endpoint: TokenEndpoint, form: URLSearchParams): HttpAnswer {
  const { authority, serviceAccounts, nowMs, onRefresh } = endpoint;
  const assertion = form.get('assertion');
  if (assertion === null || assertion === '') {
    throw new OAuthError(400, 'invalid_request', 'Missing required parameter: assertion');
  }
  const { clientEmail, emailAddress, scopes } = serviceAccounts.verify(assertion, nowMs());
  const facts = { emailAddress, clientId: clientEmail, kind: 'serviceAccount', scopes } as const;
  const same = authority
    .grants()
    .find(
      (grant) =>
        grant.kind === facts.kind &&
        grant.death === undefined &&
        grant.clientId === clientEmail &&
        grant.emailAddress === emailAddress &&
        grant.scopes.join(' ') === scopes.join(' '),
    );
  const grant = same ?? authority.grant({ ...facts, isOffline: false });
  onRefresh(grant);
  return tokenAnswer(authority.issueAccessToken(grant), nowMs());
}

/** Google promises a second less than the token has (3599 of 3600). */
function tokenAnswer(
  { token, scopes, expiresMs }: AccessToken,
  nowMs: number,
  more: Readonly<Record<string, unknown>> = {},
): HttpAnswer {
  return jsonAnswer(
    200,
    {
      access_token: token,
      expires_in: Math.max(1, Math.ceil((expiresMs - nowMs) / 1000) - 1),
      ...more,
      scope: scopes.join(' '),
      token_type: 'Bearer',
    },
    { headers: { 'cache-control': 'no-cache, no-store, max-age=0, must-revalidate', pragma: 'no-cache' } },
  );
}

/** `POST /revoke`: the token's whole grant dies, whichever of its tokens it is. */
export function answerRevoke(authority: Authority, token: string | null): HttpAnswer {
  if (token === null || token === '') {
    return oauthErrorAnswer(new OAuthError(400, 'invalid_request', 'Missing required parameter: token'));
  }
  if (authority.revoke(token)) return jsonAnswer(200, {});
  return oauthErrorAnswer(new OAuthError(400, 'invalid_token', 'Token expired or revoked'));
}

/** `GET /tokeninfo`: what an access token is good for. */
export function answerTokenInfo(authority: Authority, token: string | null, nowMs: number): HttpAnswer {
  const access = token === null ? undefined : authority.accept(token);
  if (access === undefined) return oauthErrorAnswer(new OAuthError(400, 'invalid_token', 'Invalid Value'));
  const { grant, scopes, expiresMs } = access;
  return jsonAnswer(200, {
    azp: grant.clientId,
    aud: grant.clientId,
    scope: scopes.join(' '),
    exp: String(Math.floor(expiresMs / 1000)),
    expires_in: String(Math.floor((expiresMs - nowMs) / 1000)),
    ...(grant.emailAddress === undefined ? {} : { email: grant.emailAddress, email_verified: 'true' }),
    access_type: grant.refreshToken === undefined ? 'online' : 'offline',
  });
}

/** Words separated by spaces, each once. */
export function wordsOf(text: string | null): readonly string[] {
  return [...new Set((text ?? '').split(' ').filter((word) => word !== ''))];
}
