import { AppError } from '../../core/errors.ts';
import { currentContext } from '../../core/context.ts';
import type { Thread, ThreadSummary } from '../../mail/mailbox.ts';
import type { MessageSummary, RawMessage, ReadableMessage } from '../../mail/message.ts';
import { parseOrHeaders } from '../../mail/mime/parse-or-headers.ts';
import { followThread } from '../threads/assign-thread.ts';
import type { Database, Row } from '../../store/sqlite/database.ts';
import { integerOf, textOf } from '../../store/sqlite/database.ts';
import { labelIdsOf } from '../labels/labels.ts';
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

/** How long one message may take to be parsed before only its header is shown; ordinary mail takes about a millisecond. */
const parseDeadlineMs = 10_000;

async function readable({ summary, raw }: RawMessage): Promise<ReadableMessage> {
  const signal = currentContext()?.signal;
  const { parsed, problem } = await parseOrHeaders(raw, {
    deadlineMs: parseDeadlineMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const attachments = parsed.attachments.map((attachment) => {
    const { content: _, ...facts } = attachment;
    return facts;
  });
  return { summary, content: { ...parsed, attachments }, ...(problem === undefined ? {} : { problem }) };
}

function rawMessageOf(files: MailboxFiles, row: Row): RawMessage {
  return { summary: summaryOf(files.mailbox, row), raw: readRaw(files.raw, integerOf(row, 'raw_key')) };
}

/** The messages with these keys, newest first; a key of no message is left out. */
export function readSummaries(mailbox: Database, keys: readonly number[]): readonly MessageSummary[] {
  const sql = `${selectMessages} WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id DESC`;
  return mailbox.all(sql, JSON.stringify(keys)).map((row) => summaryOf(mailbox, row));
}

/** A message with its bytes. Throws `NOT_FOUND`. */
export function getRawMessage(files: MailboxFiles, id: string): RawMessage {
  const row = findMessage(files.mailbox, id);
  try {
    return rawMessageOf(files, row);
  } catch (error) {
    // Deleted between the two files by another process: that is no damage.
    findMessage(files.mailbox, id);
    throw error;
  }
}

function findMessage(mailbox: Database, id: string): Row {
  const row = mailbox.get(`${selectMessages} WHERE m.gmail_id = ?`, id);
  if (row !== undefined) return row;
  throw new AppError('NOT_FOUND', `There is no message ${id} in this mailbox.`, {
    field: 'id',
    got: id,
    hint: 'Ids come from search_messages; a thread has an id of its own.',
  });
}

/** A message as it is read. Throws `NOT_FOUND`. */
export async function getMessage(files: MailboxFiles, id: string): Promise<ReadableMessage> {
  return readable(getRawMessage(files, id));
}

/** A message without its text. Throws `NOT_FOUND`. */
export function getMessageSummary(mailbox: Database, id: string): MessageSummary {
  return summaryOf(mailbox, findMessage(mailbox, id));
}

/** The thread with this key, which has messages. */
export function readThreadSummary(mailbox: Database, key: number): ThreadSummary {
  const rows = readThreadRows(mailbox, key);
  return { ...threadOf(rows), messages: rows.map((row) => summaryOf(mailbox, row)) };
}

/** A thread without its messages' texts; also under the id of one that was joined to it. Throws `NOT_FOUND`. */
export function getThreadSummary(mailbox: Database, id: string): ThreadSummary {
  return mailbox.read(() => {
    const rows = findThreadRows(mailbox, id);
    return { ...threadOf(rows), messages: rows.map((row) => summaryOf(mailbox, row)) };
  });
}

/** A thread; also under the id of a thread that was joined to it. Throws `NOT_FOUND`. */
export async function getThread(files: MailboxFiles, id: string): Promise<Thread> {
  const rows = findThreadRows(files.mailbox, id);
  // A message that another process deletes meanwhile is left out, as if it had been asked for later.
  const messages = rows.flatMap((row) => readIfThere(files, row));
  if (messages.length === 0) return getThread(files, id);
  return { ...threadOf(rows), messages: await Promise.all(messages.map(readable)) };
}

function readIfThere(files: MailboxFiles, row: Row): readonly RawMessage[] {
  try {
    return [rawMessageOf(files, row)];
  } catch (error) {
    const isThere =
      files.mailbox.get('SELECT 1 FROM message WHERE gmail_id = ?', textOf(row, 'gmail_id')) !== undefined;
    if (isThere) throw error;
    return [];
  }
}

function readThreadRows(mailbox: Database, key: number): readonly Row[] {
  return mailbox.all(`${selectMessages} WHERE m.thread_key = ? ORDER BY m.id`, key);
}

function findThreadRows(mailbox: Database, id: string): readonly Row[] {
  const named = mailbox.get('SELECT key FROM thread WHERE gmail_id = ?', id);
  const rows =
    named === undefined ? [] : readThreadRows(mailbox, followThread(mailbox, integerOf(named, 'key'), 'joined').key);
  if (rows.length > 0) return rows;
  throw new AppError('NOT_FOUND', `There is no thread ${id} in this mailbox.`, {
    field: 'id',
    got: id,
    hint: 'Every message names its threadId.',
  });
}

function threadOf(rows: readonly Row[]): Pick<Thread, 'id' | 'historyId'> {
  const [first] = rows;
  if (first === undefined) throw new Error('a thread without messages was read');
  return {
    id: textOf(first, 'thread_id'),
    historyId: String(Math.max(...rows.map((row) => integerOf(row, 'history_id')))),
  };
}
