import { createHttpClient } from '../../core/egress/http-client.ts';
import { describeFailure, HttpFailure } from '../../core/egress/http-failure.ts';

const timeoutMs = 10_000;

/**
 * Asks Google to end a grant by its refresh token (RFC 7009). Returns undefined when it is over, which it also is when
 * Google does not know the token any more; else why it may not be.
 */
export async function revokeToken(
  revokeUrl: string,
  refreshToken: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const http = createHttpClient();
  try {
    const { status, body } = await http.exchange({
      method: 'POST',
      url: new URL(revokeUrl),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: refreshToken }).toString(),
      timeoutMs,
      signal,
    });
    if (status < 300 || Buffer.from(body).includes('invalid_token')) return undefined;
    return `it answered HTTP ${status}`;
  } catch (error) {
    if (error instanceof HttpFailure) return describeFailure(error);
    throw error;
  } finally {
    http.close();
  }
}
