import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import type { HomeCall } from '../kernel/home-call.ts';
import { hashContent } from '../sending/hash-content.ts';
import { messageFields } from '../sending/message-fields.ts';
import { sendWarnings } from '../sending/send-warnings.ts';
import { entryText } from './outbox-text.ts';
import { findEntry, outboxEntry, outboxId, viewEntry } from './outbox-view.ts';
import { requirePerson } from './require-person.ts';

const { to, cc, bcc, subject, body } = messageFields;

/** What a person may change of a message. */
type Edit = z.output<
  z.ZodObject<{ to: typeof to; cc: typeof cc; bcc: typeof bcc; subject: typeof subject; body: typeof body }>
>;

/** The message of an entry with the fields that are given; its attachments and what it answers stay. */
async function edited(id: string, edit: Edit, call: HomeCall): Promise<MessageToSend> {
  // Read when something is written: each brings a library.
  const { rewriteDraft } = await import('../drafts/rewrite-draft.ts');
  const { parseOutgoing, previewOf, requireClearRecipients } = await import('../sending/preview-message.ts');
  const { services, nowMs } = call;
  const { account, threadId, message } = await findEntry(id, call);
  const raw = await services.safety.outboxStore().raw(id);
  if (raw === undefined) throw new AppError('CONFLICT', `The message ${id} is over.`, { got: id });
  const mailbox = await services.accounts.open(account);
  const { signal, grants } = call.caller;
  const before = await parseOutgoing(raw, signal);
  const rewritten = await rewriteDraft(
    { message: { raw, summary: threadId === undefined ? {} : { threadId } } },
    // A text with HTML beside it was written as Markdown, of which it is the source; it has its signature already.
    { ...edit, format: before.html === undefined ? 'text' : 'markdown', signature: false, replyAll: false },
    {
      grants,
      mailbox,
      uploads: services.safety.uploads,
      emailAddress: account,
      signal,
      nowMs,
      timeZone: services.timeZone,
    },
  );
  const parsed = await parseOutgoing(rewritten.raw, signal);
  requireClearRecipients(parsed);
  const preview = previewOf(parsed);
  if ([...preview.to, ...preview.cc, ...preview.bcc].length === 0) {
    throw new AppError('INVALID_INPUT', 'A message goes to somebody.', {
      field: 'to',
      expected: 'an address',
      got: 'nobody',
    });
  }
  const found = await sendWarnings({ mailbox, delivery: mailbox.delivery, emailAddress: account }, preview);
  return {
    ...preview,
    raw: rewritten.raw,
    ...(threadId === undefined ? {} : { threadId }),
    from: preview.from === '' ? message.from : preview.from,
    warnings: [...new Set([...rewritten.warnings, ...found])],
    contentHash: hashContent(rewritten.raw),
  };
}

export const editSend = defineHomeOperation({
  name: 'edit_send',
  route: 'PATCH /api/admin/outbox/{id}',
  grant: 'admin',
  summary:
    'Change a message that waits for approval, as a person has seen it; it waits on, under another hash. No token may.',
  input: {
    id: outboxId,
    contentHash: z.string().min(1).max(128).describe('Of the message that was seen.'),
    to,
    cc,
    bcc,
    subject,
    body,
  },
  output: outboxEntry,
  async run({ id, contentHash, ...edit }, call) {
    requirePerson(call);
    const message = await edited(id, edit, call);
    await call.services.safety.outbox().edit(id, contentHash, message, { actor: call.actor, operation: 'edit_send' });
    return viewEntry(await findEntry(id, call));
  },
  text: (entry) => fence('outbox entry', entryText(entry)),
});
