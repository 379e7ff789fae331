import { randomBytes, randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { EmulatorSettings } from '../control/settings.ts';
import { OAuthError } from './oauth-error.ts';

/** A desktop client as Google Cloud registers it. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Somebody's consent, or a service account's delegation: what tokens are issued under. */
export interface Grant {
  readonly id: string;
  /** Undefined for a service account that acts for nobody: it has no mailbox. */
  readonly emailAddress: string | undefined;
  readonly clientId: string;
  readonly kind: 'oauth' | 'serviceAccount';
  readonly scopes: readonly string[];
  /** Undefined without `access_type=offline`. */
  readonly refreshToken: string | undefined;
  /** When the refresh token dies by itself. */
  readonly refreshExpiresMs: number | undefined;
  /** Why it is dead; undefined while it lives. */
  readonly death: GrantDeath | undefined;
}

/** How Google answers the refresh of a dead grant: revoked or expired, or a Workspace session that has run out. */
export type GrantDeath = 'revoked' | 'invalid_rapt';

/** An access token that was accepted. */
export interface AccessToken {
  readonly token: string;
  readonly grant: Grant;
  readonly scopes: readonly string[];
  readonly expiresMs: number;
}

/** Consent that waits for its code to be exchanged. */
export interface PendingCode {
  readonly emailAddress: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly isOffline: boolean;
  readonly forcesConsent: boolean;
  readonly challenge: { readonly method: 'S256' | 'plain'; readonly value: string } | undefined;
}

/** Who holds what: clients, grants, codes and access tokens. */
export interface Authority {
  readonly client: (clientId: string) => OAuthClient | undefined;
  /**
   * Makes a grant; `isOffline` gives it a refresh token, this one or a new one; the oldest of more than 100 of its user and
   * client dies.
   */
  readonly grant: (
    facts: Pick<Grant, 'emailAddress' | 'clientId' | 'kind' | 'scopes'> & {
      readonly isOffline: boolean;
      readonly refreshToken?: string | undefined;
    },
  ) => Grant;
  readonly grants: () => readonly Grant[];
  /** Whether this user has let this client in before and it still may. */
  readonly hasConsent: (emailAddress: string, clientId: string) => boolean;
  /** A new access token; `scopes` may be fewer than the grant's. */
  readonly issueAccessToken: (grant: Grant, scopes?: readonly string[], lifeSeconds?: number) => AccessToken;
  readonly issueCode: (pending: PendingCode) => string;
  /** Takes the code, which is good once and for ten minutes. */
  readonly takeCode: (code: string) => PendingCode | undefined;
  /** The token if it is good now. */
  readonly accept: (accessToken: string) => AccessToken | undefined;
  /** The live grant of a refresh token. Throws `OAuthError` (`invalid_grant`) in Google's words for any other. */
  readonly refreshable: (refreshToken: string) => Grant;
  /** What `/revoke` does: every grant of that user and client dies. Answers whether the token was good. */
  readonly revoke: (token: string) => boolean;
  /**
   * Lets a grant die. Its access tokens die with a revoked one, and stay good while only the session has run out. Throws
   * `NOT_FOUND`.
   */
  readonly kill: (grantId: string, death: GrantDeath) => void;
  /** Ends the life of every access token of a user, or of all users. */
  readonly expireAccessTokens: (emailAddress?: string) => void;
}

const codeLifeMs = 600_000;
/** Google's limit of live refresh tokens for one user and client; the oldest dies without a word. */
const mostRefreshTokens = 100;

/** Makes an authority that knows one client. */
export function createAuthority(client: OAuthClient, settings: () => EmulatorSettings, nowMs: () => number): Authority {
  const grants = new Map<string, Grant>();
  const accessTokens = new Map<string, AccessToken>();
  const codes = new Map<string, { readonly pending: PendingCode; readonly expiresMs: number }>();

  const isLive = (grant: Grant): boolean =>
    grant.death === undefined && (grant.refreshExpiresMs === undefined || grant.refreshExpiresMs > nowMs());

  function siblings({ emailAddress, clientId }: Pick<Grant, 'emailAddress' | 'clientId'>): readonly Grant[] {
    return [...grants.values()].filter(
      (other) => other.emailAddress === emailAddress && other.clientId === clientId && isLive(other),
    );
  }

  function kill(grantId: string, death: GrantDeath): void {
    const grant = grants.get(grantId);
    if (grant === undefined) throw new AppError('NOT_FOUND', `There is no grant ${grantId}.`, { field: 'grantId' });
    grants.set(grantId, { ...grant, death });
    if (death !== 'revoked') return;
    for (const [token, access] of accessTokens) if (access.grant.id === grantId) accessTokens.delete(token);
  }

  function accept(accessToken: string): AccessToken | undefined {
    const access = accessTokens.get(accessToken);
    return access !== undefined && access.expiresMs > nowMs() ? access : undefined;
  }

  return {
    client: (clientId) => (clientId === client.clientId ? client : undefined),
    grant({ isOffline, refreshToken = `1//0${secret(72)}`, ...facts }) {
      const { refreshTokenSeconds } = settings();
      const grant: Grant = {
        ...facts,
        id: randomUUID(),
        refreshToken: isOffline ? refreshToken : undefined,
        refreshExpiresMs: refreshTokenSeconds === null ? undefined : nowMs() + refreshTokenSeconds * 1000,
        death: undefined,
      };
      grants.set(grant.id, grant);
      const offline = siblings(grant).filter(({ refreshToken }) => refreshToken !== undefined);
      for (const { id } of offline.slice(0, -mostRefreshTokens)) kill(id, 'revoked');
      return grant;
    },
    grants: () => [...grants.values()],
    hasConsent: (emailAddress, clientId) => siblings({ emailAddress, clientId }).length > 0,
    issueAccessToken(grant, scopes = grant.scopes, lifeSeconds = settings().accessTokenSeconds) {
      const token = `ya29.a0${secret(120)}`;
      const access = { token, grant, scopes, expiresMs: nowMs() + lifeSeconds * 1000 };
      accessTokens.set(token, access);
      return access;
    },
    issueCode(pending) {
      const code = `4/0A${secret(54)}`;
      codes.set(code, { pending, expiresMs: nowMs() + codeLifeMs });
      return code;
    },
    takeCode(code) {
      const entry = codes.get(code);
      codes.delete(code);
      return entry === undefined || entry.expiresMs <= nowMs() ? undefined : entry.pending;
    },
    accept,
    refreshable(refreshToken) {
      const grant = [...grants.values()].find((candidate) => candidate.refreshToken === refreshToken);
      if (grant === undefined) throw new OAuthError(400, 'invalid_grant', 'Bad Request');
      if (grant.death === 'invalid_rapt') {
        throw new OAuthError(400, 'invalid_grant', 'reauth related error (invalid_rapt)', 'invalid_rapt');
      }
      if (!isLive(grant)) throw new OAuthError(400, 'invalid_grant', 'Token has been expired or revoked.');
      return grant;
    },
    revoke(token) {
      const grant = [...grants.values()].find(({ refreshToken }) => refreshToken === token) ?? accept(token)?.grant;
      if (grant === undefined || grants.get(grant.id)?.death === 'revoked') return false;
      for (const { id } of siblings(grant)) kill(id, 'revoked');
      return true;
    },
    kill,
    expireAccessTokens(emailAddress) {
      for (const [token, { grant }] of accessTokens) {
        if (emailAddress === undefined || grant.emailAddress === emailAddress) accessTokens.delete(token);
      }
    },
  };
}

function secret(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length);
}
