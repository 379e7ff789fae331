import { AppError } from '../core/errors.ts';

/** Whether a failure of a store passes by itself: it is `UNAVAILABLE` for a cause beyond us. What has none will not pass by waiting. */
export function isAway(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'UNAVAILABLE' && error.cause !== undefined;
}
