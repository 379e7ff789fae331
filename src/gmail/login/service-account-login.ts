import { AppError } from '../../core/errors.ts';
import { createHttpClient } from '../../core/egress/http-client.ts';
import { renewAccessToken, type RenewalOutcome } from '../channel/renew-access-token.ts';
import type { ServiceAccountCredential } from '../credential.ts';
import { confirmLogin, type ConfirmedLogin, type LoginRequest } from './confirm-login.ts';
import { oauthEndpoints } from './oauth-endpoints.ts';
import { explainRefusal, type OAuthRefusal } from './oauth-refusal.ts';
import { scopesForGrants } from './scopes.ts';
import type { ServiceAccountKey } from './service-account-file.ts';

/** What an administrator enters so that a service account may act for people. */
function howToDelegate(clientId: string, scopes: readonly string[]): string {
  return (
    'In admin.google.com, "Security", "Access and data control", "API controls", "Manage domain wide delegation", ' +
    `"Add new": client ID ${clientId}, scopes ${scopes.join(',')}. It takes effect within minutes, rarely a day.`
  );
}

function refusedToken(refusal: OAuthRefusal, key: ServiceAccountKey, scopes: readonly string[]): AppError {
  const got = refusal.description === '' ? refusal.error : `${refusal.error}: ${refusal.description}`;
  if (refusal.error === 'unauthorized_client' || refusal.error === 'access_denied') {
    return new AppError('FORBIDDEN', `${key.clientEmail} has no delegation for all of these scopes.`, {
      got,
      hint: howToDelegate(key.clientId, scopes),
    });
  }
  const { code, meaning, fix } = explainRefusal(refusal);
  return new AppError(code, meaning, { got, hint: fix });
}

async function askOnce(tokenUrl: string, credential: ServiceAccountCredential): Promise<RenewalOutcome> {
  const http = createHttpClient();
  try {
    return await renewAccessToken(http, tokenUrl, credential, Date.now());
  } finally {
    http.close();
  }
}

/**
 * Checks that a service account may act for an address, by a token and a question, and answers the login. Throws
 * `FORBIDDEN` where the delegation is missing, with what to enter where.
 */
export async function logInWithServiceAccount(
  login: LoginRequest & { readonly key: ServiceAccountKey; readonly emailAddress: string },
): Promise<ConfirmedLogin> {
  const { key } = login;
  const scopes = scopesForGrants(login.grants);
  const credential: ServiceAccountCredential = {
    kind: 'serviceAccount',
    emailAddress: login.emailAddress.toLowerCase(),
    scopes,
    createdMs: Date.now(),
    clientEmail: key.clientEmail,
    privateKey: key.privateKey,
  };
  const { tokenUrl } = oauthEndpoints(login.oauthRootUrl);
  const outcome = await askOnce(tokenUrl, credential);
  switch (outcome.kind) {
    case 'granted':
      return confirmLogin(login, { scopes, accessToken: outcome.accessToken }, (emailAddress) => ({
        ...credential,
        emailAddress,
      }));
    case 'refused':
      throw refusedToken(outcome.refusal, key, scopes);
    case 'failed':
      throw new AppError('UNAVAILABLE', `${new URL(tokenUrl).origin} cannot be asked for a token: ${outcome.reason}.`, {
        hint: outcome.hint ?? 'Check the network, the proxy and GMAIL_OAUTH_ROOT_URL, then try again.',
      });
  }
}
