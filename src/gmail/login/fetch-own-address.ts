import { AppError } from '../../core/errors.ts';
import { readGoogleError } from '../channel/google-error.ts';
import { createHttpClient, type HttpResponse } from '../../core/egress/http-client.ts';
import { certificateHint, describeFailure, HttpFailure } from '../../core/egress/http-failure.ts';
import { isJsonObject, textIn } from '../../core/json-object.ts';

const timeoutMs = 10_000;

/** What is asked, and with what. */
export interface OwnAddressRequest {
  readonly apiRootUrl: string;
  readonly accessToken: string;
  /** The account that is expected; the sentences of a refusal name it, and `ADDRESS` where there is none. */
  readonly account: string | undefined;
  readonly signal: AbortSignal;
}

async function ask(url: URL, { accessToken, signal }: OwnAddressRequest): Promise<HttpResponse> {
  const http = createHttpClient();
  try {
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
    return await http.exchange({ method: 'GET', url, headers, timeoutMs, signal });
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    throw new AppError(
      'UNAVAILABLE',
      `${url.origin} cannot be asked whose mailbox this is: ${describeFailure(error)}.`,
      {
        hint:
          error.kind === 'certificate'
            ? certificateHint
            : 'Check the network, the proxy and GMAIL_API_ROOT_URL, then try again.',
      },
      error,
    );
  } finally {
    http.close();
  }
}

function addressIn(body: Uint8Array): string | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return isJsonObject(json) ? textIn(json, 'emailAddress')?.toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The address, in lower case, whose mailbox an access token opens (`users.getProfile`, one unit). Throws `FORBIDDEN`
 * where Gmail refuses, saying why and what to do, `RATE_LIMITED`, and `UNAVAILABLE` where it cannot be asked.
 */
export async function fetchOwnAddress(request: OwnAddressRequest): Promise<string> {
  const url = new URL('/gmail/v1/users/me/profile', request.apiRootUrl);
  const answer = await ask(url, request);
  if (answer.status === 401) {
    throw new AppError('FORBIDDEN', 'Gmail does not take the access token: it is too old, or not one of Google.', {
      got: 'HTTP 401',
      hint: 'Log in again.',
    });
  }
  if (answer.status !== 200) {
    const methodIds = ['gmail.users.getProfile'];
    throw readGoogleError(answer, { account: request.account ?? 'ADDRESS', methodIds, nowMs: Date.now() }).error;
  }
  const emailAddress = addressIn(answer.body);
  if (emailAddress !== undefined) return emailAddress;
  throw new AppError('UNAVAILABLE', `${url.origin} answered without an address.`, {
    hint: 'Check GMAIL_API_ROOT_URL, and that no proxy answers in place of Google.',
  });
}
