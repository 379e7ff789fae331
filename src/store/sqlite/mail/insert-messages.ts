import { hashText } from '../../../mail/text/hash-text.ts';
import type { MessageContent, NewMessage } from '../../mail/message-rows.ts';
import type { Database, Parameter } from '../database.ts';
import { checkpointRarely, mergeRarely } from './bulk-writing.ts';
import { withFieldWords } from './field-words.ts';
import { firstMessageKey, freeMessageKey } from './message-key.ts';

const insertText = `INSERT INTO full_text (rowid, subject, sender, recipients, cc, bcc, delivered_to, list, filename, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Stores messages; answers their keys in the same order. Runs inside a write transaction. */
export function insertMessages(database: Database, messages: readonly NewMessage[]): readonly number[] {
  const searchedKeys = new Map<number, number>();
  let longestOverflow = 0;
  const inserted = messages.map((message) => {
    const key = freeMessageKey(database, message.internalDateMs, searchedKeys);
    insertRow(database, key, message);
    for (const label of message.labelKeys) database.run('INSERT INTO message_label VALUES (?, ?)', label, key);
    longestOverflow = Math.max(longestOverflow, key - firstMessageKey(message.internalDateMs));
    return { key, texts: message.texts };
  });
  database.run(
    'UPDATE mailbox SET messages_total = messages_total + ?, longest_spill = max(longest_spill, ?) WHERE id = 1',
    messages.length,
    longestOverflow,
  );
  checkpointRarely(database, messages.length);
  mergeRarely(database, messages.length);
  // Last: FTS5 collects rows in memory and writes them out early, five times as slowly, when a statement on another
  // table opens a savepoint. In order of keys: else it writes them out whenever a key is below the one before.
  for (const { key, texts } of inserted.toSorted((a, b) => a.key - b.key)) {
    database.run(insertText, key, ...withFieldWords(texts));
  }
  return inserted.map(({ key }) => key);
}

/** Puts other content in the place of what messages have. Runs inside a write transaction. */
export function rewriteMessages(
  database: Database,
  contents: readonly { readonly messageKey: number; readonly content: MessageContent }[],
): void {
  const columns = contentColumns.map((column) => `${column} = ?`).join(', ');
  const known = contents.filter(
    ({ messageKey, content }) =>
      database.run(`UPDATE message SET ${columns} WHERE id = ?`, ...valuesOf(content), messageKey) > 0,
  );
  for (const { messageKey, content } of known.toSorted((a, b) => a.messageKey - b.messageKey)) {
    database.run('DELETE FROM full_text WHERE rowid = ?', messageKey);
    database.run(insertText, messageKey, ...withFieldWords(content.texts));
  }
}

/** The columns of `message` that hold its content, as {@link valuesOf} gives them. */
const contentColumns = [
  'size_bytes',
  'message_id',
  'message_id_hash',
  'subject_hash',
  'has_references',
  'participants',
  'sender',
  'recipients',
  'cc',
  'bcc',
  'subject',
  'snippet',
  'attachment_names',
  'is_unverified',
] as const;

function valuesOf(content: MessageContent): readonly Parameter[] {
  return [
    content.sizeBytes,
    content.messageId,
    hashText(content.messageId),
    content.subjectHash ?? null,
    content.hasReferences ? 1 : 0,
    new Uint8Array(content.participantHashes.buffer),
    content.sender,
    content.recipients,
    content.cc,
    content.bcc,
    content.subject,
    content.snippet,
    content.attachmentNames.length === 0 ? '[]' : JSON.stringify(content.attachmentNames),
    content.isUnverified ? 1 : 0,
  ];
}

const insertMessage = `INSERT INTO message (id, gmail_id, thread_key, raw_key, history_id, internal_ms,
  ${contentColumns.join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ${contentColumns.map(() => '?').join(', ')})`;

function insertRow(database: Database, key: number, message: NewMessage): void {
  const { id, threadKey, bytesKey, historyId, internalDateMs } = message;
  database.run(insertMessage, key, id, threadKey, bytesKey, historyId, internalDateMs, ...valuesOf(message));
}
