import { AppError } from '../../core/errors.ts';
import { isJsonObject, textIn } from '../../core/json-object.ts';

/** What Google's token endpoint gives. */
export interface TokenAnswer {
  readonly accessToken: string;
  /** Given with a consent; normally not when an access token is renewed. */
  readonly refreshToken?: string;
  /** What was granted, which may be less than was asked for. Absent where the endpoint does not say. */
  readonly scopes?: readonly string[];
  /** When the refresh token dies by itself, milliseconds since 1970; an OAuth client in testing mode has it. */
  readonly refreshTokenExpiresMs?: number;
}

/** The answer in the JSON of the token endpoint. Throws `UNAVAILABLE` where it holds no access token. */
export function parseTokenAnswer(json: unknown, nowMs: number): TokenAnswer {
  const accessToken = isJsonObject(json) ? textIn(json, 'access_token') : undefined;
  if (!isJsonObject(json) || accessToken === undefined) {
    throw new AppError('UNAVAILABLE', 'The token endpoint answered without an access token.', {
      hint: 'Check GMAIL_OAUTH_ROOT_URL, and that no proxy answers in place of Google.',
    });
  }
  const refreshToken = textIn(json, 'refresh_token');
  const scope = textIn(json, 'scope');
  const { refresh_token_expires_in: lifetimeSeconds } = json;
  return {
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(scope === undefined ? {} : { scopes: scope.split(' ').filter((name) => name !== '') }),
    ...(typeof lifetimeSeconds === 'number' ? { refreshTokenExpiresMs: nowMs + lifetimeSeconds * 1000 } : {}),
  };
}
