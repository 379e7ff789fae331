import { AppError } from '../core/errors.ts';

/**
 * The fields of a query. Throws `INVALID_INPUT` for bytes that are not UTF-8: read leniently they would be other words, and
 * the answer one to another question.
 */
export function readQuery(query: string): URLSearchParams {
  for (const [bytes] of query.matchAll(/(?:%[\da-f]{2})+/gi)) {
    try {
      decodeURIComponent(bytes);
    } catch (error) {
      const details = { field: 'query', expected: 'UTF-8, percent-encoded', got: bytes.slice(0, 64) };
      throw new AppError('INVALID_INPUT', 'The query is not in UTF-8.', details, error);
    }
  }
  return new URLSearchParams(query);
}
