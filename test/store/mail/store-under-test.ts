import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { indexedFields } from '../../../src/store/mail/condition.ts';
import type { IndexedField } from '../../../src/store/mail/condition.ts';
import type { MailStore, MailWriter } from '../../../src/store/mail/mail-store.ts';
import type { NewMessage, StoredMessage } from '../../../src/store/mail/message-rows.ts';

/** An empty mailbox in a store. */
interface StoreUnderTest {
  readonly store: MailStore;
  /** Opens the same mailbox once more, as another process would. */
  readonly openAgain: () => Promise<MailStore>;
  /** What stores may do differently. */
  readonly capabilities: {
    /** Work inside a transaction may wait for other things; else it is refused as soon as it holds others up. */
    readonly waitsForWork: boolean;
  };
}

/** Makes an empty mailbox for one test and cleans up behind it. */
export type OpenStore = (t: TestContext) => Promise<StoreUnderTest>;

/** A day at noon, UTC; every exercise says what time it is. */
export const noonMs = Date.UTC(2026, 5, 15, 12);
export const minuteMs = 60_000;

/** Below every key of these tests. */
export const all = { belowKey: Number.MAX_SAFE_INTEGER, limit: 1000 };

/** What a test says of a message; the rest does not matter. */
export interface MessageParts extends Partial<Omit<NewMessage, 'texts' | 'labelKeys' | 'threadKey'>> {
  /** Of a thread that is made where there is none. Default: the message's own. */
  readonly threadId?: string;
  readonly labelIds?: readonly string[];
  readonly texts?: Partial<Record<IndexedField, string>>;
}

let made = 0;

/** An id in Google's form that no message of these tests has. */
export function newId(): string {
  made += 1;
  return made.toString(16).padStart(16, '0');
}

/** Puts messages, each in the thread it names, with bytes of its own; answers their keys. */
export async function putAll(store: MailStore, parts: readonly MessageParts[]): Promise<readonly number[]> {
  const raws = parts.map((_, index) => Buffer.from(`message ${index} ${newId()}`));
  const bytesKeys = await store.bytes.put(raws.map((raw) => ({ raw, sha256: Buffer.concat([raw, Buffer.alloc(32)]) })));
  return store.write((rows) => insertAll(rows, parts, bytesKeys));
}

/** As {@link putAll}, inside a transaction. */
export async function insertAll(
  rows: MailWriter,
  parts: readonly MessageParts[],
  bytesKeys: readonly number[],
): Promise<readonly number[]> {
  const labels = new Map((await rows.labels.list()).map(({ id, key }) => [id, key]));
  const messages: NewMessage[] = [];
  for (const [index, { threadId, labelIds = ['INBOX'], texts = {}, ...more }] of parts.entries()) {
    const id = more.id ?? newId();
    messages.push({
      id,
      threadKey: await countInThread(rows, threadId ?? id),
      historyId: await rows.history.take(1),
      internalDateMs: noonMs,
      labelKeys: labelIds.map((labelId) => labels.get(labelId) ?? assert.fail(`no label ${labelId}`)),
      bytesKey: bytesKeys[index] ?? 0,
      sizeBytes: 1000,
      messageId: `${id}@made-up.example`,
      sender: 'Ann Lee <ann@example.org>',
      recipients: 'me@example.org',
      cc: '',
      bcc: '',
      subject: 'Plan',
      snippet: 'Nothing to say.',
      attachmentNames: [],
      isUnverified: false,
      subjectHash: undefined,
      hasReferences: false,
      participantHashes: Uint32Array.of(),
      ...more,
      texts: { ...noTexts, ...texts },
    });
  }
  return rows.messages.insert(messages);
}

/** A message without a word. */
export const noTexts = Object.fromEntries(indexedFields.map((field) => [field, ''])) as Record<IndexedField, string>;

/** The key of a thread, made where there is none, with one message more. */
async function countInThread(rows: MailWriter, id: string): Promise<number> {
  const { threads, nextKey } = await rows.threads.around({ ids: [id] });
  const [thread] = threads;
  const key = thread?.key ?? nextKey;
  await rows.threads.apply({
    threads: [
      {
        key,
        id,
        messagesTotal: (thread?.messagesTotal ?? 0) + 1,
        gmailThreadHash: undefined,
        successorKey: undefined,
      },
    ],
    links: [],
    moves: [],
    threadsTotalChange: thread === undefined || thread.messagesTotal === 0 ? 1 : 0,
  });
  return key;
}

/** The message of a key, which is there. */
export async function messageOf(store: MailStore, key: number): Promise<StoredMessage> {
  const [message] = await store.once((rows) => rows.messages.byKeys([key]));
  return message ?? assert.fail(`no message ${key}`);
}

/** The key of a label by its id. */
export async function labelKey(store: MailStore, id: string): Promise<number> {
  const labels = await store.once((rows) => rows.labels.list());
  return labels.find((label) => label.id === id)?.key ?? assert.fail(`no label ${id}`);
}
