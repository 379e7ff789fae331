import { assignThread } from './assign-thread.ts';
import type { Database } from './database.ts';
import { forgetOldHistory, recordChange, takeHistoryIds } from './history.ts';
import type { LabelRow } from './labels.ts';
import { ensureLabels } from './labels.ts';
import { firstMessageKey, freeGmailId, freeMessageKey } from './message-key.ts';
import type { PreparedMessage } from './prepare-message.ts';

/**
 * Inserts messages that are not there, all of one write transaction, and answers their ids by the key of their bytes.
 * `searchedKeys` goes from one call of a batch to the next, see {@link freeMessageKey}.
 */
export function insertMessages(
  mailbox: Database,
  messages: readonly PreparedMessage[],
  searchedKeys: Map<number, number>,
): Map<number, string> {
  const firstHistoryId = takeHistoryIds(mailbox, messages.length);
  const knownLabels = new Map<string, LabelRow>();
  const ids = new Map<number, string>();
  let longestSpill = 0;
  const rows = messages.map((message, index) => {
    const { internalDateMs, rawKey } = message;
    const key = freeMessageKey(mailbox, internalDateMs, searchedKeys);
    const gmailId = freeGmailId(mailbox, internalDateMs, message.sha256);
    const threadKey = assignThread(mailbox, message.threadFacts, { gmailId, internalDateMs });
    const historyId = firstHistoryId + index;
    insertRow(mailbox, message, { key, gmailId, threadKey, historyId });
    recordChange(mailbox, historyId, { kind: 'added', gmailId, threadKey, labelsAdded: [], labelsRemoved: [] });
    putLabels(mailbox, ensureLabels(mailbox, message.labelNames, knownLabels), key, gmailId);
    longestSpill = Math.max(longestSpill, key - firstMessageKey(internalDateMs));
    ids.set(rawKey, gmailId);
    return { key, texts: message.texts };
  });
  mailbox.run(
    'UPDATE mailbox SET messages_total = messages_total + ?, longest_spill = max(longest_spill, ?) WHERE id = 1',
    messages.length,
    longestSpill,
  );
  forgetOldHistory(mailbox);
  // Last: FTS5 collects rows in memory and writes them out early, five times as slowly, when a statement on another
  // table opens a savepoint. In order of keys: else it writes them out whenever a key is below the one before.
  for (const { key, texts } of rows.toSorted((a, b) => a.key - b.key)) {
    mailbox.run(
      `INSERT INTO full_text (rowid, subject, sender, recipients, cc, bcc, delivered_to, list, filename, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      key,
      ...texts,
    );
  }
  return ids;
}

function insertRow(
  mailbox: Database,
  message: PreparedMessage,
  row: { readonly key: number; readonly gmailId: string; readonly threadKey: number; readonly historyId: number },
): void {
  const { threadFacts } = message;
  mailbox.run(
    `INSERT INTO message (id, gmail_id, thread_key, raw_key, history_id, internal_ms, size_bytes, message_id,
       message_id_hash, subject_hash, has_references, participants, sender, recipients, cc, bcc, subject, snippet,
       attachment_names)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.key,
    row.gmailId,
    row.threadKey,
    message.rawKey,
    row.historyId,
    message.internalDateMs,
    message.sizeBytes,
    message.messageId,
    message.messageIdHash,
    threadFacts.subjectHash ?? null,
    threadFacts.hasReferences ? 1 : 0,
    new Uint8Array(threadFacts.participantHashes.buffer),
    message.sender,
    message.recipients,
    message.cc,
    message.bcc,
    message.subject,
    message.snippet,
    JSON.stringify(message.attachmentNames),
  );
}

function putLabels(mailbox: Database, labels: readonly LabelRow[], key: number, gmailId: string): void {
  for (const label of labels) mailbox.run('INSERT INTO message_label VALUES (?, ?)', label.key, key);
  if (!labels.some(({ id }) => id === 'DRAFT')) return;
  // The draft's id is made of the message's, so that a repeated import gives the same.
  mailbox.run('INSERT INTO draft VALUES (?, ?)', `r-${BigInt(`0x${gmailId}`)}`, key);
}
