import type { HistoryEntry, HistoryWriter } from '../../mail/history-rows.ts';
import { integerOf, textOf, type Row } from '../../columns.ts';
import type { Database } from '../database.ts';
import type { Labels } from './label-rows.ts';

/** The rows of `history`. */
export function openHistory(database: Database, labels: Pick<Labels, 'idsOf'>): HistoryWriter {
  return {
    async after(historyId, limit) {
      const rows = database.all(
        `SELECT h.*, t.gmail_id AS thread_id, (
           SELECT group_concat(label_key) FROM message_label WHERE message_key = m.id) AS label_keys
         FROM history h LEFT JOIN message m ON m.gmail_id = h.gmail_id
         JOIN thread t ON t.key = coalesce(m.thread_key, h.thread_key)
         WHERE h.id > ? ORDER BY h.id LIMIT ?`,
        historyId,
        limit,
      );
      return rows.map((row) => entryOf(row, labels));
    },
    async take(count) {
      const sql = 'UPDATE mailbox SET history_id = history_id + ? WHERE id = 1 RETURNING history_id';
      const row = database.get(sql, count);
      if (row === undefined) throw new Error('the mailbox has lost its row of totals');
      return integerOf(row, 'history_id') - count + 1;
    },
    async reach(historyId) {
      database.run('UPDATE mailbox SET history_id = max(history_id, ?) WHERE id = 1', historyId);
    },
    async record(changes) {
      for (const { historyId, kind, messageId, threadKey, labelsAdded, labelsRemoved } of changes) {
        const [added, removed] = [labelsAdded.join(' '), labelsRemoved.join(' ')];
        database.run(
          'INSERT INTO history (id, kind, gmail_id, thread_key, labels_added, labels_removed) VALUES (?, ?, ?, ?, ?, ?)',
          historyId,
          kind,
          messageId,
          threadKey,
          added,
          removed,
        );
        if (kind === 'relabelled') {
          database.run('UPDATE message SET history_id = ? WHERE gmail_id = ?', historyId, messageId);
        }
      }
    },
    async keep(count) {
      const forgets = database.run(
        'UPDATE mailbox SET oldest_history_id = history_id - ?1 WHERE history_id - ?1 > oldest_history_id',
        count,
      );
      if (forgets === 0) return;
      database.run('DELETE FROM history WHERE id <= (SELECT oldest_history_id FROM mailbox)');
    },
  };
}

function wordsIn(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}

function entryOf(row: Row, labels: Pick<Labels, 'idsOf'>): HistoryEntry {
  const kind = textOf(row, 'kind');
  return {
    historyId: integerOf(row, 'id'),
    kind: kind === 'added' || kind === 'deleted' ? kind : 'relabelled',
    messageId: textOf(row, 'gmail_id'),
    threadId: textOf(row, 'thread_id'),
    labelIds: row.label_keys === null ? [] : labels.idsOf(textOf(row, 'label_keys').split(',').map(Number)),
    labelsAdded: wordsIn(textOf(row, 'labels_added')),
    labelsRemoved: wordsIn(textOf(row, 'labels_removed')),
  };
}
