import { hash, randomBytes } from 'node:crypto';
import { isSameSecret } from '../../core/same-secret.ts';
import { AppError } from '../../core/errors.ts';
import type { OAuthClient } from './client-file.ts';
import { explainConsentError } from './oauth-refusal.ts';

/** One request for a person's consent, and the only answer that it takes. */
export interface Authorization {
  /** The page to open in a browser. */
  readonly url: string;
  /** Proves to the token endpoint that who exchanges the code is who asked for it (RFC 7636). */
  readonly codeVerifier: string;
  /**
   * The code in the answer that Google sent to the redirect address. Throws `FORBIDDEN` for the answer to another
   * request and for a refusal, `INVALID_INPUT` for one without a code, `CONFLICT` when there was an answer before.
   */
  readonly accept: (answer: URLSearchParams) => string;
}

/** RFC 7636 wants 43 to 128 characters; these are 86. */
const verifierBytes = 64;
const stateBytes = 32;

/** Begins an authorization-code request of a desktop client, with PKCE (S256) and `state`. */
export function beginAuthorization(options: {
  readonly client: OAuthClient;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly authorizationUrl: string;
  /** The account that Google's page offers first. */
  readonly loginHint?: string;
}): Authorization {
  const codeVerifier = randomBytes(verifierBytes).toString('base64url');
  const state = randomBytes(stateBytes).toString('base64url');
  const url = new URL(options.authorizationUrl);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: options.client.clientId,
    redirect_uri: options.redirectUri,
    scope: options.scopes.join(' '),
    state,
    code_challenge: hash('sha256', codeVerifier, 'base64url'),
    code_challenge_method: 'S256',
    access_type: 'offline',
    // Without it Google gives no refresh token to a client that the person consented to before.
    prompt: 'consent',
    ...(options.loginHint === undefined ? {} : { login_hint: options.loginHint }),
  }).toString();

  let isAnswered = false;
  return {
    url: url.href,
    codeVerifier,
    accept(answer) {
      if (isAnswered) throw new AppError('CONFLICT', 'This login has had its answer.', { hint: 'Start another one.' });
      isAnswered = true;
      if (!isSameSecret(answer.get('state') ?? '', state)) {
        throw new AppError(
          'FORBIDDEN',
          'The answer belongs to another login: its state is not the one that was sent.',
          {
            field: 'state',
            hint: 'Run `gmail-llm login` again and open the address that it prints, in a browser that you trust.',
          },
        );
      }
      const error = answer.get('error');
      if (error !== null) throw explainConsentError(error, answer.get('error_description') ?? '');
      const code = answer.get('code');
      if (code !== null && code !== '') return code;
      throw new AppError('INVALID_INPUT', 'The answer holds no code.', { field: 'code', expected: 'code=…' });
    },
  };
}
