import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { systemCode } from '../core/errors.ts';
import { problemDetails, problemType } from './problem-details.ts';

/** What Node.js finds wrong with a request before it is one: status, title and sentence; all else is a plain 400. */
const faults: Readonly<Record<string, readonly [status: number, title: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The header of the request is too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Content Too Large', 'The extensions of a chunk are too large.'],
  HPE_INVALID_METHOD: [400, 'Bad Request', 'The request has a method that HTTP does not know.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request did not come to its end in time.'],
};
const other = [400, 'Bad Request', 'This is no request of HTTP/1.1.'] as const;

/** Answers what is no request of HTTP, as problem details like every other error, and ends its connection. */
export function answerMalformedRequest(error: Error, socket: Duplex): void {
  if (!socket.writable) return;
  const [status, title, detail] = faults[systemCode(error) ?? ''] ?? other;
  const code = status === 400 || status === 408 ? 'INVALID_INPUT' : 'TOO_LARGE';
  const body = JSON.stringify(problemDetails({ status, title }, { code, message: detail, requestId: randomUUID() }));
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
