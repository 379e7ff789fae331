import { defineOperation } from './operation.ts';
import { renderSend, sendAnswer } from './writing/answer-send.ts';
import { draftId, idempotencyKey } from './writing/message-fields.ts';
import { sendMail } from './writing/send-mail.ts';
import { hashContent } from './writing/write-mail.ts';

export const sendDraft = defineOperation({
  name: 'send_draft',
  route: 'POST /api/drafts/{id}/send',
  grant: 'send',
  toolset: 'core',
  summary: 'Send a draft as it is now.',
  input: { id: draftId, idempotencyKey },
  isDestructive: true,
  output: sendAnswer,
  isPending: ({ state }) => state !== 'sent',
  run: async ({ id, idempotencyKey: key }, call) => {
    const { raw } = (await call.mailbox.getDraft(id)).message;
    return sendMail({ raw, draftId: id, contentHash: hashContent(raw), warnings: [] }, call, key);
  },
  text: renderSend,
});
