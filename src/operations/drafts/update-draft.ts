import { defineOperation } from '../kernel/operation.ts';
import { refuseNothing } from '../kernel/refuse-nothing.ts';
import { draftAnswer, filedDraft, outgoingOf, renderDraft } from './answer-draft.ts';
import { draftId, messageFields } from '../sending/message-fields.ts';

export const updateDraft = defineOperation({
  name: 'update_draft',
  route: 'PUT /api/drafts/{id}',
  grant: 'draft',
  toolset: 'core',
  summary:
    'Change a draft. Fields not given stay; body replaces the whole text, quote too, unless replyTo or forward is given again.',
  input: { id: draftId, ...messageFields },
  output: filedDraft,
  run: async ({ id, ...fields }, call) => {
    // Its library is read when something is written: most processes only read.
    const { rewriteDraft } = await import('./rewrite-draft.ts');
    refuseNothing(changed(fields), Object.keys(messageFields));
    const before = await call.mailbox.getDraft(id);
    const writing = await rewriteDraft(before, fields, call);
    return draftAnswer(await call.apply('updateDraft', id, outgoingOf(writing)), writing, call.signal);
  },
  text: (draft) => renderDraft('Changed', draft),
});

/** The fields that change something by themselves: the others only say how. */
function changed({
  format: _format,
  signature: _signature,
  replyAll: _replyAll,
  ...fields
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return fields;
}
