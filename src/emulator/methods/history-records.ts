import type { ChangedMessage, HistoryRecord } from '../../mail/mailbox.ts';

type LabelLists = NonNullable<HistoryRecord['labelsAdded']>;

/**
 * The records with the labels that their messages had then, as Gmail shows them. The mailbox knows those of now: from
 * there every later change is taken back. `later` are the records that follow.
 */
export function withLabelsThen(
  records: readonly HistoryRecord[],
  later: readonly HistoryRecord[],
): readonly HistoryRecord[] {
  const labels = new Map<string, readonly string[]>();
  for (const record of later.toReversed()) takeBack(record, labels);
  return records
    .toReversed()
    .map((record) => takeBack(record, labels))
    .toReversed();
}

/** The record with the labels after it; `labels` are those before it then. */
function takeBack(record: HistoryRecord, labels: Map<string, readonly string[]>): HistoryRecord {
  const { messagesAdded, messagesDeleted, labelsAdded, labelsRemoved } = record;
  for (const { message } of messagesDeleted ?? []) labels.set(message.id, message.labelIds);
  const then = (message: ChangedMessage): ChangedMessage => ({
    ...message,
    labelIds: labels.get(message.id) ?? message.labelIds,
  });
  const shown = (lists: LabelLists): LabelLists =>
    lists.map(({ message, labelIds }) => ({ message: then(message), labelIds }));
  const result = {
    ...record,
    ...(messagesAdded === undefined
      ? {}
      : { messagesAdded: messagesAdded.map(({ message }) => ({ message: then(message) })) }),
    ...(labelsAdded === undefined ? {} : { labelsAdded: shown(labelsAdded) }),
    ...(labelsRemoved === undefined ? {} : { labelsRemoved: shown(labelsRemoved) }),
  };
  for (const { message, labelIds } of labelsAdded ?? []) {
    labels.set(
      message.id,
      then(message).labelIds.filter((id) => !labelIds.includes(id)),
    );
  }
  for (const { message, labelIds } of labelsRemoved ?? []) {
    labels.set(message.id, [...then(message).labelIds, ...labelIds]);
  }
  return result;
}

/** The records with those that are one change of a thread as one; `shownIds` are the ids that such are shown under. */
export function joinThreads(
  records: readonly HistoryRecord[],
  shownIds: ReadonlyMap<string, string>,
): readonly HistoryRecord[] {
  const joined: HistoryRecord[] = [];
  for (const record of records) {
    const last = joined.at(-1);
    const id = shownIds.get(record.id) ?? record.id;
    if (last?.id === id) joined.splice(-1, 1, { ...joinLists(last, record), id });
    else joined.push({ ...record, id });
  }
  return joined;
}

function joinLists(first: HistoryRecord, second: HistoryRecord): Omit<HistoryRecord, 'id'> {
  const labelsAdded = [...(first.labelsAdded ?? []), ...(second.labelsAdded ?? [])];
  const labelsRemoved = [...(first.labelsRemoved ?? []), ...(second.labelsRemoved ?? [])];
  return {
    ...(labelsAdded.length === 0 ? {} : { labelsAdded }),
    ...(labelsRemoved.length === 0 ? {} : { labelsRemoved }),
  };
}
