import { AppError } from '../../core/errors.ts';

/** Throws `INVALID_INPUT` for a change that names nothing to be changed. */
export function refuseNothing(fields: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  if (Object.keys(fields).length > 0) return;
  throw new AppError('INVALID_INPUT', 'There is nothing to change.', {
    expected: `at least one of ${names.join(', ')}`,
    got: 'nothing',
  });
}
