import { AppError } from '../../core/errors.ts';
import { beginAuthorization } from './authorization.ts';
import type { OAuthClient } from './client-file.ts';
import { confirmLogin, type ConfirmedLogin, type LoginRequest } from './confirm-login.ts';
import { oauthEndpoints } from './oauth-endpoints.ts';
import { explainRefusal, permissionsPage, type OAuthRefusal } from './oauth-refusal.ts';
import { startRedirectReceiver } from './redirect-receiver.ts';
import { scopesForGrants } from './scopes.ts';

/** How long a person may take on Google's pages. */
export const consentTimeoutMs = 5 * 60 * 1000;

/** A login in a browser, and how its person is reached. */
export interface BrowserLogin extends LoginRequest {
  readonly client: OAuthClient;
  /** The loopback port that the browser is sent to; 0 for one that the system chooses. */
  readonly port: number;
  readonly timeoutMs: number;
  /** Is told the page to open, once somebody listens for its answer. */
  readonly showAddress: (url: string) => void;
  /** Waits for the answer as a person pastes it; absent where nobody can. */
  readonly readPasted?: (signal: AbortSignal) => Promise<URLSearchParams>;
}

interface Consent {
  readonly code: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
}

/** Rejects when the person stops the login, or takes longer than `timeoutMs`. */
async function untilGivenUp(signal: AbortSignal, timeoutMs: number, ended: AbortSignal): Promise<never> {
  const limit = AbortSignal.timeout(timeoutMs);
  const any = AbortSignal.any([signal, limit, ended]);
  if (!any.aborted) await new Promise((resolve) => any.addEventListener('abort', resolve, { once: true }));
  if (signal.aborted) throw new AppError('UNAVAILABLE', 'The login was stopped. Nothing was stored.');
  throw new AppError(
    'UNAVAILABLE',
    `No answer came within ${Math.round(timeoutMs / 60_000)} minutes. Nothing was stored.`,
    {
      hint:
        'Run `gmail-llm login` again. Where the browser is on another machine, add --paste and paste the address at ' +
        'which it ends.',
    },
  );
}

async function obtainConsent(
  login: BrowserLogin,
  scopes: readonly string[],
  authorizationUrl: string,
): Promise<Consent> {
  const receiver = await startRedirectReceiver(login.port);
  const ended = new AbortController();
  try {
    const { redirectUri } = receiver;
    const authorization = beginAuthorization({
      client: login.client,
      scopes,
      redirectUri,
      authorizationUrl,
      ...(login.emailAddress === undefined ? {} : { loginHint: login.emailAddress }),
    });
    login.showAddress(authorization.url);
    const answer = await Promise.race([
      receiver.answer,
      ...(login.readPasted === undefined ? [] : [login.readPasted(ended.signal)]),
      untilGivenUp(login.signal, login.timeoutMs, ended.signal),
    ]);
    return { code: authorization.accept(answer), codeVerifier: authorization.codeVerifier, redirectUri };
  } finally {
    ended.abort();
    await receiver.close();
  }
}

function refusedCode(refusal: OAuthRefusal): AppError {
  if (refusal.error === 'invalid_grant') {
    return new AppError(
      'FORBIDDEN',
      'Google does not take the code: it was used before, is too old, or is of another login.',
      {
        got: refusal.description === '' ? refusal.error : `${refusal.error}: ${refusal.description}`,
        hint: 'Run `gmail-llm login` again; each address that it prints is good for one login.',
      },
    );
  }
  const { code, meaning, fix } = explainRefusal(refusal);
  return new AppError(code, meaning, { got: refusal.error, hint: fix });
}

/**
 * Has a person consent in a browser and answers the login that comes of it. Throws `FORBIDDEN` for a denied consent, an
 * answer to another login, a code that Google does not take, missing reading; `INVALID_INPUT` for another account;
 * `UNAVAILABLE` after `timeoutMs`, when stopped, and where Google cannot be reached.
 */
export async function logInWithBrowser(login: BrowserLogin): Promise<ConfirmedLogin> {
  const { client, signal } = login;
  const endpoints = oauthEndpoints(login.oauthRootUrl);
  const scopes = scopesForGrants(login.grants);
  const consent = await obtainConsent(login, scopes, endpoints.authorizationUrl);
  // Google's library is read only now: most logins end before, and nothing else needs it.
  const { exchangeCode } = await import('./exchange-code.ts');
  const outcome = await exchangeCode({ ...client, ...consent, endpoints, signal });
  if (outcome.kind === 'refused') throw refusedCode(outcome.refusal);
  const { accessToken, refreshToken, scopes: granted = scopes, refreshTokenExpiresMs } = outcome.answer;
  if (refreshToken === undefined) {
    throw new AppError('FORBIDDEN', 'Google gave no refresh token, so the login would end within the hour.', {
      hint: `Remove the client's access at ${permissionsPage}, then log in again.`,
    });
  }
  return confirmLogin(login, { scopes: granted, accessToken }, (emailAddress) => ({
    kind: 'oauth',
    emailAddress,
    scopes: granted,
    createdMs: Date.now(),
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    refreshToken,
    ...(refreshTokenExpiresMs === undefined ? {} : { refreshTokenExpiresMs }),
  }));
}
