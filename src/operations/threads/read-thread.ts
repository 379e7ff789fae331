import * as z from 'zod';
import { gmailId, maxChars, message } from '../messages/message-schemas.ts';
import { viewMessage } from '../messages/message-view.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderThread } from '../messages/render-message.ts';

export const readThread = defineOperation({
  name: 'read_thread',
  route: 'GET /api/threads/{id}',
  grant: 'read',
  toolset: 'core',
  summary: 'Read a whole conversation, oldest message first; quoted text that stands above is folded.',
  input: { id: gmailId.describe('Thread id.'), maxChars },
  output: z.object({ id: z.string(), historyId: z.string(), messages: z.array(message).readonly() }).readonly(),
  run: async ({ id, maxChars: budget }, call) => {
    const thread = await call.mailbox.getThread(id);
    const options = { body: 'text', maxChars: budget } as const;
    return {
      id: thread.id,
      historyId: thread.historyId,
      messages: thread.messages.map((message) => viewMessage(message, options)),
    };
  },
  text: renderThread,
});
