import type { QueryResult } from 'pg';
import type { Row } from '../columns.ts';

/** Of the statements that begin a transaction, the last but one locks. */
export function hasLockedNothing(results: unknown): boolean {
  const locked: unknown = Array.isArray(results) ? results.at(-2) : undefined;
  return isResult(locked) && locked.rows.length === 0;
}

/** The row of the last of several statements that were sent as one. */
export function lastRowOf(results: unknown): Row | undefined {
  const last: unknown = Array.isArray(results) ? results.at(-1) : undefined;
  return isResult(last) ? last.rows[0] : undefined;
}

function isResult(value: unknown): value is QueryResult<Row> {
  return typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows);
}
