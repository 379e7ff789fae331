import type { ValueWriter } from '../../mail/value-rows.ts';
import { textOf } from '../../columns.ts';
import type { Database } from '../database.ts';

/** The rows of `value`. */
export function openValues(database: Database): ValueWriter {
  return {
    async get(kind, name) {
      const row = database.get('SELECT value FROM value WHERE kind = ? AND name = ?', kind, name);
      return row === undefined ? undefined : textOf(row, 'value');
    },
    list: async (kind) =>
      database
        .all('SELECT name, value FROM value WHERE kind = ? ORDER BY key', kind)
        .map((row) => ({ name: textOf(row, 'name'), value: textOf(row, 'value') })),
    async put(kind, name, value) {
      database.run(
        `INSERT INTO value (kind, name, value) VALUES (?, ?, ?)
         ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value`,
        kind,
        name,
        value,
      );
    },
    delete: async (kind, name) => database.run('DELETE FROM value WHERE kind = ? AND name = ?', kind, name) > 0,
  };
}
