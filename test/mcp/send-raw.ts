import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Media type without parameters. */
  readonly type: string;
  readonly sessionId: string;
  readonly body: string;
}

/** Sends a JSON message with these headers and no others that fetch would add; without a message it is a GET. */
export async function send(
  url: string,
  message: unknown,
  headers: Readonly<Record<string, string>>,
  { isStream = false } = {},
): Promise<RawAnswer> {
  const isPost = message !== undefined;
  const sent = request(url, {
    method: isPost ? 'POST' : 'GET',
    headers: { ...(isPost ? { 'content-type': 'application/json' } : {}), ...headers },
  });
  sent.end(isPost ? JSON.stringify(message) : undefined);
  const [answer]: [IncomingMessage] = (await once(sent, 'response')) as [IncomingMessage];
  const body = isStream ? '' : await text(answer);
  if (isStream) {
    answer.on('error', () => {});
    sent.destroy();
  }
  return {
    status: answer.statusCode ?? 0,
    type: answer.headers['content-type']?.split(';')[0] ?? '',
    sessionId: String(answer.headers['mcp-session-id'] ?? ''),
    body,
  };
}
