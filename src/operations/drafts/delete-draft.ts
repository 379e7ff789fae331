import * as z from 'zod';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { draftSummary } from '../messages/message-schemas.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';
import { draftLines, draftView } from './answer-draft.ts';
import { draftId } from '../sending/message-fields.ts';

export const deleteDraft = defineOperation({
  name: 'delete_draft',
  route: 'DELETE /api/drafts/{id}',
  grant: 'draft',
  toolset: 'drafts',
  summary: 'Delete a draft. undo writes it again.',
  input: { id: draftId },
  output: z.object({ before: draftSummary }),
  run: ({ id }, { apply }) =>
    whenDone(apply('deleteDraft', id), (_, { message }) => ({ before: draftView({ id, message: message.summary }) })),
  text: ({ before }) => [`Deleted draft ${before.id}.`, ...fence('draft', draftLines(before).join('\n'))],
});
