import type { MessageSummary } from '../../../mail/message.ts';
import type { MessageRows, MessageTarget, StoredMessage } from '../../mail/message-rows.ts';
import { integerOf, textOf, type Row } from '../../columns.ts';
import type { Database } from '../database.ts';
import type { Labels } from './label-rows.ts';

/** Selects messages as {@link storedMessageOf} reads them, from `source` where each is `m`. */
export function selectMessages(source = 'message m', more = ''): string {
  return `
  SELECT m.id, m.gmail_id, m.thread_key, t.gmail_id AS thread_id, t.messages_total AS thread_messages,
    m.internal_ms, m.history_id, m.size_bytes, m.sender, m.recipients, m.cc, m.bcc, m.subject, m.snippet,
    m.attachment_names, m.is_unverified, m.raw_key, m.message_id,
    (SELECT group_concat(label_key) FROM message_label WHERE message_key = m.id) AS label_keys
    ${more}
  FROM ${source} JOIN thread t ON t.key = m.thread_key`;
}

const select = selectMessages();

/** The rows of `message`, to be read. */
export function openMessageRows(database: Database, raw: Database, labels: Pick<Labels, 'idsOf'>): MessageRows {
  const messageOf = (row: Row): StoredMessage => storedMessageOf(row, labels);
  return {
    async byId(id) {
      const row = database.get(`${select} WHERE m.gmail_id = ?`, id);
      return row === undefined ? undefined : messageOf(row);
    },
    byKeys: async (keys) =>
      database
        .all(`${select} WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id DESC`, JSON.stringify(keys))
        .map(messageOf),
    ofThreads: async (threadKeys) =>
      threadKeys.map((key) => database.all(`${select} WHERE m.thread_key = ? ORDER BY m.id`, key).map(messageOf)),
    sources: async (belowKey, limit) =>
      database
        .all(
          `SELECT id, gmail_id, thread_key, raw_key, internal_ms FROM message WHERE id < ? ORDER BY id DESC LIMIT ?`,
          belowKey,
          limit,
        )
        .map((row) => ({
          ...targetOf(row),
          bytesKey: integerOf(row, 'raw_key'),
          internalDateMs: integerOf(row, 'internal_ms'),
        })),
    targets: async (ids) =>
      [...new Set(ids)].flatMap((id) => {
        const row = database.get('SELECT id, gmail_id, thread_key FROM message WHERE gmail_id = ?', id);
        return row === undefined ? [] : [targetOf(row)];
      }),
    async idsOfBytes(bytesKeys) {
      const rows = database.all(
        'SELECT raw_key, gmail_id FROM message WHERE raw_key IN (SELECT value FROM json_each(?))',
        JSON.stringify(bytesKeys),
      );
      return new Map(rows.map((row) => [integerOf(row, 'raw_key'), textOf(row, 'gmail_id')]));
    },
    async missingBytes(bytesKeys) {
      const sql = 'SELECT key FROM raw WHERE key IN (SELECT value FROM json_each(?))';
      const there = new Set(raw.all(sql, JSON.stringify(bytesKeys)).map((row) => integerOf(row, 'key')));
      return bytesKeys.filter((key) => !there.has(key));
    },
  };
}

/** A row with `id`, `gmail_id` and `thread_key`. */
export function targetOf(row: Row): MessageTarget {
  return { id: textOf(row, 'gmail_id'), key: integerOf(row, 'id'), threadKey: integerOf(row, 'thread_key') };
}

/** A row of {@link selectMessages}. */
export function storedMessageOf(row: Row, labels: Pick<Labels, 'idsOf'>): StoredMessage {
  return {
    ...targetOf(row),
    bytesKey: integerOf(row, 'raw_key'),
    messageId: textOf(row, 'message_id'),
    threadMessages: integerOf(row, 'thread_messages'),
    summary: summaryOf(row, labels),
  };
}

function summaryOf(row: Row, labels: Pick<Labels, 'idsOf'>): MessageSummary {
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
    labelIds: row.label_keys === null ? [] : labels.idsOf(textOf(row, 'label_keys').split(',').map(Number)),
    attachmentNames: namesIn(textOf(row, 'attachment_names')),
    ...(row.is_unverified === 1 ? { isUnverified: true } : {}),
  };
}

function namesIn(json: string): readonly string[] {
  const names: unknown = json === '[]' ? [] : JSON.parse(json);
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}
