import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { MailboxReader, Thread } from '../../mail/mailbox.ts';
import { gmailId, maxChars, message } from '../messages/message-schemas.ts';
import { viewMessage } from '../messages/message-view.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderThread } from '../messages/render-message.ts';

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

export const readThread = defineOperation({
  name: 'read_thread',
  route: 'GET /api/threads/{id}',
  grant: 'read',
  toolset: 'core',
  summary: 'Read a whole conversation, oldest message first; quoted text that stands above is folded.',
  input: { id: gmailId.describe('Thread id, or the id of one of its messages.'), maxChars },
  output: z.object({ id: z.string(), historyId: z.string(), messages: z.array(message).readonly() }).readonly(),
  run: async ({ id, maxChars: budget }, call) => {
    const thread = await threadOf(id, call.mailbox);
    const options = { body: 'text', maxChars: budget } as const;
    return {
      id: thread.id,
      historyId: thread.historyId,
      messages: thread.messages.map((message) => viewMessage(message, options)),
    };
  },
  text: renderThread,
});
