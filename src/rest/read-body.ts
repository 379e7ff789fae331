import type { IncomingMessage } from 'node:http';
import { collectBody } from '../server/collect-body.ts';
import { HttpError } from '../server/http-error.ts';
import { AppError } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../core/json-object.ts';
import { parseJson } from '../core/parse-json.ts';

/** The most that a JSON body may hold. */
export const maxBodyBytes = 4 * 1024 * 1024;

/** The media type of a request's body, without parameters, in lower case; empty if it names none. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The bytes of a request's body. Throws `TOO_LARGE`, with what to do instead. */
export async function readBytes(request: IncomingMessage, maxBytes: number, hint?: string): Promise<Buffer> {
  const bytes = await collectBody(request, maxBytes);
  if (bytes !== undefined) return bytes;
  throw new AppError('TOO_LARGE', 'The body is too large.', {
    field: 'body',
    expected: `at most ${maxBytes} bytes`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What clients send that always send a body. */
const emptyBodies: ReadonlySet<string> = new Set(['', '{}', 'null']);

/**
 * Throws `INVALID_INPUT` for a body of a request whose fields are in its query: fields in it would count for nothing, and a
 * search without its query finds everything.
 */
export async function refuseBody(request: IncomingMessage): Promise<void> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && /^0*$/.test(length)) return;
  const text = (await readBytes(request, maxBodyBytes)).toString().trim();
  if (emptyBodies.has(text)) return;
  throw new AppError('INVALID_INPUT', `${request.method} takes its fields in the query.`, {
    field: 'body',
    expected: 'no body',
    got: text.slice(0, 64),
  });
}

/**
 * The JSON object in a request's body. Throws an `HttpError` of 415 for another content type, so that no web page can send
 * one without asking first, `INVALID_INPUT` for malformed JSON, with the place, and `TOO_LARGE` over {@link maxBodyBytes}.
 */
export async function readBody(request: IncomingMessage): Promise<JsonObject> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    const details = { field: 'Content-Encoding', expected: 'no encoding', got: encoding };
    throw new HttpError(415, 'A body is taken as it is, not compressed.', details);
  }
  if (mediaTypeOf(request) !== 'application/json') {
    throw new HttpError(415, 'The body is not declared as JSON.', {
      field: 'Content-Type',
      expected: 'application/json',
      got: request.headers['content-type'] ?? 'nothing',
    });
  }
  const hint = 'Upload files first (POST /api/uploads) and name their uploadId in attachments.';
  const bytes = await readBytes(request, maxBodyBytes, hint);
  let value: unknown;
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw new AppError('INVALID_INPUT', `The body is not valid JSON: ${reason}.`, { field: 'body' }, error);
  }
  if (isJsonObject(value)) return value;
  throw new AppError('INVALID_INPUT', 'The body is not an object.', {
    field: 'body',
    expected: 'a JSON object',
    got: Array.isArray(value) ? 'a list' : JSON.stringify(value),
  });
}
