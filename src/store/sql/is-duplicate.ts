import { systemCode } from '../../core/errors.ts';
import { RefusedContent } from '../refused-content.ts';

/** Of a row that is there already: PostgreSQL's `unique_violation`, SQLite's `SQLITE_CONSTRAINT_PRIMARYKEY` and `…_UNIQUE`. */
const sqlState = '23505';
const sqliteCodes: readonly unknown[] = [1555, 2067];

/** Whether an engine has refused a row because another has what it is to be known by. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof RefusedContent)) return false;
  const { cause } = error;
  if (systemCode(cause) === sqlState) return true;
  return cause instanceof Error && 'errcode' in cause && sqliteCodes.includes(cause.errcode);
}
