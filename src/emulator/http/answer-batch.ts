import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { admitCall, type ApiEndpoint, type CallRequest } from './api-endpoint.ts';
import type { HttpAnswer } from './http-answer.ts';
import { errorAnswer, malformed } from './server-errors.ts';
import type { Batch } from '../control/quota.ts';
import { boundaryOf, readPart, splitMultipart, type Part } from './split-multipart.ts';

/** Gmail's limit (developers.google.com/workspace/gmail/api/guides/batch). */
const mostParts = 100;

/** The longest batch, in bytes. A batch carries no uploads. */
export const maxBatchBytes = 10 * 1024 * 1024;

interface InnerCall {
  readonly contentId: string | undefined;
  readonly request: CallRequest;
}

/** The request that a batch came in. */
export interface BatchRequest {
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly bytes: Buffer | undefined;
}

/**
 * `POST /batch/gmail/v1`: lets the parts in one after the other and carries them out at the same time. The answer is 200
 * whatever became of them, and in the order in which they were done.
 */
export async function answerBatch(endpoint: ApiEndpoint, batch: BatchRequest): Promise<HttpAnswer> {
  const calls = readCalls(batch);
  if (typeof calls === 'string') return errorAnswer(malformed(calls), false);
  const together: Batch = { parts: 0 };
  const admitted = calls.map(({ contentId, request }) => ({
    contentId,
    carryOut: admitCall(endpoint, request, together),
  }));
  const done: { readonly contentId: string | undefined; readonly answer: HttpAnswer }[] = [];
  await Promise.all(
    admitted.map(async ({ contentId, carryOut }) => {
      const answer = await carryOut();
      done.push({ contentId, answer });
    }),
  );
  const boundary = `batch_${randomUUID().replaceAll('-', '')}`;
  const spoilt = done.find(({ answer }) => answer.transport !== undefined)?.answer.transport;
  return {
    status: 200,
    headers: {
      'content-type': `multipart/mixed; boundary=${boundary}`,
      'cache-control': 'private, max-age=0',
      vary: 'Origin, X-Origin',
    },
    body: Buffer.concat([
      ...done.map(({ contentId, answer }) => writePart(boundary, contentId, answer)),
      Buffer.from(`--${boundary}--\r\n`),
    ]),
    rawIds: done.flatMap(({ answer }) => answer.rawIds ?? []),
    // There is one connection: what befalls a part of a batch befalls all of it.
    ...(spoilt === undefined ? {} : { transport: spoilt }),
  };
}

/** The calls of a batch, or what is wrong with it. */
function readCalls({ authorization, contentType, bytes }: BatchRequest): readonly InnerCall[] | string {
  if (bytes === undefined) return `The batch is longer than ${maxBatchBytes} bytes.`;
  const boundary = /^multipart\/mixed/i.test(contentType) ? boundaryOf(contentType) : undefined;
  if (boundary === undefined) return 'A batch needs the content type multipart/mixed with a boundary.';
  const parts = splitMultipart(bytes, boundary);
  if (parts === undefined || parts.length === 0) return 'Failed to parse batch request, error: 0 items.';
  if (parts.length > mostParts) return `The batch has ${parts.length} parts, and ${mostParts} is the most.`;
  const calls = parts.map((part) => readCall(part, authorization));
  const complete = calls.filter((call) => call !== undefined);
  return complete.length === calls.length
    ? complete
    : 'Failed to parse batch request, error: no HTTP request in a part.';
}

function readCall({ headers, body }: Part, outerAuthorization: string | undefined): InnerCall | undefined {
  if (!/^application\/http\b/i.test(headers.get('content-type') ?? '')) return undefined;
  const lineEnd = body.indexOf(0x0a);
  const line = body.toString('latin1', 0, lineEnd === -1 ? body.byteLength : lineEnd).trim();
  const [, httpMethod, target] = /^([A-Z]+) (\S+)(?: HTTP\/1\.[01])?$/.exec(line) ?? [];
  if (httpMethod === undefined || target === undefined || !URL.canParse(target, 'http://localhost')) return undefined;
  const inner = readPart(lineEnd === -1 ? Buffer.alloc(0) : body.subarray(lineEnd + 1));
  const length = Number(inner.headers.get('content-length') ?? Number.NaN);
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  return {
    contentId: headers.get('content-id'),
    request: {
      httpMethod,
      pathname,
      query: searchParams,
      authorization: inner.headers.get('authorization') ?? outerAuthorization,
      contentType: inner.headers.get('content-type') ?? '',
      bytes: Number.isInteger(length) ? inner.body.subarray(0, length) : trimmed(inner.body),
    },
  };
}

/** Clients end the body of a part with a line break of their own. */
function trimmed(body: Buffer): Buffer {
  return Buffer.from(body.toString().trim());
}

function writePart(boundary: string, contentId: string | undefined, { status, headers, body }: HttpAnswer): Buffer {
  // `<m1>` is answered by `<response-m1>`, and no id by `response-` alone (as recorded).
  const answerId = (contentId ?? '').replace(/^<?/, (bracket) => `${bracket}response-`);
  const head = [
    `--${boundary}`,
    'Content-Type: application/http',
    `Content-ID: ${answerId}`,
    '',
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}`,
    ...Object.entries(headers).map(
      ([name, value]) => `${name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())}: ${value}`,
    ),
    ...(body.byteLength === 0 ? [] : [`Content-Length: ${body.byteLength}`]),
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n')), body, Buffer.from('\r\n')]);
}
