import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { ChangedMessage, HistoryPage, HistoryRecord } from '../../mail/mailbox.ts';
import { notFound } from '../http/google-errors.ts';
import { messageReference } from './message-resource.ts';
import { joinThreads, withLabelsThen } from './history-records.ts';
import { nextPageField, pageQuery, pageRequestOf } from './list-request.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';

/** Google's names of the kinds of change, and where a record has them. */
const kinds = {
  messageAdded: 'messagesAdded',
  messageDeleted: 'messagesDeleted',
  labelAdded: 'labelsAdded',
  labelRemoved: 'labelsRemoved',
} as const;
type Kind = keyof typeof kinds;

const allKinds = ['messageAdded', 'messageDeleted', 'labelAdded', 'labelRemoved'] as const;

/** `users.history`. */
export const historyMethods: readonly Method[] = [
  defineMethod('history.list', {
    query: { ...pageQuery, startHistoryId: 'uint64', labelId: 'string', historyTypes: { each: allKinds } },
    run: async ({ query, mailbox, state }) => {
      const startHistoryId = query.startHistoryId ?? '0';
      // Longer numbers lie beyond every history; 0 lies before it.
      if (BigInt(startHistoryId) === 0n || startHistoryId.length > 15) throw notFound();
      const page = await mailbox.listHistory({ ...pageRequestOf(mailbox, query), startHistoryId });
      const wanted = query.historyTypes.length === 0 ? allKinds : query.historyTypes;
      const later = page.nextPageToken === undefined ? [] : await recordsAfter(mailbox, page);
      const records = joinThreads(withLabelsThen(page.history, later), state.threadRecords);
      const history = records.flatMap((record) => historyResource(record, wanted, query.labelId) ?? []);
      return {
        ...(history.length === 0 ? {} : { history }),
        ...nextPageField(mailbox, page.nextPageToken),
        historyId: page.historyId,
      };
    },
  }),
];

/** Everything that happened after a page of the history. */
async function recordsAfter(mailbox: LocalMailbox, { history }: HistoryPage): Promise<readonly HistoryRecord[]> {
  const records: HistoryRecord[] = [];
  const startHistoryId = history.at(-1)?.id ?? '0';
  let pageToken: string | undefined;
  do {
    const place = pageToken === undefined ? {} : { pageToken };
    const page = await mailbox.listHistory({ startHistoryId, maxResults: 500, ...place });
    records.push(...page.history);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return records;
}

interface Change {
  readonly message: ChangedMessage;
  readonly labelIds?: readonly string[];
}

/** A record with the wanted changes only; undefined where none is left. */
function historyResource(
  record: HistoryRecord,
  wanted: readonly Kind[],
  labelId: string | undefined,
): object | undefined {
  const isOfLabel = ({ message, labelIds = [] }: Change): boolean =>
    labelId === undefined || message.labelIds.includes(labelId) || labelIds.includes(labelId);
  const changes = wanted.map((kind): readonly [string, readonly Change[]] => [
    kinds[kind],
    (record[kinds[kind]] ?? []).filter(isOfLabel),
  ]);
  const shown = changes.filter(([, list]) => list.length > 0);
  const messages = new Map(shown.flatMap(([, list]) => list.map(({ message }) => [message.id, message] as const)));
  if (messages.size === 0) {
    const isOfAll = wanted.length === allKinds.length && labelId === undefined;
    return record.messages !== undefined && isOfAll ? { id: record.id, messages: record.messages } : undefined;
  }
  return {
    id: record.id,
    messages: Array.from(messages.values(), ({ id, threadId }) => ({ id, threadId })),
    ...Object.fromEntries(
      shown.map(([name, list]) => [
        name,
        list.map(({ message, labelIds }) => ({
          message: messageReference(message),
          ...(labelIds === undefined ? {} : { labelIds }),
        })),
      ]),
    ),
  };
}
