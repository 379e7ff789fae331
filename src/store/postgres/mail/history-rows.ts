import { integerOf, textOf, type Row } from '../../columns.ts';
import type { HistoryEntry, HistoryWriter } from '../../mail/history-rows.ts';
import type { Queries } from '../database.ts';

/** The rows of `history` of one account. */
export function historyRows(queries: Queries, account: number): HistoryWriter {
  return {
    async after(historyId, limit) {
      const rows = await queries.all(
        `SELECT h.*, t.gmail_id AS thread_id, (
           SELECT string_agg(l.gmail_id, ' ' ORDER BY l.key) FROM message_label ml
           JOIN label l ON l.account = ml.account AND l.key = ml.label_key
           WHERE ml.account = m.account AND ml.message_key = m.key) AS label_ids
         FROM history h LEFT JOIN message m ON m.account = h.account AND m.gmail_id = h.gmail_id
         JOIN thread t ON t.account = h.account AND t.key = coalesce(m.thread_key, h.thread_key)
         WHERE h.account = $1 AND h.id > $2 ORDER BY h.id LIMIT $3`,
        account,
        historyId,
        limit,
      );
      return rows.map(entryOf);
    },
    async take(count) {
      const sql = 'UPDATE mailbox SET history_id = history_id + $2 WHERE account = $1 RETURNING history_id';
      const row = await queries.get(sql, account, count);
      if (row === undefined) throw new Error('the mailbox has lost its row of totals');
      return integerOf(row, 'history_id') - count + 1;
    },
    async reach(historyId) {
      const sql = 'UPDATE mailbox SET history_id = greatest(history_id, $2) WHERE account = $1';
      await queries.run(sql, account, historyId);
    },
    async record(changes) {
      if (changes.length === 0) return;
      await queries.run(
        `INSERT INTO history (account, id, kind, gmail_id, thread_key, labels_added, labels_removed)
         SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[])`,
        account,
        changes.map(({ historyId }) => historyId),
        changes.map(({ kind }) => kind),
        changes.map(({ messageId }) => messageId),
        changes.map(({ threadKey }) => threadKey),
        changes.map(({ labelsAdded }) => labelsAdded.join(' ')),
        changes.map(({ labelsRemoved }) => labelsRemoved.join(' ')),
      );
      const relabelled = new Map(
        changes.flatMap(({ kind, messageId, historyId }) =>
          kind === 'relabelled' ? [[messageId, historyId] as const] : [],
        ),
      );
      if (relabelled.size === 0) return;
      await queries.run(
        `UPDATE message m SET history_id = c.history_id FROM unnest($2::text[], $3::bigint[]) AS c (gmail_id, history_id)
         WHERE m.account = $1 AND m.gmail_id = c.gmail_id`,
        account,
        [...relabelled.keys()],
        [...relabelled.values()],
      );
    },
    async keep(count) {
      const row = await queries.get(
        `UPDATE mailbox SET oldest_history_id = history_id - $2
         WHERE account = $1 AND history_id - $2 > oldest_history_id RETURNING oldest_history_id`,
        account,
        count,
      );
      if (row === undefined) return;
      const oldest = integerOf(row, 'oldest_history_id');
      await queries.run('DELETE FROM history WHERE account = $1 AND id <= $2', account, oldest);
    },
  };
}

function wordsIn(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}

function entryOf(row: Row): HistoryEntry {
  const kind = textOf(row, 'kind');
  return {
    historyId: integerOf(row, 'id'),
    kind: kind === 'added' || kind === 'deleted' ? kind : 'relabelled',
    messageId: textOf(row, 'gmail_id'),
    threadId: textOf(row, 'thread_id'),
    labelIds: row.label_ids === null ? [] : wordsIn(textOf(row, 'label_ids')),
    labelsAdded: wordsIn(textOf(row, 'labels_added')),
    labelsRemoved: wordsIn(textOf(row, 'labels_removed')),
  };
}
