import type { MessageSummary } from '../../../mail/message.ts';
import { integerOf, textOf, type Row } from '../../columns.ts';
import type { MessageRows, MessageTarget, StoredMessage } from '../../mail/message-rows.ts';
import type { Queries } from '../database.ts';
import { prepared } from '../prepared-statement.ts';

/** Selects messages as {@link storedMessageOf} reads them, from `source` where each is `m`. */
export function selectMessages(source = 'message m', more = ''): string {
  return `
  SELECT m.key, m.gmail_id, m.thread_key, m.bytes_key, m.history_id, m.internal_ms, m.size_bytes, m.message_id, m.sender,
    m.recipients, m.cc, m.bcc, m.subject, m.snippet, m.attachment_names, m.is_unverified, t.gmail_id AS thread_id, t.messages_total AS thread_messages, (
      SELECT string_agg(l.gmail_id, ' ' ORDER BY l.key) FROM message_label ml
      JOIN label l ON l.account = ml.account AND l.key = ml.label_key
      WHERE ml.account = m.account AND ml.message_key = m.key) AS label_ids
    ${more}
  FROM ${source} JOIN thread t ON t.account = m.account AND t.key = m.thread_key`;
}

const select = selectMessages();
const selectById = prepared(`${select} WHERE m.account = $1 AND m.gmail_id = $2`);
const selectByKeys = prepared(`${select} WHERE m.account = $1 AND m.key = ANY ($2::bigint[]) ORDER BY m.key DESC`);
const selectByThreads = prepared(`${select} WHERE m.account = $1 AND m.thread_key = ANY ($2::bigint[]) ORDER BY m.key`);

/** The rows of `message` of one account, to be read. */
export function messageRows(queries: Queries, account: number): MessageRows {
  return {
    async byId(id) {
      const row = await queries.get(selectById, account, id);
      return row === undefined ? undefined : storedMessageOf(row);
    },
    async byKeys(keys) {
      if (keys.length === 0) return [];
      return (await queries.all(selectByKeys, account, keys)).map(storedMessageOf);
    },
    async ofThreads(threadKeys) {
      if (threadKeys.length === 0) return [];
      const messages = (await queries.all(selectByThreads, account, threadKeys)).map(storedMessageOf);
      const byThread = Map.groupBy(messages, ({ threadKey }) => threadKey);
      return threadKeys.map((key) => byThread.get(key) ?? []);
    },
    async sources(belowKey, limit) {
      const rows = await queries.all(
        `SELECT key, gmail_id, thread_key, bytes_key, internal_ms FROM message
         WHERE account = $1 AND key < $2 ORDER BY key DESC LIMIT $3`,
        account,
        belowKey,
        limit,
      );
      return rows.map((row) => ({
        ...targetOf(row),
        bytesKey: integerOf(row, 'bytes_key'),
        internalDateMs: integerOf(row, 'internal_ms'),
      }));
    },
    async targets(ids) {
      if (ids.length === 0) return [];
      const sql = 'SELECT key, gmail_id, thread_key FROM message WHERE account = $1 AND gmail_id = ANY ($2::text[])';
      const found = new Map((await queries.all(sql, account, ids)).map(targetOf).map((target) => [target.id, target]));
      return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
    },
    async idsOfBytes(bytesKeys) {
      if (bytesKeys.length === 0) return new Map();
      const sql = 'SELECT gmail_id, bytes_key FROM message WHERE account = $1 AND bytes_key = ANY ($2::bigint[])';
      const rows = await queries.all(sql, account, bytesKeys);
      return new Map(rows.map((row) => [integerOf(row, 'bytes_key'), textOf(row, 'gmail_id')]));
    },
    async missingBytes(bytesKeys) {
      if (bytesKeys.length === 0) return [];
      const sql = 'SELECT key FROM raw WHERE account = $1 AND key = ANY ($2::bigint[])';
      const there = new Set((await queries.all(sql, account, bytesKeys)).map((row) => integerOf(row, 'key')));
      return bytesKeys.filter((key) => !there.has(key));
    },
  };
}

/** A row with `key`, `gmail_id` and `thread_key`. */
export function targetOf(row: Row): MessageTarget {
  return { id: textOf(row, 'gmail_id'), key: integerOf(row, 'key'), threadKey: integerOf(row, 'thread_key') };
}

/** A row of {@link selectMessages}. */
export function storedMessageOf(row: Row): StoredMessage {
  return {
    ...targetOf(row),
    bytesKey: integerOf(row, 'bytes_key'),
    messageId: textOf(row, 'message_id'),
    threadMessages: integerOf(row, 'thread_messages'),
    summary: summaryOf(row),
  };
}

function summaryOf(row: Row): MessageSummary {
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
    labelIds: row.label_ids === null ? [] : textOf(row, 'label_ids').split(' '),
    attachmentNames: namesIn(textOf(row, 'attachment_names')),
    ...(row.is_unverified === true ? { isUnverified: true } : {}),
  };
}

function namesIn(json: string): readonly string[] {
  const names: unknown = json === '[]' ? [] : JSON.parse(json);
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}
