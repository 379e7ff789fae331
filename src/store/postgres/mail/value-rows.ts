import { textOf } from '../../columns.ts';
import type { ValueWriter } from '../../mail/value-rows.ts';
import type { Queries } from '../database.ts';
import { prepared } from '../prepared-statement.ts';

const getOne = prepared('SELECT value FROM value WHERE account = $1 AND kind = $2 AND name = $3');

/** The rows of `value` of one account. */
export function valueRows(queries: Queries, account: number): ValueWriter {
  return {
    async get(kind, name) {
      const row = await queries.get(getOne, account, kind, name);
      return row === undefined ? undefined : textOf(row, 'value');
    },
    async list(kind) {
      const sql = 'SELECT name, value FROM value WHERE account = $1 AND kind = $2 ORDER BY place';
      const rows = await queries.all(sql, account, kind);
      return rows.map((row) => ({ name: textOf(row, 'name'), value: textOf(row, 'value') }));
    },
    async put(kind, name, value) {
      await queries.run(
        `INSERT INTO value (account, kind, name, value) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account, kind, name) DO UPDATE SET value = excluded.value`,
        account,
        kind,
        name,
        value,
      );
    },
    async delete(kind, name) {
      const sql = 'DELETE FROM value WHERE account = $1 AND kind = $2 AND name = $3';
      return (await queries.run(sql, account, kind, name)) > 0;
    },
  };
}
