import { AppError } from '../../core/errors.ts';
import type { Draft } from '../../mail/mailbox.ts';
import { defineOperation } from '../kernel/operation.ts';
import { renderSend, sendAnswer, sendView } from './answer-send.ts';
import { hashContent } from './hash-content.ts';
import { draftId, idempotencyKey } from './message-fields.ts';
import { sendMail } from './send-mail.ts';

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
    const options = key === undefined ? {} : { idempotencyKey: key };
    let draft: Draft;
    try {
      draft = await call.mailbox.getDraft(id);
    } catch (error) {
      const isGone = error instanceof AppError && error.code === 'NOT_FOUND';
      const sent = isGone ? await call.sending.sentDraft(id, options) : undefined;
      if (sent === undefined) throw error;
      return sendView(sent, await call.sending.send(sent, options), call);
    }
    const { raw } = draft.message;
    return sendMail({ raw, draftId: id, contentHash: hashContent(raw), warnings: [] }, call, key);
  },
  text: renderSend,
});
