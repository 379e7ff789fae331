import type { DeletedMessage } from '../../mail/message-rows.ts';
import { integerOf } from '../../columns.ts';
import type { Database } from '../database.ts';
import type { Labels } from './label-rows.ts';
import { targetOf } from './message-rows.ts';

/** Deletes messages with everything that hangs on them. Runs inside a write transaction. */
export function deleteMessages(
  database: Database,
  messageKeys: readonly number[],
  labels: Pick<Labels, 'idsOf'>,
): readonly DeletedMessage[] {
  return messageKeys.flatMap((key) => deleteMessage(database, key, labels) ?? []);
}

function deleteMessage(database: Database, key: number, labels: Pick<Labels, 'idsOf'>): DeletedMessage | undefined {
  const row = database.get('DELETE FROM message WHERE id = ? RETURNING id, gmail_id, thread_key, raw_key', key);
  if (row === undefined) return undefined;
  const labelKeys = database
    .all('DELETE FROM message_label WHERE message_key = ? RETURNING label_key', key)
    .map((label) => integerOf(label, 'label_key'));
  database.run('DELETE FROM draft WHERE message_key = ?', key);
  database.run('DELETE FROM full_text WHERE rowid = ?', key);
  database.run('INSERT INTO released_raw VALUES (?) ON CONFLICT DO NOTHING', integerOf(row, 'raw_key'));
  const target = targetOf(row);
  const thread = database.get(
    'UPDATE thread SET messages_total = messages_total - 1 WHERE key = ? RETURNING messages_total',
    target.threadKey,
  );
  const isLast = thread !== undefined && integerOf(thread, 'messages_total') === 0;
  database.run(
    'UPDATE mailbox SET messages_total = messages_total - 1, threads_total = threads_total - ? WHERE id = 1',
    isLast ? 1 : 0,
  );
  return { ...target, labelIds: labels.idsOf(labelKeys) };
}
