import { AppError } from '../../core/errors.ts';
import type { ChangedMessage, HistoryPage, HistoryRecord, PageRequest } from '../../mail/mailbox.ts';
import type { Database, Row } from '../../store/sqlite/database.ts';
import { integerOf, textOf } from '../../store/sqlite/database.ts';
import { decodePageToken, encodePageToken } from '../search/page-token.ts';

/** Changes that are kept. Gmail keeps at least a week; this is a week of ten changes a minute. */
export const keptHistoryRecords = 100_000;

/** A change about to be recorded. Label ids are Gmail's. */
interface Change {
  readonly kind: 'added' | 'deleted' | 'relabelled';
  readonly gmailId: string;
  readonly threadKey: number;
  readonly labelsAdded: readonly string[];
  /** Of a deleted message, those that it had. */
  readonly labelsRemoved: readonly string[];
}

function currentHistoryId(database: Database): number {
  const row = database.get('SELECT history_id FROM mailbox');
  return row === undefined ? 0 : integerOf(row, 'history_id');
}

/** Takes the next `count` history ids and answers the first. Runs inside a write transaction. */
export function takeHistoryIds(database: Database, count: number): number {
  const row = database.get('UPDATE mailbox SET history_id = history_id + ? WHERE id = 1 RETURNING history_id', count);
  if (row === undefined) throw new Error('the mailbox has lost its row of totals');
  return integerOf(row, 'history_id') - count + 1;
}

/** Records a change under a history id that was taken for it. */
export function recordChange(database: Database, id: number, change: Change): void {
  database.run(
    'INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)',
    id,
    change.kind,
    change.gmailId,
    change.threadKey,
    change.labelsAdded.join(' '),
    change.labelsRemoved.join(' '),
  );
}

/** Forgets the changes beyond {@link keptHistoryRecords}. Runs at the end of a write transaction. */
export function forgetOldHistory(database: Database): void {
  const oldest = currentHistoryId(database) - keptHistoryRecords;
  if (database.run('DELETE FROM history WHERE id <= ?', oldest) > 0) {
    database.run('UPDATE mailbox SET oldest_history_id = ? WHERE id = 1', oldest);
  }
}

/** The changes after `startHistoryId`, oldest first; see {@link HistoryPage}. Runs inside a read transaction. */
export function listHistory(
  database: Database,
  { startHistoryId, maxResults, pageToken }: PageRequest & { readonly startHistoryId: string },
): HistoryPage {
  const scope = `history ${startHistoryId}`;
  const start = readStart(database, startHistoryId);
  const [after = start] = pageToken === undefined ? [] : decodePageToken(pageToken, scope, 1);
  const rows = database.all(
    `SELECT h.*, t.gmail_id AS thread_id, m.thread_key AS thread_key_now, (
       SELECT group_concat(l.gmail_id, ' ' ORDER BY l.key) FROM message_label ml JOIN label l ON l.key = ml.label_key
       WHERE ml.message_key = m.id) AS label_ids
     FROM history h LEFT JOIN message m ON m.gmail_id = h.gmail_id
     JOIN thread t ON t.key = coalesce(m.thread_key, h.thread_key)
     WHERE h.id > ? ORDER BY h.id LIMIT ?`,
    Math.max(after, start),
    maxResults + 1,
  );
  const page = rows.slice(0, maxResults);
  const last = page.at(-1);
  return {
    history: page.map(historyRecordOf),
    historyId: String(currentHistoryId(database)),
    ...(rows.length > maxResults && last !== undefined
      ? { nextPageToken: encodePageToken([integerOf(last, 'id')], scope) }
      : {}),
  };
}

function readStart(database: Database, startHistoryId: string): number {
  if (!/^\d{1,15}$/.test(startHistoryId)) {
    throw new AppError('INVALID_INPUT', 'This is no history id.', {
      field: 'startHistoryId',
      expected: 'a decimal number that get_profile, a message or list_changes gave',
      got: startHistoryId,
    });
  }
  const start = Number(startHistoryId);
  const row = database.get('SELECT history_id, oldest_history_id FROM mailbox');
  const newest = row === undefined ? 0 : integerOf(row, 'history_id');
  const oldest = row === undefined ? 0 : integerOf(row, 'oldest_history_id');
  if (start >= oldest && start <= newest) return start;
  throw new AppError('NOT_FOUND', `The history of this mailbox does not reach from ${start}.`, {
    field: 'startHistoryId',
    expected: `${oldest} to ${newest}`,
    got: startHistoryId,
    hint: 'Read the messages afresh, then follow changes from the historyId of get_profile.',
  });
}

function wordsIn(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}

function historyRecordOf(row: Row): HistoryRecord {
  const message: ChangedMessage = {
    id: textOf(row, 'gmail_id'),
    threadId: textOf(row, 'thread_id'),
    // A message that is gone has no labels left to show but in the record of its end.
    labelIds: row.label_ids === null ? [] : wordsIn(textOf(row, 'label_ids')),
  };
  const id = String(integerOf(row, 'id'));
  const added = wordsIn(textOf(row, 'labels_added'));
  const removed = wordsIn(textOf(row, 'labels_removed'));
  switch (textOf(row, 'kind')) {
    case 'added':
      return { id, messagesAdded: [{ message }] };
    case 'deleted':
      return { id, messagesDeleted: [{ message: { ...message, labelIds: removed } }] };
    default:
      return {
        id,
        ...(added.length === 0 ? {} : { labelsAdded: [{ message, labelIds: added }] }),
        ...(removed.length === 0 ? {} : { labelsRemoved: [{ message, labelIds: removed }] }),
      };
  }
}

/** Forgets all changes: no history id that was given out so far reaches any more. Runs inside a write transaction. */
export function forgetHistory(database: Database): void {
  const now = takeHistoryIds(database, 1);
  database.run('DELETE FROM history');
  database.run('UPDATE mailbox SET oldest_history_id = ? WHERE id = 1', now);
}
