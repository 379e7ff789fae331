import { defineOperation } from '../kernel/operation.ts';
import { draftAnswer, filedDraft, outgoingOf, renderDraft } from './answer-draft.ts';
import { messageFields } from '../sending/message-fields.ts';

export const createDraft = defineOperation({
  name: 'create_draft',
  route: 'POST /api/drafts',
  grant: 'draft',
  toolset: 'core',
  summary: 'Write a draft: a new message, an answer or a forward. Nothing is sent.',
  input: messageFields,
  output: filedDraft,
  run: async (fields, call) => {
    // Its library is read when something is written: most processes only read.
    const { writeMail } = await import('../sending/write-mail.ts');
    const writing = await writeMail(fields, call);
    return draftAnswer(await call.apply('createDraft', outgoingOf(writing)), writing, call.signal);
  },
  text: (draft) => renderDraft('Created', draft),
});
