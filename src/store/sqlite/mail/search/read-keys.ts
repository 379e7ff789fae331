import { integerOf } from '../../../columns.ts';
import type { Database } from '../../database.ts';
import type { Sql } from './sql.ts';

/** What SQL answers as `key`. */
export function readKeys(database: Database, { text, parameters }: Sql): readonly number[] {
  return database.all(text, ...parameters).map((row) => integerOf(row, 'key'));
}
