import { defineOperation } from '../kernel/operation.ts';
import { draftView, filedDraft, renderDraft, tellingInDryRun, threadWarning } from './answer-draft.ts';
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
    const { raw, threadId, warnings } = await writeMail(fields, call);
    const message = { raw, ...(threadId === undefined ? {} : { threadId }) };
    const draft = await tellingInDryRun({ raw, warnings }, call.signal, () => call.mailbox.createDraft(message));
    return { ...draftView(draft), warnings: [...warnings, ...threadWarning(threadId, draft.message.threadId)] };
  },
  text: (draft) => renderDraft('Created', draft),
});
