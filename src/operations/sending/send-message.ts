import { defineOperation } from '../kernel/operation.ts';
import { renderSend, sendAnswer } from './answer-send.ts';
import { idempotencyKey, messageFields } from './message-fields.ts';
import { sendMail } from './send-mail.ts';

export const sendMessage = defineOperation({
  name: 'send_message',
  route: 'POST /api/messages/send',
  grant: 'send',
  toolset: 'core',
  summary: 'Send a message: new, an answer or a forward.',
  input: { ...messageFields, idempotencyKey },
  isDestructive: true,
  output: sendAnswer,
  isPending: ({ state }) => state !== 'sent',
  run: async ({ idempotencyKey: key, ...fields }, call) => {
    // Its library is read when something is written: most processes only read.
    const { writeMail } = await import('./write-mail.ts');
    const { raw, threadId, hash, warnings } = await writeMail(fields, call);
    const message = { raw, contentHash: hash(), warnings, ...(threadId === undefined ? {} : { threadId }) };
    return sendMail(message, call, key);
  },
  text: renderSend,
});
