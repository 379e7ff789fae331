import { AppError } from '../../core/errors.ts';

/** Where something stands in a configuration file. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** An `INVALID_INPUT` that names the file, the line, what was expected there and what was found. */
export function configurationError(place: Place, expected: string, got: string): AppError {
  return new AppError('INVALID_INPUT', `${place.file}:${place.line}: expected ${expected}, got ${got}.`, {
    expected,
    got,
    hint: `Correct line ${place.line} of ${place.file}.`,
  });
}
