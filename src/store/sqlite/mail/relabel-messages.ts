import type { Relabelled, Relabelling } from '../../mail/message-rows.ts';
import type { Database } from '../database.ts';

/** Changes labels of messages; answers those that changed. Runs inside a write transaction. */
export function relabelMessages(
  database: Database,
  { messageKeys, addKeys, removeKeys, historyId }: Relabelling,
): readonly Relabelled[] {
  const put = 'INSERT INTO message_label VALUES (?, ?) ON CONFLICT DO NOTHING';
  const take = 'DELETE FROM message_label WHERE label_key = ? AND message_key = ?';
  if (historyId !== undefined) {
    for (const key of messageKeys) database.run('UPDATE message SET history_id = ? WHERE id = ?', historyId, key);
  }
  return messageKeys.flatMap((messageKey) => {
    const added = addKeys.filter((key) => database.run(put, key, messageKey) > 0);
    const removed = removeKeys.filter((key) => database.run(take, key, messageKey) > 0);
    return added.length + removed.length === 0 ? [] : [{ messageKey, added, removed }];
  });
}
