import { AppError } from '../../core/errors.ts';
import { maxSendBytes, type Draft, type OutgoingMessage } from '../../mail/mailbox.ts';
import type { MessageSummary } from '../../mail/message.ts';
import { defineChange, readsNothing, type ChangeEvent, type ChangeState } from './change-kind.ts';
import { checkSize } from './refusals.ts';

/** A message's bytes are shown by their size: the log is no second mailbox. */
function shownMessage({ raw, threadId }: OutgoingMessage): object {
  return { sizeBytes: raw.byteLength, ...(threadId === undefined ? {} : { threadId }) };
}

/** What the log keeps of a draft: whom it is for and what about. */
function shownDraft({ subject, to, cc, bcc }: MessageSummary): object {
  return { subject, to, cc, bcc };
}

function shownBefore({ message: { raw, summary } }: Draft): object {
  return { ...shownDraft(summary), sizeBytes: raw.byteLength };
}

/** A draft has a message of a new id after every change. */
function messageIdOf({ message }: Draft): string {
  return message.summary.id;
}

function contentOf({ message: { raw, summary } }: Draft): OutgoingMessage {
  return { raw, threadId: summary.threadId };
}

function added({ id, threadId, labelIds }: MessageSummary): ChangeEvent {
  return { kind: 'messageAdded', ids: { messageId: id, threadId, labelIds } };
}

function deleted({ id, threadId }: MessageSummary): ChangeEvent {
  return { kind: 'messageDeleted', ids: { messageId: id, threadId } };
}

function draftChanged(draftId: string, { id }: MessageSummary, state: string): ChangeEvent {
  return { kind: 'draftChanged', ids: { draftId, messageId: id }, state };
}

/** The draft as it is. Throws `CONFLICT` while the outbox sends it: what is sent stays what policy and people have seen. */
async function draftOf({ reader, isDraftInWork }: ChangeState, id: string): Promise<Draft> {
  const draft = await reader.getDraft(id);
  if (!(await isDraftInWork(id))) return draft;
  throw new AppError('CONFLICT', `The draft ${id} is being sent, or may have been; nothing was changed.`, {
    field: 'id',
    got: id,
    hint: '`gmail-llm outbox` shows what becomes of it.',
  });
}

export const createDraft = defineChange('createDraft', {
  grant: 'draft',
  before: readsNothing,
  outflow: 'none',
  check: (_reader, { raw }) => checkSize(raw, maxSendBytes),
  target: shownMessage,
  to: ({ id, message }) => ({ id, ...shownDraft(message) }),
  inverse: ({ result: { id, message } }) => ({
    steps: [{ method: 'deleteDraft', args: [id], expected: message.id }],
    text: `Deleted the draft ${id} again.`,
  }),
  events: ({ result: { id, message } }) => [added(message), draftChanged(id, message, 'created')],
});

export const updateDraft = defineChange('updateDraft', {
  grant: 'draft',
  before: draftOf,
  outflow: 'none',
  check: (_reader, _id, { raw }) => checkSize(raw, maxSendBytes),
  target: (id, message) => ({ id, ...shownMessage(message) }),
  from: shownBefore,
  state: messageIdOf,
  to: ({ id, message }) => ({ id, ...shownDraft(message) }),
  inverse: ({ args: [id], before, result }) => ({
    steps: [{ method: 'updateDraft', args: [id, contentOf(before)], expected: result.message.id }],
    text: `Restored the draft ${id}.`,
  }),
  events: ({ args: [id], before, result: { message } }) => [
    deleted(before.message.summary),
    added(message),
    draftChanged(id, message, 'updated'),
  ],
});

export const deleteDraft = defineChange('deleteDraft', {
  grant: 'draft',
  before: draftOf,
  outflow: 'none',
  target: (id) => ({ id }),
  from: shownBefore,
  state: messageIdOf,
  inverse: ({ before }) => ({
    // A draft that was its thread's only message comes back in another thread: the old one went with it.
    steps: [{ method: 'createDraft', args: [contentOf(before)], otherwise: [{ raw: before.message.raw }] }],
    text: 'Created the draft again.',
  }),
  events: ({ args: [id], before: { message } }) => [
    deleted(message.summary),
    draftChanged(id, message.summary, 'deleted'),
  ],
});
