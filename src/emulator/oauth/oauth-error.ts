import type { HttpAnswer } from '../http/http-answer.ts';
import { jsonAnswer } from '../http/http-answer.ts';

/** An error of the token endpoint in the form of RFC 6749, 5.2, with Google's words. */
export class OAuthError extends Error {
  readonly httpStatus: number;
  readonly code: string;
  readonly subtype: string | undefined;

  constructor(httpStatus: number, code: string, description: string, subtype?: string) {
    super(description);
    this.name = 'OAuthError';
    this.httpStatus = httpStatus;
    this.code = code;
    this.subtype = subtype;
  }
}

/** The answer that tells of it. */
export function oauthErrorAnswer({ httpStatus, code, message, subtype }: OAuthError): HttpAnswer {
  return jsonAnswer(httpStatus, {
    error: code,
    error_description: message,
    ...(subtype === undefined ? {} : { error_subtype: subtype }),
  });
}
