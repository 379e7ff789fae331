import { AppError } from '../../core/errors.ts';

/** What is wrong with a part of a query. */
export interface QueryFault {
  /** Offset in characters, from 0. */
  readonly position: number;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

/** Characters of the query that an error repeats at most. */
const maxGotCharacters = 60;

/** An `INVALID_INPUT` for field `q` that says where the query is at fault. */
export function queryError(message: string, { position, expected, got, hint }: QueryFault): AppError {
  const shown = got.length > maxGotCharacters ? `${got.slice(0, maxGotCharacters).toWellFormed()}…` : got;
  return new AppError('INVALID_INPUT', `The query is not understood at position ${position}: ${message}`, {
    field: 'q',
    position,
    expected,
    got: shown === '' ? 'nothing' : shown,
    ...(hint === undefined ? {} : { hint }),
  });
}
