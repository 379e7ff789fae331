import type { IncomingMessage } from 'node:http';
import { collectBody } from '../server/collect-body.ts';
import { AppError } from '../core/errors.ts';
import { parseJson } from '../core/parse-json.ts';

/** The most that a JSON body may hold. */
export const maxBodyBytes = 4 * 1024 * 1024;

/**
 * The JSON object in a request's body. Throws `INVALID_INPUT` for another content type or malformed JSON, with the
 * place, and `TOO_LARGE` over {@link maxBodyBytes}.
 */
export async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const contentType = request.headers['content-type'] ?? 'nothing';
  if (!/^application\/json\s*(?:;|$)/i.test(contentType)) {
    throw new AppError('INVALID_INPUT', 'The body is not declared as JSON.', {
      field: 'Content-Type',
      expected: 'application/json',
      got: contentType,
    });
  }
  const bytes = await collectBody(request, maxBodyBytes);
  if (bytes === undefined) {
    throw new AppError('TOO_LARGE', 'The body is too large.', { expected: `at most ${maxBodyBytes} bytes` });
  }
  let value: unknown;
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw new AppError('INVALID_INPUT', `The body is not valid JSON: ${reason}.`, { field: 'body' }, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('INVALID_INPUT', 'The body is not an object.', {
      field: 'body',
      expected: 'a JSON object',
      got: Array.isArray(value) ? 'a list' : JSON.stringify(value),
    });
  }
  return { ...value };
}
