import { sign } from 'node:crypto';
import type { Credential } from '../credential.ts';
import type { OAuthRefusal } from '../login/oauth-refusal.ts';
import { isJsonObject, textIn } from '../../core/json-object.ts';
import { type HttpClient, type HttpResponse } from '../../core/egress/http-client.ts';
import { certificateHint, describeFailure, HttpFailure } from '../../core/egress/http-failure.ts';

/** What the token endpoint makes of a login. */
export type RenewalOutcome =
  | {
      readonly kind: 'granted';
      readonly accessToken: string;
      readonly lifetimeMs: number;
      /** A new refresh token in place of the old one; Google normally sends none. */
      readonly refreshToken?: string;
    }
  | { readonly kind: 'refused'; readonly refusal: OAuthRefusal }
  /** The network or the endpoint failed; another try may do, unless there is a hint what to do first. */
  | { readonly kind: 'failed'; readonly reason: string; readonly hint?: string };

/** The token endpoint answers in tenths of a second. */
const timeoutMs = 10_000;
/** What a token that comes without `expires_in` lives for; Google always sends it. */
const defaultLifetimeSeconds = 3600;
/** The longest that Google lets an assertion live. */
const assertionSeconds = 3600;

/** A part of a JSON web signature (RFC 7515). */
function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A service account that asks for itself or, as its administrator allows it, for a user. */
interface ServiceRequest {
  readonly clientEmail: string;
  /** PEM. */
  readonly privateKey: string;
  readonly scopes: readonly string[];
  /** The user whom it acts for; undefined for itself. */
  readonly emailAddress?: string;
}

/** A service account's signed word of whom it acts for (RFC 7523; developers.google.com/identity/protocols/oauth2/service-account). */
function signAssertion(credential: ServiceRequest, audience: string, nowMs: number): string {
  const issuedSeconds = Math.floor(nowMs / 1000);
  const claims = {
    iss: credential.clientEmail,
    ...(credential.emailAddress === undefined ? {} : { sub: credential.emailAddress }),
    scope: credential.scopes.join(' '),
    aud: audience,
    iat: issuedSeconds,
    exp: issuedSeconds + assertionSeconds,
  };
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), credential.privateKey).toString('base64url')}`;
}

function formOf(credential: Credential, tokenUrl: string, nowMs: number): Record<string, string> {
  switch (credential.kind) {
    case 'oauth':
      return {
        grant_type: 'refresh_token',
        client_id: credential.clientId,
        client_secret: credential.clientSecret,
        refresh_token: credential.refreshToken,
      };
    case 'serviceAccount':
      return assertionForm(credential, tokenUrl, nowMs);
  }
}

function assertionForm(request: ServiceRequest, tokenUrl: string, nowMs: number): Record<string, string> {
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: signAssertion(request, tokenUrl, nowMs),
  };
}

/** Asks once for an access token of a login (RFC 6749, section 6, or a signed assertion). */
export function renewAccessToken(
  http: HttpClient,
  tokenUrl: string,
  credential: Credential,
  nowMs: number,
): Promise<RenewalOutcome> {
  return exchange(http, tokenUrl, formOf(credential, tokenUrl, nowMs));
}

/** Asks once for an access token of a service account that acts for itself. */
export function renewServiceToken(
  http: HttpClient,
  tokenUrl: string,
  request: Omit<ServiceRequest, 'emailAddress'>,
  nowMs: number,
): Promise<RenewalOutcome> {
  return exchange(http, tokenUrl, assertionForm(request, tokenUrl, nowMs));
}

async function exchange(
  http: HttpClient,
  tokenUrl: string,
  form: Readonly<Record<string, string>>,
): Promise<RenewalOutcome> {
  try {
    const response = await http.exchange({
      method: 'POST',
      url: new URL(tokenUrl),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
      timeoutMs,
    });
    return readAnswer(response);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    const failed = { kind: 'failed', reason: describeFailure(error) } as const;
    return error.kind === 'certificate' ? { ...failed, hint: certificateHint } : failed;
  }
}

function readAnswer({ status, body }: HttpResponse): RenewalOutcome {
  const json = parseJson(body);
  const failed = { kind: 'failed', reason: `it answered HTTP ${status}` } as const;
  if (status >= 200 && status < 300) {
    const accessToken = textIn(json, 'access_token');
    if (accessToken === undefined) return { kind: 'failed', reason: 'it answered without an access token' };
    const refreshToken = textIn(json, 'refresh_token');
    const { expires_in: lifetime } = json;
    const lifetimeSeconds = typeof lifetime === 'number' && lifetime > 0 ? lifetime : defaultLifetimeSeconds;
    return {
      kind: 'granted',
      accessToken,
      lifetimeMs: lifetimeSeconds * 1000,
      ...(refreshToken === undefined ? {} : { refreshToken }),
    };
  }
  const error = textIn(json, 'error');
  // 429 and 5xx say nothing about the login, whatever their body.
  if (error === undefined || status === 429 || status >= 500) return failed;
  const subtype = textIn(json, 'error_subtype');
  const description = textIn(json, 'error_description') ?? '';
  return { kind: 'refused', refusal: { error, description, ...(subtype === undefined ? {} : { subtype }) } };
}

function parseJson(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return isJsonObject(json) ? json : {};
  } catch {
    return {};
  }
}
