import { systemCode } from '../../core/errors.ts';

/** Of a row that is there already: PostgreSQL's `unique_violation`, SQLite's `SQLITE_CONSTRAINT_PRIMARYKEY` and `…_UNIQUE`. */
const sqlState = '23505';
const sqliteCodes: readonly unknown[] = [1555, 2067];

/** Whether an engine has refused a row because another has what it is to be known by. */
export function isDuplicate(error: unknown): boolean {
  if (systemCode(error) === sqlState) return true;
  return error instanceof Error && 'errcode' in error && sqliteCodes.includes(error.errcode);
}
