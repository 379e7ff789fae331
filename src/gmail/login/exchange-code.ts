import { OAuth2Client } from 'google-auth-library';
import { certificateFault } from '../../core/egress/certificate-fault.ts';
import { fetchThrough } from '../../core/egress/fetch-through.ts';
import { createHttpClient } from '../../core/egress/http-client.ts';
import { certificateHint } from '../../core/egress/http-failure.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import type { OAuthClient } from './client-file.ts';
import type { OAuthEndpoints } from './oauth-endpoints.ts';
import type { OAuthRefusal } from './oauth-refusal.ts';
import { isJsonObject, textIn } from '../../core/json-object.ts';
import { parseTokenAnswer, type TokenAnswer } from './token-answer.ts';

/** What came of exchanging a code. */
export type ExchangeOutcome =
  | { readonly kind: 'granted'; readonly answer: TokenAnswer }
  | { readonly kind: 'refused'; readonly refusal: OAuthRefusal };

/** The token endpoint answers in tenths of a second. */
const timeoutMs = 10_000;

/** The refusal in an error of the library (a `GaxiosError`), or undefined where the endpoint did not speak OAuth. */
function refusalIn(error: unknown): OAuthRefusal | undefined {
  if (!isJsonObject(error) || !isJsonObject(error.response) || !isJsonObject(error.response.data)) return undefined;
  const { status, data } = error.response;
  const code = textIn(data, 'error');
  if (code === undefined || typeof status !== 'number' || status >= 500) return undefined;
  return { error: code, description: textIn(data, 'error_description') ?? '' };
}

/** What an error goes back to. */
function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? rootOf(error.cause) : error;
}

/** Exchanges the code of a consent for tokens (RFC 6749, 4.1.3; RFC 7636). Throws `UNAVAILABLE`. */
export async function exchangeCode(
  exchange: OAuthClient & {
    readonly endpoints: OAuthEndpoints;
    readonly code: string;
    readonly codeVerifier: string;
    readonly redirectUri: string;
    readonly signal: AbortSignal;
  },
): Promise<ExchangeOutcome> {
  const { clientId, clientSecret, endpoints, redirectUri, code, codeVerifier, signal } = exchange;
  const http = createHttpClient();
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    redirectUri,
    endpoints: { oauth2TokenUrl: endpoints.tokenUrl },
    // Secrets go to this address and to no other.
    transporterOptions: { fetchImplementation: fetchThrough(http, timeoutMs), redirect: 'error', signal },
  });
  try {
    const { res } = await client.getToken({ code, codeVerifier });
    return { kind: 'granted', answer: parseTokenAnswer(res?.data, Date.now()) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const refusal = refusalIn(error);
    if (refusal !== undefined) return { kind: 'refused', refusal };
    throw new AppError(
      'UNAVAILABLE',
      `${new URL(endpoints.tokenUrl).origin} cannot be asked for a token: ${messageOf(error)}.`,
      {
        hint:
          certificateFault(rootOf(error)) === undefined
            ? 'Check the network, the proxy and GMAIL_OAUTH_ROOT_URL, then log in again.'
            : certificateHint,
      },
      error,
    );
  } finally {
    http.close();
  }
}
