import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { AppError, messageOf } from '../../core/errors.ts';
import { OAuthError } from './oauth-error.ts';

/** A Workspace service account with domain-wide delegation. */
export interface ServiceAccount {
  readonly clientEmail: string;
  /** PEM, of the RSA key that signs its assertions. */
  readonly publicKey: string;
  /** Scopes that the domain's administrator has granted it. */
  readonly delegatedScopes: readonly string[];
}

/** Whom an assertion speaks for. */
interface Assertion {
  readonly clientEmail: string;
  /** Undefined where it acts for itself. */
  readonly emailAddress: string | undefined;
  readonly scopes: readonly string[];
}

/** The service accounts that are known. */
export interface ServiceAccounts {
  /** Throws `INVALID_INPUT` for a key that is none. */
  readonly register: (account: ServiceAccount) => void;
  /** Throws `OAuthError` in Google's words for an assertion that is not good now (RFC 7523, RFC 7515). */
  readonly verify: (assertion: string, nowMs: number) => Assertion;
}

const claimsSchema = z.object({
  iss: z.string(),
  scope: z.string().default(''),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
  sub: z.string().optional(),
});

const googleAudience = 'https://oauth2.googleapis.com/token';
/** Google's longest life of an assertion, and how far clocks may differ. */
const mostSeconds = 3600;
const skewSeconds = 300;

/** Makes an empty register. `isUser` tells which addresses are of the domain, `ownTokenUrl` is where we listen. */
export function createServiceAccounts(
  isUser: (emailAddress: string) => boolean,
  ownTokenUrl: () => string,
): ServiceAccounts {
  const accounts = new Map<string, ServiceAccount & { readonly key: KeyObject }>();
  return {
    register(account) {
      accounts.set(account.clientEmail, { ...account, key: readKey(account.publicKey) });
    },
    verify(assertion, nowMs) {
      const { claims, signed, signature } = decode(assertion);
      const account = accounts.get(claims.iss);
      if (account === undefined) throw invalid('Invalid grant: account not found');
      if (!verify('RSA-SHA256', signed, account.key, signature)) {
        throw invalid('Invalid JWT Signature.');
      }
      if (claims.aud !== googleAudience && claims.aud !== ownTokenUrl()) {
        throw invalid(`Invalid JWT: Failed audience check. The right audience is ${googleAudience}`);
      }
      checkTimes(claims, nowMs / 1000);
      const scopes = claims.scope.split(/[\s,]+/).filter((scope) => scope !== '');
      if (scopes.length === 0) throw new OAuthError(400, 'invalid_scope', 'Empty or missing scope not allowed.');
      const emailAddress = claims.sub?.toLowerCase();
      if (emailAddress !== undefined && !isUser(emailAddress)) throw invalid('Invalid email or User ID');
      if (emailAddress !== undefined && scopes.some((scope) => !account.delegatedScopes.includes(scope))) {
        throw new OAuthError(
          401,
          'unauthorized_client',
          'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of ' +
            'the scopes requested.',
        );
      }
      return { clientEmail: account.clientEmail, emailAddress, scopes };
    },
  };
}

function readKey(publicKey: string): KeyObject {
  try {
    return createPublicKey(publicKey);
  } catch (error) {
    throw new AppError(
      'INVALID_INPUT',
      `The key of the service account cannot be read: ${messageOf(error)}.`,
      { field: 'publicKey', expected: 'an RSA public key as PEM' },
      error,
    );
  }
}

function invalid(description: string): OAuthError {
  return new OAuthError(400, 'invalid_grant', description);
}

function decode(assertion: string) {
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  try {
    const { alg } = z.object({ alg: z.string() }).parse(parsePart(header));
    if (alg !== 'RS256') throw new Error(`the algorithm ${alg} is not taken`);
    return {
      claims: claimsSchema.parse(parsePart(payload)),
      signed: Buffer.from(`${header}.${payload}`),
      signature: Buffer.from(signature, 'base64url'),
    };
  } catch {
    throw invalid('Invalid JWT: The assertion cannot be decoded.');
  }
}

function parsePart(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

function checkTimes({ iat, exp }: { readonly iat: number; readonly exp: number }, nowSeconds: number): void {
  const isShort = exp > iat && exp - iat <= mostSeconds;
  if (isShort && iat <= nowSeconds + skewSeconds && exp > nowSeconds - skewSeconds) return;
  throw invalid(
    'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. ' +
      'Check your iat and exp values in the JWT claim.',
  );
}
