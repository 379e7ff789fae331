import { undefinedIfNotFound } from '../../core/undefined-if-not-found.ts';
import type { FiledMessage, HistoryPage, Mailbox } from '../../mail/mailbox.ts';
import type { Address, MailContent, ReadableMessage } from '../../mail/message.ts';
import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';
import type { OutboxStore } from '../../store/outbox/outbox-store.ts';

const pageSize = 500;
/** Messages of SENT looked at, the newest first, where the history does not reach back. */
const searchedMessages = 200;

function addressesOf(list: readonly Address[]): string {
  return JSON.stringify(list.map(({ address }) => address.toLowerCase()).toSorted());
}

/** What a server leaves as it was. It replaces Message-ID (Gmail does), and Bcc is not in every copy. */
function likeness({ subject, to, cc }: Pick<MailContent, 'subject' | 'to' | 'cc'>): string {
  return JSON.stringify([subject.replaceAll(/\s+/g, ' ').trim(), addressesOf(to), addressesOf(cc)]);
}

function sentIn({ history }: HistoryPage): readonly string[] {
  return history.flatMap(({ messagesAdded = [], labelsAdded = [] }) => [
    ...messagesAdded.filter(({ message }) => message.labelIds.includes('SENT')).map(({ message }) => message.id),
    ...labelsAdded.filter(({ labelIds }) => labelIds.includes('SENT')).map(({ message }) => message.id),
  ]);
}

/** Ids of messages that came into SENT since the attempt: by history, which does not wait for an index. */
async function* sentSince(mailbox: Mailbox, startHistoryId: string): AsyncGenerator<string> {
  let pageToken: string | undefined;
  do {
    const place = pageToken === undefined ? {} : { pageToken };
    const page = await undefinedIfNotFound(mailbox.listHistory({ startHistoryId, maxResults: pageSize, ...place }));
    if (page === undefined) {
      yield* newestSent(mailbox);
      return;
    }
    yield* sentIn(page);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}

async function* newestSent(mailbox: Mailbox): AsyncGenerator<string> {
  const query = { kind: 'label', label: 'SENT' } as const;
  const page = await mailbox.searchMessages({ query, maxResults: searchedMessages, includeSpamTrash: true });
  for (const { id } of page.messages) yield id;
}

/**
 * The message in SENT that an attempt of this entry left there: one that came after it, is like it, and that no other
 * entry has as its own.
 */
export async function findSent(
  store: OutboxStore,
  mailbox: Mailbox,
  entry: OutboxEntry,
): Promise<FiledMessage | undefined> {
  const raw = await store.raw(entry.id);
  const { startHistoryId } = entry.progress;
  if (raw === undefined || startHistoryId === undefined) return undefined;
  const wanted = likeness(parseHeadersOnly(raw));
  const seen = new Set<string>();
  for await (const id of sentSince(mailbox, startHistoryId)) {
    if (seen.has(id) || (await store.isResultOfOther(entry, id))) continue;
    seen.add(id);
    // One that was deleted since can tell nothing.
    const message: ReadableMessage | undefined = await undefinedIfNotFound(mailbox.getMessage(id));
    if (message !== undefined && likeness(message.content) === wanted) return message.summary;
  }
  return undefined;
}
