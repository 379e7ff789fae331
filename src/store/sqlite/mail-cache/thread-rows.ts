import { textOf } from '../../columns.ts';
import type { Database } from '../database.ts';
import { idsIn } from './standing.ts';

/** Ids of a thread's messages, oldest first. */
export function readThread(database: Database, id: string): readonly string[] | undefined {
  const row = database.get('SELECT message_ids FROM thread WHERE id = ?', id);
  return row === undefined ? undefined : idsIn(textOf(row, 'message_ids'));
}

/** Keeps a thread, unless a change came while it was read: it may be one of this thread. */
export function insertThread(database: Database, id: string, epoch: number, messageIds: readonly string[]): void {
  const sql = 'INSERT OR REPLACE INTO thread SELECT ?, ? FROM state WHERE epoch = ?';
  database.run(sql, id, JSON.stringify(messageIds), epoch);
}
