import type { HistoryRecord } from '../../mail/mailbox.ts';
import { isLater } from '../../store/feed/history-ids.ts';
import type { MailWriter } from '../../store/mail/mail-store.ts';
import { labelKeysOf } from './mirror-labels.ts';
import { noteDeletedIds } from './mirror-state.ts';
import { notePassedOver } from './passed-over.ts';

/** What one record says of one message. */
interface Relabelled {
  readonly id: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

function relabelledIn({ labelsAdded = [], labelsRemoved = [] }: HistoryRecord): readonly Relabelled[] {
  const changes = new Map<string, { added: readonly string[]; removed: readonly string[] }>();
  for (const { message, labelIds } of labelsAdded) changes.set(message.id, { added: labelIds, removed: [] });
  for (const { message, labelIds } of labelsRemoved) {
    changes.set(message.id, { added: changes.get(message.id)?.added ?? [], removed: labelIds });
  }
  return Array.from(changes, ([id, change]) => ({ id, ...change }));
}

/** What a mirror wants to have. */
interface Wants {
  /** Messages that it has. */
  readonly known: ReadonlySet<string>;
  /** Whether it has those of spam and trash. */
  readonly spamTrash: boolean;
  /** Whether older messages come to it anyway, as they are then. */
  readonly isFilling: boolean;
}

/** Labels of messages that a mirror without spam and trash has not listed. */
const isOutside = (id: string): boolean => id === 'SPAM' || id === 'TRASH';

/**
 * Ids of messages that the records speak of and that a mirror has to fetch. While it is filled, a change of labels is no
 * reason: the message comes with the labels that it has then. A new one, or one that was in spam or trash, may be missed.
 */
export function wantedIds(
  records: readonly HistoryRecord[],
  { known, spamTrash, isFilling }: Wants,
): readonly string[] {
  const wanted = new Set<string>();
  for (const { messagesAdded = [], messagesDeleted = [], labelsAdded = [], labelsRemoved = [] } of records) {
    const returned = labelsRemoved.filter(({ labelIds }) => labelIds.some(isOutside));
    const relabelled = isFilling ? returned : [...labelsAdded, ...labelsRemoved];
    for (const { message } of [...messagesAdded, ...relabelled]) if (!known.has(message.id)) wanted.add(message.id);
    for (const { message } of [...messagesAdded, ...labelsAdded, ...labelsRemoved]) {
      if (!spamTrash && message.labelIds.some(isOutside)) wanted.delete(message.id);
    }
    for (const { message } of messagesDeleted) wanted.delete(message.id);
  }
  return [...wanted];
}

/** Every id that the records speak of. */
export function idsIn(records: readonly HistoryRecord[]): readonly string[] {
  const ids = records.flatMap(({ messagesAdded = [], messagesDeleted = [], labelsAdded = [], labelsRemoved = [] }) =>
    [...messagesAdded, ...messagesDeleted, ...labelsAdded, ...labelsRemoved].map(({ message }) => message.id),
  );
  return [...new Set(ids)];
}

/**
 * Changes labels and deletes messages as history says; a change that a message was already read with is left out. Runs inside
 * a write transaction.
 */
export async function applyRecords(rows: MailWriter, records: readonly HistoryRecord[]): Promise<void> {
  const labelKeys = await labelKeysOf(
    rows,
    records.flatMap((record) => relabelledIn(record).flatMap(({ added }) => added)),
  );
  const keysOf = (ids: readonly string[]) => ids.flatMap((id) => labelKeys.get(id) ?? []);
  const passedOver = new Map<string, string>();
  for (const record of records) {
    for (const { id, added, removed } of relabelledIn(record)) {
      const message = await rows.messages.byId(id);
      if (message === undefined) passedOver.set(id, record.id);
      if (message === undefined || !isLater(record.id, message.summary.historyId)) continue;
      await rows.messages.relabel({
        messageKeys: [message.key],
        addKeys: keysOf(added),
        removeKeys: keysOf(removed),
        historyId: Number(record.id),
      });
    }
    await deleteIds(
      rows,
      (record.messagesDeleted ?? []).map(({ message }) => message.id),
    );
  }
  await notePassedOver(rows, passedOver);
}

/** Deletes messages that are gone for good, whether they are there or still to come. Runs inside a write transaction. */
export async function deleteIds(rows: MailWriter, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const targets = await rows.messages.targets(ids);
  await rows.messages.delete(targets.map(({ key }) => key));
  await noteDeletedIds(rows, ids);
}
