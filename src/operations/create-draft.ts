import { defineOperation } from './operation.ts';
import { draftView, filedDraft, renderDraft, tellingInDryRun, threadWarning } from './writing/answer-draft.ts';
import { messageFields } from './writing/message-fields.ts';
import { parseOutgoing, previewOf } from './writing/preview-message.ts';
import { writeMail } from './writing/write-mail.ts';

export const createDraft = defineOperation({
  name: 'create_draft',
  route: 'POST /api/drafts',
  grant: 'draft',
  toolset: 'core',
  summary: 'Write a draft: a new message, an answer or a forward. Nothing is sent.',
  input: messageFields,
  output: filedDraft,
  run: async (fields, call) => {
    const { raw, threadId, warnings } = await writeMail(fields, call);
    const message = { raw, ...(threadId === undefined ? {} : { threadId }) };
    const facts = { ...previewOf(await parseOutgoing(raw, call.signal)), warnings };
    const draft = await tellingInDryRun(facts, () => call.mailbox.createDraft(message));
    return { ...draftView(draft), warnings: [...warnings, ...threadWarning(threadId, draft.message.threadId)] };
  },
  text: (draft) => renderDraft('Made', draft),
});
