import type { Database } from '../../store/sqlite/database.ts';
import { assignThread, beginThread, enterThread } from '../threads/assign-thread.ts';
import { freeDraftId } from '../outgoing/draft-id.ts';
import { forgetOldHistory, recordChange, takeHistoryIds } from '../reading/history.ts';
import type { LabelRow } from '../labels/labels.ts';
import { firstMessageKey, freeGmailId, freeMessageKey } from '../reading/message-key.ts';
import type { PreparedMessage } from './prepare-message.ts';

/** A message to be inserted, with what depends on the mailbox. */
export interface Insertion {
  readonly message: PreparedMessage;
  readonly labels: readonly LabelRow[];
  /** The key of its thread, or a thread of its own; without one the rules for mail that arrives decide. */
  readonly thread?: number | 'own';
  /** The draft whose message it becomes; without one a message labelled DRAFT is a new draft. */
  readonly draftId?: string;
}

/** Where a message was inserted. */
export interface Inserted {
  readonly key: number;
  readonly gmailId: string;
  readonly rawKey: number;
}

/**
 * Inserts messages, all of one write transaction; answers are in the same order. `searchedKeys` goes from one call of a
 * batch to the next, see {@link freeMessageKey}.
 */
export function insertMessages(
  mailbox: Database,
  insertions: readonly Insertion[],
  searchedKeys: Map<number, number>,
): readonly Inserted[] {
  const firstHistoryId = takeHistoryIds(mailbox, insertions.length);
  let longestSpill = 0;
  const inserted = insertions.map((insertion, index) => {
    const { message, labels } = insertion;
    const { internalDateMs, rawKey } = message;
    const key = freeMessageKey(mailbox, internalDateMs, searchedKeys);
    const gmailId = freeGmailId(mailbox, internalDateMs, message.sha256);
    const threadKey = findThread(mailbox, insertion, gmailId);
    const historyId = firstHistoryId + index;
    insertRow(mailbox, message, { key, gmailId, threadKey, historyId });
    recordChange(mailbox, historyId, { kind: 'added', gmailId, threadKey, labelsAdded: [], labelsRemoved: [] });
    for (const label of labels) mailbox.run('INSERT INTO message_label VALUES (?, ?)', label.key, key);
    if (labels.some(({ id }) => id === 'DRAFT'))
      putDraft(mailbox, insertion.draftId ?? freeDraftId(mailbox, gmailId), key);
    longestSpill = Math.max(longestSpill, key - firstMessageKey(internalDateMs));
    return { key, gmailId, rawKey, texts: message.texts };
  });
  mailbox.run(
    'UPDATE mailbox SET messages_total = messages_total + ?, longest_spill = max(longest_spill, ?) WHERE id = 1',
    insertions.length,
    longestSpill,
  );
  forgetOldHistory(mailbox);
  // Last: FTS5 collects rows in memory and writes them out early, five times as slowly, when a statement on another
  // table opens a savepoint. In order of keys: else it writes them out whenever a key is below the one before.
  for (const { key, texts } of inserted.toSorted((a, b) => a.key - b.key)) {
    mailbox.run(
      `INSERT INTO full_text (rowid, subject, sender, recipients, cc, bcc, delivered_to, list, filename, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      key,
      ...texts,
    );
  }
  return inserted;
}

function findThread(mailbox: Database, { message, thread }: Insertion, gmailId: string): number {
  const { threadFacts, internalDateMs } = message;
  if (thread === undefined) return assignThread(mailbox, threadFacts, { gmailId, internalDateMs });
  return thread === 'own' ? beginThread(mailbox, threadFacts, gmailId) : enterThread(mailbox, threadFacts, thread);
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

function putDraft(mailbox: Database, id: string, key: number): void {
  mailbox.run(
    'INSERT INTO draft VALUES (?, ?) ON CONFLICT (gmail_id) DO UPDATE SET message_key = excluded.message_key',
    id,
    key,
  );
}
