import { AppError } from '../core/errors.ts';
import type { Thread } from '../mail/mailbox.ts';
import type { MessageSummary, StoredMessage } from '../mail/message.ts';
import { followThread } from './assign-thread.ts';
import type { Database, Row } from './database.ts';
import { integerOf, textOf } from './database.ts';
import { labelIdsOf } from './labels.ts';
import type { MailboxFiles } from './raw-store.ts';
import { readRaw } from './raw-store.ts';

const selectMessages = `
  SELECT m.gmail_id, t.gmail_id AS thread_id, m.internal_ms, m.history_id, m.size_bytes, m.sender, m.recipients, m.cc,
    m.bcc, m.subject, m.snippet, m.attachment_names, m.raw_key,
    (SELECT group_concat(label_key) FROM message_label WHERE message_key = m.id) AS label_keys
  FROM message m JOIN thread t ON t.key = m.thread_key`;

function summaryOf(mailbox: Database, row: Row): MessageSummary {
  return {
    id: textOf(row, 'gmail_id'),
    threadId: textOf(row, 'thread_id'),
    internalDate: String(integerOf(row, 'internal_ms')),
    historyId: String(integerOf(row, 'history_id')),
    sizeEstimate: integerOf(row, 'size_bytes'),
    from: textOf(row, 'sender'),
    to: textOf(row, 'recipients'),
    cc: textOf(row, 'cc'),
    bcc: textOf(row, 'bcc'),
    subject: textOf(row, 'subject'),
    snippet: textOf(row, 'snippet'),
    labelIds: row.label_keys === null ? [] : labelIdsOf(mailbox, textOf(row, 'label_keys').split(',').map(Number)),
    attachmentNames: namesIn(textOf(row, 'attachment_names')),
  };
}

function namesIn(json: string): readonly string[] {
  const names: unknown = json === '[]' ? [] : JSON.parse(json);
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function storedMessageOf(files: MailboxFiles, row: Row): StoredMessage {
  return { summary: summaryOf(files.mailbox, row), raw: readRaw(files.raw, integerOf(row, 'raw_key')) };
}

/** The messages with these keys, newest first; a key of no message is left out. */
export function readSummaries(mailbox: Database, keys: readonly number[]): readonly MessageSummary[] {
  const sql = `${selectMessages} WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id DESC`;
  return mailbox.all(sql, JSON.stringify(keys)).map((row) => summaryOf(mailbox, row));
}

/** A message with its bytes. Throws `NOT_FOUND`. */
export function getMessage(files: MailboxFiles, id: string): StoredMessage {
  const row = files.mailbox.get(`${selectMessages} WHERE m.gmail_id = ?`, id);
  if (row !== undefined) return storedMessageOf(files, row);
  throw new AppError('NOT_FOUND', `There is no message ${id} in this mailbox.`, {
    field: 'id',
    got: id,
    hint: 'Ids come from search_messages; a thread has an id of its own.',
  });
}

/** A thread; also under the id of a thread that was joined to it. Throws `NOT_FOUND`. */
export function getThread(files: MailboxFiles, id: string): Thread {
  return files.mailbox.read(() => {
    const named = files.mailbox.get('SELECT key FROM thread WHERE gmail_id = ?', id);
    const key = named === undefined ? undefined : followThread(files.mailbox, integerOf(named, 'key'), 'joined').key;
    const rows =
      key === undefined ? [] : files.mailbox.all(`${selectMessages} WHERE m.thread_key = ? ORDER BY m.id`, key);
    const [first] = rows;
    if (first === undefined) {
      throw new AppError('NOT_FOUND', `There is no thread ${id} in this mailbox.`, {
        field: 'id',
        got: id,
        hint: 'Every message names its threadId.',
      });
    }
    return {
      id: textOf(first, 'thread_id'),
      historyId: String(Math.max(...rows.map((row) => integerOf(row, 'history_id')))),
      messages: rows.map((row) => storedMessageOf(files, row)),
    };
  });
}
