import type { Database } from '../../store/sqlite/database.ts';
import { integerOf } from '../../store/sqlite/database.ts';
import { findLabel } from './labels.ts';

/** How many messages and threads have a label, and how many of them are unread. */
export interface LabelCounts {
  readonly messagesTotal: number;
  readonly messagesUnread: number;
  readonly threadsTotal: number;
  readonly threadsUnread: number;
}

/** Counts for one label. Throws `NOT_FOUND`. */
export function getLabelCounts(mailbox: Database, id: string): LabelCounts {
  return mailbox.read(() => {
    const row = mailbox.get(
      `SELECT count(*) AS messages_total, count(u.message_key) AS messages_unread,
         count(DISTINCT m.thread_key) AS threads_total,
         count(DISTINCT iif(u.message_key IS NULL, NULL, m.thread_key)) AS threads_unread
       FROM message_label l JOIN message m ON m.id = l.message_key
       LEFT JOIN message_label u ON u.label_key = ? AND u.message_key = l.message_key
       WHERE l.label_key = ?`,
      findLabel(mailbox, 'UNREAD').key,
      findLabel(mailbox, id).key,
    );
    if (row === undefined) throw new Error('a count has no row');
    return {
      messagesTotal: integerOf(row, 'messages_total'),
      messagesUnread: integerOf(row, 'messages_unread'),
      threadsTotal: integerOf(row, 'threads_total'),
      threadsUnread: integerOf(row, 'threads_unread'),
    };
  });
}
