import * as z from 'zod';
import { integerOf, textOf } from '../../columns.ts';
import type { Database } from '../database.ts';
import { parseStored } from '../../parse-stored.ts';

/** Where a cache stands in the history of its mailbox. */
export interface Standing {
  /** Labels are right up to here; undefined: nothing is followed yet. */
  readonly historyId?: string;
  /** Whether that was found to be the newest a moment ago, and none of our own changes came since. */
  readonly isFresh: boolean;
  /** Grows with every change of the mailbox that is known of: what was listed under another is out of date. */
  readonly epoch: number;
  /** Grows with every change of our own, whichever process made it. */
  readonly writes: number;
}

/** How long the mailbox is taken to be as it was last found to be. */
export const freshMs = 10_000;

const idList = z.array(z.string());

/** Ids in a column of ours. */
export function idsIn(json: string): readonly string[] {
  return parseStored(idList, json) ?? [];
}

/** Whether a time lies within the last {@link freshMs}; a clock that was set back makes nothing fresh. */
export function isRecent(timeMs: number, nowMs: number): boolean {
  return timeMs <= nowMs && nowMs - timeMs < freshMs;
}

/** Where the cache stands. */
export function readStanding(database: Database, nowMs: number): Standing {
  const row = database.get('SELECT history_id, verified_ms, epoch, writes FROM state');
  if (row === undefined) return { isFresh: false, epoch: 0, writes: 0 };
  return {
    ...(row.history_id === null ? {} : { historyId: textOf(row, 'history_id') }),
    isFresh: isRecent(integerOf(row, 'verified_ms'), nowMs),
    epoch: integerOf(row, 'epoch'),
    writes: integerOf(row, 'writes'),
  };
}

/**
 * Begins to follow the history from here, unless somebody else has begun since `start`. What was read before is not
 * trusted with its labels.
 */
export function beginFollowing(database: Database, start: Standing, historyId: string, verifiedMs: number): void {
  database.write(() => {
    const sql = `UPDATE state SET history_id = ?, verified_ms = ?, changed_ms = ?, epoch = epoch + 1
      WHERE history_id IS ?`;
    if (database.run(sql, historyId, verifiedMs, verifiedMs, start.historyId ?? null) === 0) return;
    database.run('UPDATE message SET label_ids = NULL');
    database.run('DELETE FROM page');
    database.run('DELETE FROM thread');
  });
}

/** One step of the history, as Gmail tells it; see https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history/list */
interface FollowedRecord {
  readonly id: string;
  readonly messagesAdded?: readonly ChangedMessage[] | undefined;
  readonly messagesDeleted?: readonly ChangedMessage[] | undefined;
  readonly labelsAdded?: readonly ChangedLabels[] | undefined;
  readonly labelsRemoved?: readonly ChangedLabels[] | undefined;
}
interface ChangedMessage {
  readonly message: { readonly id: string; readonly threadId: string };
}
interface ChangedLabels extends ChangedMessage {
  readonly labelIds: readonly string[];
}

/** The history after `start`, oldest first, and where it ends. */
export interface FollowedHistory {
  readonly start: Standing;
  readonly records: readonly FollowedRecord[];
  readonly historyId: string;
  /** When it was asked for. */
  readonly verifiedMs: number;
}

/** Brings labels, threads and pages up to what the history says. */
export function applyHistory(database: Database, { start, records, historyId, verifiedMs }: FollowedHistory): void {
  database.write(() => {
    for (const record of records) applyRecord(database, record);
    if (records.length > 0) {
      database.run('UPDATE state SET changed_ms = ?, epoch = epoch + 1', verifiedMs);
    }
    // Somebody else may have followed further meanwhile, or made a change that this history does not know.
    database.run(
      `UPDATE state SET history_id = ?1 WHERE history_id IS NOT NULL
         AND (length(history_id), history_id) < (length(?1), ?1)`,
      historyId,
    );
    database.run(
      'UPDATE state SET verified_ms = ? WHERE epoch = ?',
      verifiedMs,
      start.epoch + (records.length > 0 ? 1 : 0),
    );
  });
}

function applyRecord(database: Database, record: FollowedRecord): void {
  for (const { message } of record.messagesAdded ?? []) {
    // A thread that was read after its message arrived is right already.
    const sql = `DELETE FROM thread WHERE id = ?
      AND NOT EXISTS (SELECT 1 FROM json_each(message_ids) WHERE value = ?)`;
    database.run(sql, message.threadId, message.id);
  }
  for (const { message } of record.messagesDeleted ?? []) {
    database.run('DELETE FROM thread WHERE id = ?', message.threadId);
    forgetMessage(database, message.id, record.id);
  }
  const changes = new Map<string, { added: readonly string[]; removed: readonly string[] }>();
  for (const { message, labelIds } of record.labelsAdded ?? []) {
    changes.set(message.id, { added: labelIds, removed: [] });
  }
  for (const { message, labelIds } of record.labelsRemoved ?? []) {
    changes.set(message.id, { added: changes.get(message.id)?.added ?? [], removed: labelIds });
  }
  for (const [id, { added, removed }] of changes) applyLabels(database, id, record.id, added, removed);
}

/** A change that the message was already read with is passed over; of one that is not here the place is kept. */
function applyLabels(
  database: Database,
  id: string,
  recordId: string,
  added: readonly string[],
  removed: readonly string[],
): void {
  const row = database.get('SELECT history_id, label_ids FROM message WHERE id = ?', id);
  if (row !== undefined && !isLater(recordId, textOf(row, 'history_id'))) return;
  const labelIds =
    row === undefined || row.label_ids === null
      ? null
      : JSON.stringify(changeLabels(idsIn(textOf(row, 'label_ids')), added, removed));
  database.run(
    `INSERT INTO message VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET history_id = excluded.history_id, label_ids = excluded.label_ids`,
    id,
    recordId,
    labelIds,
  );
}

/** Labels after a change, in their order, new ones last. */
export function changeLabels(
  labelIds: readonly string[],
  added: readonly string[],
  removed: readonly string[],
): readonly string[] {
  return [...new Set([...labelIds, ...added])].filter((id) => !removed.includes(id));
}

/** Whether a history id, a decimal number of any length, comes after another. */
export function isLater(historyId: string, other: string): boolean {
  return historyId.length === other.length ? historyId > other : historyId.length > other.length;
}

/** Forgets a message that is gone; its place in the history stays, so that an answer still on its way is not believed. */
export function forgetMessage(database: Database, id: string, historyId: string): void {
  database.run('DELETE FROM sealed WHERE message_id = ?', id);
  database.run(
    `INSERT INTO message VALUES (?, ?, NULL)
       ON CONFLICT (id) DO UPDATE SET history_id = excluded.history_id, label_ids = NULL`,
    id,
    historyId,
  );
}

/** Takes note of a change of our own: whatever was listed or verified before it counts no more. */
export function noteWrite(database: Database, nowMs: number): void {
  database.run('UPDATE state SET verified_ms = 0, changed_ms = ?, epoch = epoch + 1, writes = writes + 1', nowMs);
}
