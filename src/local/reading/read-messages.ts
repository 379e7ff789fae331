import { AppError } from '../../core/errors.ts';
import { currentContext } from '../../core/context.ts';
import type { Thread, ThreadSummary } from '../../mail/mailbox.ts';
import type { MessageSummary, RawMessage, ReadableMessage } from '../../mail/message.ts';
import { parseOrHeaders } from '../../parser/parse-or-headers.ts';
import type { MailRows, MailStore } from '../../store/mail/mail-store.ts';
import type { StoredMessage } from '../../store/mail/message-rows.ts';
import { findThread } from '../threads/find-thread.ts';

/** How long one message may take to be parsed before only its header is shown; ordinary mail takes about a millisecond. */
const parseDeadlineMs = 10_000;

async function readable({ summary, raw }: RawMessage): Promise<ReadableMessage> {
  const signal = currentContext()?.signal;
  const { parsed, problem } = await parseOrHeaders(raw, {
    deadlineMs: parseDeadlineMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const attachments = parsed.attachments.map((attachment) => {
    const { content: _, ...facts } = attachment;
    return facts;
  });
  return { summary, content: { ...parsed, attachments }, ...(problem === undefined ? {} : { problem }) };
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
  // A message that another process deletes meanwhile is left out, as if it had been asked for later.
  const messages = (await Promise.all(found.map((message) => readIfThere(store, message)))).flat();
  if (messages.length === 0) return getThread(store, id);
  return { ...threadOf(found), messages: await Promise.all(messages.map(readable)) };
}

async function readIfThere(store: MailStore, message: StoredMessage): Promise<readonly RawMessage[]> {
  try {
    return [await rawMessageOf(store, message)];
  } catch (error) {
    const isThere = (await store.once((rows) => rows.messages.byId(message.id))) !== undefined;
    if (isThere) throw error;
    return [];
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
