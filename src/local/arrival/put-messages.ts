import type { MailWriter } from '../../store/mail/mail-store.ts';
import type { LabelRow } from '../../store/mail/label-rows.ts';
import { freeDraftId } from '../outgoing/draft-id.ts';
import { keptHistoryRecords } from '../reading/history.ts';
import { placeInThreads, threadQueryOf } from '../threads/place-in-threads.ts';
import { beginContent } from '../upkeep/content-state.ts';
import { mintIds } from './mint-ids.ts';
import type { PreparedMessage } from './prepare-message.ts';

/** A message to be put into the mailbox, with what depends on it. */
export interface Insertion {
  readonly message: PreparedMessage;
  readonly labels: readonly LabelRow[];
  /** The key of its thread, or a thread of its own; without one the rules for mail that arrives decide. */
  readonly thread?: number | 'own';
  /** The draft whose message it becomes; without one a message labelled DRAFT is a new draft. */
  readonly draftId?: string;
}

/** A message that was put. */
export interface Inserted {
  readonly key: number;
  readonly id: string;
  readonly bytesKey: number;
}

/** Gives messages their ids, threads and history ids, and stores them; answers are in the same order. */
export async function putMessages(rows: MailWriter, insertions: readonly Insertion[]): Promise<readonly Inserted[]> {
  const ids = await mintIds(
    rows,
    insertions.map(({ message }) => message),
  );
  const placements = insertions.map(({ message, thread = 'rules' as const }, index) => ({
    id: ids[index] ?? '',
    internalDateMs: message.internalDateMs,
    facts: message.threadFacts,
    thread,
  }));
  const surroundings = await rows.threads.around(threadQueryOf(placements));
  const { threadKeys, changes } = placeInThreads(placements, surroundings);
  await rows.threads.apply(changes);
  const isFirstOfAll = surroundings.nextKey === 1;
  if (isFirstOfAll) await beginContent(rows);

  const firstHistoryId = await rows.history.take(insertions.length);
  const messages = insertions.map(({ message, labels }, index) => ({
    ...message.content,
    id: ids[index] ?? '',
    threadKey: threadKeys[index] ?? 0,
    historyId: firstHistoryId + index,
    internalDateMs: message.internalDateMs,
    labelKeys: labels.map(({ key }) => key),
    bytesKey: message.bytesKey,
  }));
  await rows.history.record(
    messages.map(({ id, threadKey, historyId }) => ({
      historyId,
      kind: 'added',
      messageId: id,
      threadKey,
      labelsAdded: [],
      labelsRemoved: [],
    })),
  );
  await rows.history.keep(keptHistoryRecords);
  const keys = await rows.messages.insert(messages);
  const inserted = messages.map(({ id, bytesKey }, index) => ({ id, bytesKey, key: keys[index] ?? 0 }));
  await putDrafts(rows, insertions, inserted);
  return inserted;
}

async function putDrafts(
  rows: MailWriter,
  insertions: readonly Insertion[],
  inserted: readonly Inserted[],
): Promise<void> {
  for (const [index, { id, key }] of inserted.entries()) {
    const insertion = insertions[index];
    if (!insertion?.labels.some((label) => label.id === 'DRAFT')) continue;
    await rows.drafts.put(insertion.draftId ?? (await freeDraftId(rows, id)), key);
  }
}
