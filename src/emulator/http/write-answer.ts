import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpAnswer } from './http-answer.ts';

const compress = promisify(gzip);

/** How many pieces a second a slow answer is sent in. */
const piecesPerSecond = 10;

/**
 * Writes an answer, compressed for those who ask for it, and spoilt as it says. Answers the bytes of the body that were
 * sent. Rejects when `signal` is aborted.
 */
export async function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: HttpAnswer,
  signal: AbortSignal,
): Promise<number> {
  const { status, transport } = answer;
  if (transport?.kind === 'drop') {
    request.socket.destroy();
    return 0;
  }
  const isCompressed = answer.body.byteLength > 0 && wantsGzip(request);
  const body = isCompressed ? await compress(answer.body, { level: 1 }) : answer.body;
  const headers: Record<string, string | number> = { ...answer.headers, server: 'ESF' };
  if (isCompressed) headers['content-encoding'] = 'gzip';
  if (status !== 204 && status !== 304) headers['content-length'] = body.byteLength;
  response.writeHead(status, headers);
  switch (transport?.kind) {
    case undefined:
      response.end(body);
      return body.byteLength;
    case 'truncate': {
      const half = body.subarray(0, Math.floor(body.byteLength / 2));
      response.flushHeaders();
      response.write(half, () => request.socket.destroy());
      return half.byteLength;
    }
    case 'drip':
      await drip(response, body, transport.bytesPerSecond, signal);
      return body.byteLength;
  }
}

/** Google compresses for clients that also have "gzip" in their User-Agent. */
function wantsGzip({ headers }: IncomingMessage): boolean {
  const accepted = headers['accept-encoding'] ?? '';
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted) && /gzip/i.test(headers['user-agent'] ?? '');
}

async function drip(
  response: ServerResponse,
  body: Buffer,
  bytesPerSecond: number,
  signal: AbortSignal,
): Promise<void> {
  const pieceBytes = Math.max(1, Math.floor(bytesPerSecond / piecesPerSecond));
  const pauseMs = (pieceBytes / bytesPerSecond) * 1000;
  for (let offset = 0; offset < body.byteLength && !response.destroyed; offset += pieceBytes) {
    response.write(body.subarray(offset, offset + pieceBytes));
    await wait(pauseMs, undefined, { signal });
  }
  response.end();
}
