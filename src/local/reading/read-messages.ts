import { AppError } from '../../core/errors.ts';
import { currentContext } from '../../core/context.ts';
import type { Thread, ThreadSummary } from '../../mail/mailbox.ts';
import type { MessageSummary, RawMessage, ReadableMessage } from '../../mail/message.ts';
import { readOrHeaders } from '../../parser/parse-or-headers.ts';
import { TaskTime } from '../../core/task-time.ts';
import type { MailRows, MailStore } from '../../store/mail/mail-store.ts';
import type { StoredMessage } from '../../store/mail/message-rows.ts';
import { findThread } from '../threads/find-thread.ts';

/** How long one message may take to be parsed before only its header is shown; ordinary mail takes about a millisecond. */
const parseDeadlineMs = 10_000;

/**
 * Processor time and characters that the messages of a thread have together. Ordinary ones take a millisecond each; of
 * those that come too late, the oldest, only the header is shown.
 */
const threadParseMs = 1000;
const threadCharacters = 20_000_000;

async function readable(
  { summary, raw }: RawMessage,
  time: TaskTime | undefined = currentContext()?.readingTime,
): Promise<ReadableMessage> {
  const signal = currentContext()?.signal;
  const read = await readOrHeaders(raw, { deadlineMs: parseDeadlineMs, signal, time });
  return { summary, ...read };
}

async function rawMessageOf(store: MailStore, { summary, bytesKey }: StoredMessage): Promise<RawMessage> {
  return { summary, raw: await store.bytes.get(bytesKey) };
}

async function findMessage(store: MailStore, id: string): Promise<StoredMessage> {
  const message = await store.once((rows) => rows.messages.byId(id));
  if (message !== undefined) return message;
  throw new AppError('NOT_FOUND', `There is no message ${id} in this mailbox.`, {
    field: 'id',
    got: id,
    hint: 'Ids come from search_messages; a thread has an id of its own.',
  });
}

/** A message with its bytes. Throws `NOT_FOUND`. */
export async function getRawMessage(store: MailStore, id: string): Promise<RawMessage> {
  const message = await findMessage(store, id);
  try {
    return await rawMessageOf(store, message);
  } catch (error) {
    // Deleted by another process between the two reads: that is no damage.
    await findMessage(store, id);
    throw error;
  }
}

/** A message as it is read. Throws `NOT_FOUND`. */
export async function getMessage(store: MailStore, id: string): Promise<ReadableMessage> {
  return readable(await getRawMessage(store, id));
}

/** A message without its text. Throws `NOT_FOUND`. */
export async function getMessageSummary(store: MailStore, id: string): Promise<MessageSummary> {
  return (await findMessage(store, id)).summary;
}

/** Threads without their messages' texts, in the order of the keys; each has messages. */
export async function readThreadSummaries(
  rows: MailRows,
  threadKeys: readonly number[],
): Promise<readonly ThreadSummary[]> {
  return (await rows.messages.ofThreads(threadKeys)).map(threadSummaryOf);
}

/** A thread without its messages' texts; also under the id of one that was joined to it. Throws `NOT_FOUND`. */
export async function getThreadSummary(store: MailStore, id: string): Promise<ThreadSummary> {
  return threadSummaryOf(await findThreadMessages(store, id));
}

/** A thread; also under the id of a thread that was joined to it. Throws `NOT_FOUND`. */
export async function getThread(store: MailStore, id: string): Promise<Thread> {
  const found = await findThreadMessages(store, id);
  const time = new TaskTime(threadParseMs, currentContext()?.readingTime);
  const messages: ReadableMessage[] = [];
  let characters = 0;
  // One after the other, so that a thread of large messages is never in memory whole, and the newest, which is the one
  // most wanted, is read first. A message that another process deletes meanwhile is left out, as if it had been asked for
  // later.
  for (const message of found.toReversed()) {
    const raw = await time.countWaiting(() => readIfThere(store, message));
    if (raw === undefined) continue;
    const one = await readable(raw, time);
    messages.unshift(one);
    characters += (one.content.text?.length ?? 0) + (one.content.html?.length ?? 0);
    if (characters > threadCharacters) time.end();
  }
  return messages.length === 0 ? getThread(store, id) : { ...threadOf(found), messages };
}

async function readIfThere(store: MailStore, message: StoredMessage): Promise<RawMessage | undefined> {
  try {
    return await rawMessageOf(store, message);
  } catch (error) {
    const isThere = (await store.once((rows) => rows.messages.byId(message.id))) !== undefined;
    if (isThere) throw error;
    return undefined;
  }
}

async function findThreadMessages(store: MailStore, id: string): Promise<readonly StoredMessage[]> {
  const messages = await store.read(async (rows) => {
    const thread = await findThread(rows, id);
    return thread === undefined ? [] : (await rows.messages.ofThreads([thread.key])).flat();
  });
  if (messages.length > 0) return messages;
  throw new AppError('NOT_FOUND', `There is no thread ${id} in this mailbox.`, {
    field: 'id',
    got: id,
    hint: 'Every message names its threadId.',
  });
}

function threadSummaryOf(messages: readonly StoredMessage[]): ThreadSummary {
  return { ...threadOf(messages), messages: messages.map(({ summary }) => summary) };
}

function threadOf(messages: readonly StoredMessage[]): Pick<Thread, 'id' | 'historyId'> {
  const [first] = messages;
  if (first === undefined) throw new Error('a thread without messages was read');
  return {
    id: first.summary.threadId,
    historyId: String(Math.max(...messages.map(({ summary }) => Number(summary.historyId)))),
  };
}
