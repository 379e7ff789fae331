import type { Database } from '../store/sqlite/database.ts';
import { textOf } from '../store/sqlite/database.ts';

/** The value last stored under a name, or undefined. */
export function getMark(database: Database, name: string): string | undefined {
  const row = database.get('SELECT value FROM mark WHERE name = ?', name);
  return row === undefined ? undefined : textOf(row, 'value');
}

/** Stores a value under a name, in place of the one before. */
export function setMark(database: Database, name: string, value: string): void {
  database.run('INSERT INTO mark VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, value);
}
