import { messageOf } from '../../core/errors.ts';

const timeoutMs = 10_000;

/**
 * Asks Google to end a grant by its refresh token (RFC 7009). Answers undefined when it is over, which it also is when
 * Google does not know the token any more; else why it may not be.
 */
export async function revokeToken(
  revokeUrl: string,
  refreshToken: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const response = await fetch(revokeUrl, {
      method: 'POST',
      body: new URLSearchParams({ token: refreshToken }),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const text = await response.text();
    if (response.ok || text.includes('invalid_token')) return undefined;
    return `it answered HTTP ${response.status}`;
  } catch (error) {
    return messageOf(error);
  }
}
