import { gmailScopes } from '../../mail/gmail-methods.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import { emptyAnswer, escapeHtml, pageAnswer } from '../http/http-answer.ts';
import type { EmulatorSettings } from '../control/settings.ts';
import type { Authority, PendingCode } from './authority.ts';
import { wordsOf } from './token-endpoint.ts';

/** What the authorization endpoint works with. */
export interface AuthorizationEndpoint {
  readonly authority: Authority;
  readonly settings: () => EmulatorSettings;
  /** Addresses that a person could sign in with; the first is signed in already. */
  readonly emailAddresses: readonly string[];
}

/** Scopes of signing in, which every client may ask for beside those of Gmail. */
const identityScopes = [
  'openid',
  'email',
  'profile',
  'https://www.googleapis.com/auth/userinfo.email',
  'https://www.googleapis.com/auth/userinfo.profile',
];
const knownScopes: ReadonlySet<string> = new Set([...Object.values(gmailScopes), ...identityScopes]);

const knownParameters: ReadonlySet<string> = new Set([
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
  'access_type',
  'prompt',
  'login_hint',
  'code_challenge',
  'code_challenge_method',
  'include_granted_scopes',
  'enable_granular_consent',
  'hl',
  'hd',
  'response_mode',
  'nonce',
  'emulator_consent',
  'emulator_account',
]);

/** What the person does at the consent page. */
interface Consent {
  readonly answer: EmulatorSettings['consent'];
  readonly unticked: readonly string[];
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * `GET /o/oauth2/v2/auth` of a desktop client: sends the browser back with a code or an error, or shows a page. The
 * person's answer comes from the settings, or from `emulator_consent`: `allow`, `deny`, `page`, `untick:SCOPE SCOPE…`.
 */
export function answerAuthorization(endpoint: AuthorizationEndpoint, query: URLSearchParams): HttpAnswer {
  try {
    const request = readRequest(endpoint, query);
    const consent = consentOf(endpoint.settings(), query.get('emulator_consent'));
    if (consent.answer === 'page') return consentPage(endpoint, query, request);
    const scopes = request.scopes.filter((scope) => !consent.unticked.includes(scope));
    if (consent.answer === 'deny' || scopes.length === 0) return redirect(query, { error: 'access_denied' });
    const code = endpoint.authority.issueCode({ ...request, scopes });
    return redirect(query, { code, scope: scopes.join(' ') });
  } catch (error) {
    // Google tells the person, and never the address that it was not sure of.
    if (error instanceof Refusal) return refusalPage(error);
    throw error;
  }
}

function readRequest({ authority, emailAddresses }: AuthorizationEndpoint, query: URLSearchParams): PendingCode {
  for (const name of query.keys()) {
    if (!knownParameters.has(name)) throw new Refusal(400, 'invalid_request', `Unknown parameter: ${name}`);
    if (query.getAll(name).length > 1) {
      throw new Refusal(400, 'invalid_request', `OAuth 2 parameters can only have a single value: ${name}`);
    }
  }
  const clientId = required(query, 'client_id');
  if (authority.client(clientId) === undefined) {
    throw new Refusal(401, 'invalid_client', 'The OAuth client was not found.');
  }
  const redirectUri = required(query, 'redirect_uri');
  if (!isLoopback(redirectUri)) {
    throw new Refusal(400, 'redirect_uri_mismatch', 'A desktop client takes http://127.0.0.1, [::1] or localhost.');
  }
  if (required(query, 'response_type') !== 'code') {
    throw new Refusal(400, 'unsupported_response_type', `Invalid response_type: ${query.get('response_type') ?? ''}`);
  }
  const scopes = wordsOf(required(query, 'scope'));
  const unknown = scopes.filter((scope) => !knownScopes.has(scope));
  if (unknown.length > 0) {
    throw new Refusal(400, 'invalid_scope', `Some requested scopes were invalid. invalid=[${unknown.join(', ')}]`);
  }
  const accessType = query.get('access_type') ?? 'online';
  if (accessType !== 'online' && accessType !== 'offline') {
    throw new Refusal(400, 'invalid_request', `Invalid access_type: ${accessType}`);
  }
  const prompts = wordsOf(query.get('prompt'));
  if (prompts.some((word) => !['consent', 'select_account'].includes(word))) {
    throw new Refusal(400, 'invalid_request', `Invalid prompt: ${prompts.join(' ')}`);
  }
  const wanted = (query.get('emulator_account') ?? query.get('login_hint') ?? '').toLowerCase();
  const emailAddress = emailAddresses.find((address) => address === wanted) ?? emailAddresses[0];
  if (emailAddress === undefined) throw new Refusal(400, 'invalid_request', 'The emulator has no account.');
  return {
    emailAddress,
    clientId,
    redirectUri,
    scopes,
    isOffline: accessType === 'offline',
    forcesConsent: prompts.includes('consent'),
    challenge: readChallenge(query),
  };
}

function readChallenge(query: URLSearchParams): PendingCode['challenge'] {
  const value = query.get('code_challenge');
  const method = query.get('code_challenge_method') ?? 'plain';
  if (value === null) return undefined;
  if (method !== 'S256' && method !== 'plain') {
    throw new Refusal(400, 'invalid_request', `Invalid code_challenge_method: ${method}`);
  }
  // RFC 7636, 4.2: 43 to 128 unreserved characters.
  if (!/^[\w.~-]{43,128}$/.test(value)) throw new Refusal(400, 'invalid_request', 'Invalid code_challenge.');
  return { method, value };
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value !== null && value !== '') return value;
  throw new Refusal(400, 'invalid_request', `Required parameter is missing: ${name}`);
}

/** RFC 8252, 7.3: any port and path of this machine, and nothing else. */
function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, hash } = new URL(address);
  return (
    protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname) && username === '' && hash === ''
  );
}

function consentOf({ consent, untickedScopes }: EmulatorSettings, override: string | null): Consent {
  if (override === null) return { answer: consent, unticked: untickedScopes };
  if (override === 'allow' || override === 'deny' || override === 'page') return { answer: override, unticked: [] };
  const [, scopes] = /^untick:(.*)$/s.exec(override) ?? [];
  if (scopes !== undefined) return { answer: 'allow', unticked: wordsOf(scopes) };
  throw new Refusal(400, 'invalid_request', 'emulator_consent is allow, deny, page or untick:SCOPE.');
}

function redirect(query: URLSearchParams, answer: Readonly<Record<string, string>>): HttpAnswer {
  const target = new URL(query.get('redirect_uri') ?? '');
  const state = query.get('state');
  const { error, ...more } = answer;
  if (error !== undefined) target.searchParams.set('error', error);
  if (state !== null) target.searchParams.set('state', state);
  for (const [name, value] of Object.entries(more)) target.searchParams.set(name, value);
  return emptyAnswer(302, { location: target.href, 'cache-control': 'no-store' });
}

function consentPage(
  { emailAddresses }: AuthorizationEndpoint,
  query: URLSearchParams,
  { scopes, emailAddress }: PendingCode,
): HttpAnswer {
  const link = (account: string, consent: string): string => {
    const changed = new URLSearchParams(query);
    changed.set('emulator_account', account);
    changed.set('emulator_consent', consent);
    return escapeHtml(`?${changed.toString()}`);
  };
  const accounts = [emailAddress, ...emailAddresses.filter((address) => address !== emailAddress)];
  const choices = accounts.map(
    (account) =>
      `<p><a href="${link(account, 'allow')}">Allow as ${escapeHtml(account)}</a>${scopes
        .map((scope) => `<br><a href="${link(account, `untick:${scope}`)}">… without ${escapeHtml(scope)}</a>`)
        .join('')}`,
  );
  return pageAnswer(
    200,
    'Gmail emulator: consent',
    `<h1>An application wants access to a mailbox of the emulator</h1>
<ul>${scopes.map((scope) => `<li>${escapeHtml(scope)}`).join('')}</ul>
${choices.join('\n')}
<p><a href="${link(emailAddress, 'deny')}">Deny</a>`,
  );
}

function refusalPage({ status, code, message }: Refusal): HttpAnswer {
  return pageAnswer(
    status,
    `Error ${status}: ${code}`,
    `<h1>Access blocked: authorization error</h1>\n<p>Error ${status}: ${escapeHtml(code)}\n<p>${escapeHtml(message)}`,
  );
}
