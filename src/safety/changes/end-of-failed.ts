import { AppError, messageOf, type ErrorCode } from '../../core/errors.ts';
import type { ChangeEnd } from '../../store/audit/audit-log.ts';

/** After these a change that was cut off may have been made all the same. */
const open: ReadonlySet<ErrorCode> = new Set(['OUTCOME_UNKNOWN', 'UNAVAILABLE', 'INTERNAL']);

/** How a change ended that has thrown: `failed`, or `unknown` where it may have been made. */
export function endOfFailed(error: unknown): ChangeEnd {
  const code = error instanceof AppError ? error.code : 'INTERNAL';
  return { kind: open.has(code) ? 'unknown' : 'failed', code, message: messageOf(error) };
}
