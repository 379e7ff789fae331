import { integerOf, textOf, type Row } from '../../columns.ts';
import type { Database } from '../database.ts';
import type { LabelChange } from '../../../mail/mailbox.ts';
import { changeLabels, forgetMessage, idsIn, isLater } from './standing.ts';

/** What is kept of a message, each part sealed by itself. */
export type SealedKind = 'facts' | 'body' | 'raw';

/** What stands in the clear of a message: its place and its labels. */
interface CachedMessage {
  readonly facts: { readonly id: string };
  readonly labelIds: readonly string[];
  readonly historyId: string;
}

/** A cache that is full is emptied down to this part of it. */
const keptShare = 0.9;

/** Rows of those messages whose labels are known, with their sealed facts. */
export function selectFacts(database: Database, ids: readonly string[]): readonly Row[] {
  return database.all(
    `SELECT s.message_id, s.bytes, s.used_ms, m.history_id, m.label_ids
     FROM json_each(?) wanted JOIN message m ON m.id = wanted.value AND m.label_ids IS NOT NULL
     JOIN sealed s ON s.message_id = m.id AND s.kind = 'facts'`,
    JSON.stringify(ids),
  );
}

/** One part of a message. */
export function selectSealed(database: Database, id: string, kind: SealedKind): Row | undefined {
  return database.get('SELECT bytes, used_ms FROM sealed WHERE message_id = ? AND kind = ?', id, kind);
}

/** Forgets one part of a message. */
export function forgetSealed(database: Database, id: string, kind: SealedKind): void {
  database.run('DELETE FROM sealed WHERE message_id = ? AND kind = ?', id, kind);
}

/** Takes note that a part of a message was used. */
export function markUsed(database: Database, id: string, kind: SealedKind, nowMs: number): void {
  database.run('UPDATE sealed SET used_ms = ? WHERE message_id = ? AND kind = ?', nowMs, id, kind);
}

/** Stores a message that was asked for when labels were right up to `askedAtHistoryId`. Runs inside a write transaction. */
export function insertMessage(
  database: Database,
  { facts, labelIds, historyId }: CachedMessage,
  askedAtHistoryId: string,
  parts: readonly (readonly [SealedKind, Uint8Array])[],
  nowMs: number,
): void {
  const row = database.get('SELECT history_id FROM message WHERE id = ?', facts.id);
  const known = row === undefined ? '0' : textOf(row, 'history_id');
  // A change that became known while the message was on its way may be missing in it: then its labels are not believed.
  const isBelieved = !isLater(known, historyId) || !isLater(known, askedAtHistoryId);
  if (isBelieved) {
    database.run(
      'INSERT OR REPLACE INTO message VALUES (?, ?, ?)',
      facts.id,
      isLater(known, historyId) ? known : historyId,
      JSON.stringify(labelIds),
    );
  }
  for (const [kind, bytes] of parts) {
    forgetSealed(database, facts.id, kind);
    database.run('INSERT INTO sealed VALUES (?, ?, ?, ?, ?)', facts.id, kind, bytes, bytes.length, nowMs);
  }
}

/** Makes room by forgetting what was not used for the longest time. Runs inside a write transaction. */
export function trim(database: Database, maxBytes: number): void {
  const row = database.get('SELECT total_bytes FROM state');
  let excess = (row === undefined ? 0 : integerOf(row, 'total_bytes')) - maxBytes;
  if (excess <= 0) return;
  excess += maxBytes * (1 - keptShare);
  for (const old of database.all('SELECT message_id, kind, size_bytes FROM sealed ORDER BY used_ms, size_bytes')) {
    database.run(
      'DELETE FROM sealed WHERE message_id = ? AND kind = ?',
      textOf(old, 'message_id'),
      textOf(old, 'kind'),
    );
    excess -= integerOf(old, 'size_bytes');
    if (excess <= 0) break;
  }
  database.run('DELETE FROM message WHERE id NOT IN (SELECT message_id FROM sealed)');
}

/** Applies a change of labels that we made. */
export function relabel(database: Database, { ids, addLabelIds, removeLabelIds }: LabelChange): void {
  database.write(() => {
    for (const id of ids) {
      const row = database.get('SELECT label_ids FROM message WHERE id = ? AND label_ids IS NOT NULL', id);
      if (row === undefined) continue;
      const labelIds = changeLabels(idsIn(textOf(row, 'label_ids')), addLabelIds, removeLabelIds);
      database.run('UPDATE message SET label_ids = ? WHERE id = ?', JSON.stringify(labelIds), id);
    }
  });
}

/** Takes a label off every message. */
export function dropLabel(database: Database, labelId: string): void {
  database.run(
    `UPDATE message SET label_ids = (SELECT json_group_array(value) FROM json_each(label_ids) WHERE value <> ?1)
     WHERE EXISTS (SELECT 1 FROM json_each(label_ids) WHERE value = ?1)`,
    labelId,
  );
}

/** Forgets messages that we deleted, and all threads: which of them they were in is not known. */
export function removeMessages(database: Database, ids: readonly string[]): void {
  database.write(() => {
    for (const id of ids) {
      const row = database.get('SELECT history_id FROM message WHERE id = ?', id);
      if (row !== undefined) forgetMessage(database, id, textOf(row, 'history_id'));
    }
    database.run('DELETE FROM thread');
  });
}
