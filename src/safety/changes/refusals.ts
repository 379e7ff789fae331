import { AppError } from '../../core/errors.ts';

/** Whether two addresses or names are the same but for case. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Throws `TOO_LARGE` for a message over a limit. */
export function checkSize(raw: Uint8Array, limitBytes: number): void {
  if (raw.byteLength <= limitBytes) return;
  throw new AppError('TOO_LARGE', `The message of ${raw.byteLength} bytes is too large.`, {
    expected: `at most ${limitBytes} bytes`,
    got: `${raw.byteLength} bytes`,
  });
}

/** What a mailbox says of something that is not there. */
export function missing(what: string, got: string): AppError {
  return new AppError('NOT_FOUND', `There is no ${what} ${got}.`, { got });
}

/** What a mailbox says of something that is there already. */
export function taken(what: string, got: string): AppError {
  return new AppError('CONFLICT', `The ${what} ${got} is there already.`, { got });
}
