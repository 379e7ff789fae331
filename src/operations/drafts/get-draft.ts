import * as z from 'zod';
import { defineOperation } from '../kernel/operation.ts';
import { message } from '../messages/message-schemas.ts';
import { readingTime, viewMessage } from '../messages/message-view.ts';
import { draftId } from '../sending/message-fields.ts';
import { draftLines, fenceWithWarnings } from './answer-draft.ts';

export const getDraft = defineOperation({
  name: 'get_draft',
  route: 'GET /api/drafts/{id}',
  grant: 'read',
  summary: 'One draft as it would be sent.',
  input: { id: draftId },
  output: message
    .unwrap()
    .extend({
      id: z.string().describe('Of the draft.'),
      message: z.object({ id: z.string(), threadId: z.string() }).readonly(),
    })
    .readonly()
    .meta({ id: 'Draft' }),
  run: async ({ id }, { mailbox, signal }) => {
    const draft = await mailbox.getDraft(id);
    const message = await mailbox.getMessage(draft.message.summary.id);
    const view = await viewMessage(message, { body: 'text' }, { signal, time: readingTime() });
    return { ...view, id: draft.id, message: { id: view.id, threadId: view.threadId } };
  },
  text: (draft) => [
    `draft ${draft.id}, message ${draft.message.id}`,
    ...fenceWithWarnings('draft', [...draftLines(draft), '', draft.text ?? ''], []),
  ],
});
