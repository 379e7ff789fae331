import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { MailboxReader, Thread } from '../../mail/mailbox.ts';
import { domainOf } from '../../mail/sender/look-alike.ts';
import { readingOrder } from '../../parser/body-text-within.ts';
import { clipBodies } from '../messages/clip-bodies.ts';
import { gmailId, history, maxChars, message, offset } from '../messages/message-schemas.ts';
import { foldViews } from '../messages/fold-views.ts';
import type { MessageView } from '../messages/message-schemas.ts';
import { withKinds } from '../messages/read-kinds.ts';
import { senderOf } from '../messages/sender-facts.ts';
import { readingTime, viewMessage } from '../messages/message-view.ts';

import { defineOperation } from '../kernel/operation.ts';
import { renderThread } from './render-thread.ts';

/** The thread with this id or, failing that, the thread of the message with this id. Throws `NOT_FOUND`. */
async function threadOf(id: string, mailbox: MailboxReader): Promise<Thread> {
  try {
    return await mailbox.getThread(id);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    const { summary } = await mailbox.getMessage(id);
    return mailbox.getThread(summary.threadId);
  }
}

/** What `read_thread` returns. */
export const thread = z
  .object({
    id: z.string(),
    historyId: z.string(),
    messages: z.array(message).readonly(),
    remainingChars: z.int().describe('Characters that maxChars cut off; the newest messages are shown first.'),
    nextOffset: z.int().optional().describe('The offset to go on from.'),
  })
  .readonly();

export const readThread = defineOperation({
  name: 'read_thread',
  route: 'GET /api/threads/{id}',
  grant: 'read',
  toolset: 'core',
  summary: 'Read a whole conversation, oldest message first, each passage once: what replies quote is folded.',
  input: { id: gmailId.describe('Thread id, or the id of one of its messages.'), maxChars, offset, history },
  output: thread,
  run: async ({ id, ...budget }, call) => {
    const { messages, ...ids } = await threadOf(id, call.mailbox);
    const limits = { signal: call.signal, time: readingTime() };
    const read = new Map<number, MessageView>();
    // What one message takes is missing for those after it.
    for (const at of readingOrder(messages.map(({ content }) => content))) {
      const message = messages[at];
      if (message !== undefined) read.set(at, await viewMessage(message, { body: 'text' }, limits));
    }
    const plain = messages.flatMap((_, at) => read.get(at) ?? []);
    const views: MessageView[] = [];
    const domains = new Set<string>();
    for (const [index, view] of (await foldViews(messages, plain, limits)).entries()) {
      const message = messages[index];
      if (message === undefined) continue;
      const sender = senderOf(message, call, domains);
      views.push({ ...(await withKinds(message, view, call)), ...(sender === undefined ? {} : { sender }) });
      domains.add(domainOf(message.content.from[0]?.address ?? ''));
    }
    return { id: ids.id, historyId: ids.historyId, ...clipBodies(views, budget) };
  },
  text: renderThread,
});
