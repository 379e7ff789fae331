import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../core/errors.ts';
import type { DraftSummary, MailboxWriter, OutgoingMessage } from '../../mail/mailbox.ts';
import type { Label } from '../../mail/message.ts';
import type { SendAsFields } from '../../mail/settings.ts';
import type { Inverse } from './inverse.ts';
import { labelFieldsOf, sendAsFieldsOf } from './change-facts.ts';

function refuseIfMovedOn(isAsLeft: boolean, what: string): void {
  if (isAsLeft) return;
  throw new AppError('CONFLICT', `${what} has been changed again since; nothing was taken back.`, {
    hint: 'Look at it as it is now, and change it by hand if it is still wrong.',
  });
}

/** Compares with what was stored as JSON, in which a field without a value is no field. */
function isStill(current: unknown, expected: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(current ?? null)), expected);
}

async function currentLabel(mailbox: MailboxWriter, id: string): Promise<Label | undefined> {
  return (await mailbox.listLabels()).find((label) => label.id === id);
}

async function refuseIfLabelMovedOn(mailbox: MailboxWriter, id: string, expected: unknown): Promise<void> {
  const label = await currentLabel(mailbox, id);
  const isAsLeft = label !== undefined && isStill(labelFieldsOf(label), expected);
  refuseIfMovedOn(isAsLeft, `The label ${label?.name ?? id}`);
}

async function refuseIfDraftMovedOn(mailbox: MailboxWriter, id: string, messageId: string): Promise<void> {
  const { message } = await mailbox.getDraft(id);
  refuseIfMovedOn(message.summary.id === messageId, `The draft ${id}`);
}

async function refuseIfSendAsMovedOn(mailbox: MailboxWriter, email: string, expected: unknown): Promise<void> {
  const current = (await mailbox.listSendAs()).find(({ sendAsEmail }) => sendAsEmail === email);
  const isAsLeft = current !== undefined && isStill(sendAsFieldsOf(current), expected);
  refuseIfMovedOn(isAsLeft, `The send-as address ${email}`);
}

/** One address is always the default: it stops being so only when another one is. */
function withoutDefault(fields: SendAsFields): SendAsFields {
  const { isDefault: _, ...others } = fields;
  return others;
}

async function restoreDefault(
  mailbox: MailboxWriter,
  { email, expected, defaultBefore }: Extract<Inverse, { readonly kind: 'updateSendAs' | 'deleteSendAs' }>,
): Promise<void> {
  if (expected.isDefault !== true || defaultBefore === email) return;
  await mailbox.updateSendAs(defaultBefore, { isDefault: true });
}

function countOf(count: number): string {
  return count === 1 ? 'one message' : `${count} messages`;
}

/** Fields that a label had not: Gmail takes them for these, and has no word for taking a colour off. */
const plainLabel = { messageListVisibility: 'show', labelListVisibility: 'labelShow' } as const;

function outgoing({ rawBase64, threadId }: { readonly rawBase64: string; readonly threadId: string }): OutgoingMessage {
  return { raw: Buffer.from(rawBase64, 'base64'), threadId };
}

/** A draft that was its thread's only message comes back in a thread of its own: the old one went with it. */
async function recreateDraft(mailbox: MailboxWriter, message: OutgoingMessage): Promise<DraftSummary> {
  try {
    return await mailbox.createDraft(message);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    return await mailbox.createDraft({ raw: message.raw });
  }
}

/**
 * Takes a change back and answers in one sentence what was done. Throws `CONFLICT` where somebody has gone on from the
 * change, `NOT_FOUND` where what it was about is gone, and whatever the mailbox throws.
 */
export async function undoChange(mailbox: MailboxWriter, inverse: Inverse): Promise<string> {
  switch (inverse.kind) {
    case 'modifyMessages': {
      for (const change of inverse.changes) await mailbox.modifyMessages(change);
      const count = new Set(inverse.changes.flatMap(({ ids }) => ids)).size;
      if (count === 0) return 'It had changed nothing.';
      return count === 1 ? 'One message has its labels of before.' : `${count} messages have their labels of before.`;
    }
    case 'deleteLabel':
      await refuseIfLabelMovedOn(mailbox, inverse.id, inverse.expected);
      await mailbox.deleteLabel(inverse.id);
      return `The label ${inverse.expected.name} is gone again.`;
    case 'updateLabel':
      await refuseIfLabelMovedOn(mailbox, inverse.id, inverse.expected);
      await mailbox.updateLabel(inverse.id, { ...plainLabel, ...inverse.fields });
      return inverse.expected.color !== undefined && inverse.fields.color === undefined
        ? `The label ${inverse.fields.name} is as before, but keeps its colour: Gmail cannot take one off.`
        : `The label ${inverse.fields.name} is as before.`;
    case 'createLabel': {
      const { fields, messageIds: ids, hadMore } = inverse;
      const label = await mailbox.createLabel(fields);
      if (ids.length > 0) await mailbox.modifyMessages({ ids, addLabelIds: [label.id], removeLabelIds: [] });
      const older = hadMore ? ', not on the older ones that had it' : '';
      return `The label ${label.name} is back as ${label.id}, on ${countOf(ids.length)}${older}.`;
    }
    case 'deleteDraft':
      await refuseIfDraftMovedOn(mailbox, inverse.id, inverse.expected);
      await mailbox.deleteDraft(inverse.id);
      return `The draft ${inverse.id} is gone again.`;
    case 'updateDraft':
      await refuseIfDraftMovedOn(mailbox, inverse.id, inverse.expected);
      await mailbox.updateDraft(inverse.id, outgoing(inverse));
      return `The draft ${inverse.id} is as before.`;
    case 'createDraft': {
      const { id } = await recreateDraft(mailbox, outgoing(inverse));
      return `The draft is back as ${id}.`;
    }
    case 'deleteFilter':
      await mailbox.deleteFilter(inverse.id);
      return `The filter ${inverse.id} is gone again.`;
    case 'createFilter': {
      const { id } = await mailbox.createFilter(inverse.fields);
      return `The filter is back as ${id}.`;
    }
    case 'updateSetting': {
      const { name, value, expected } = inverse.setting;
      refuseIfMovedOn(isStill(await mailbox.getSetting(name), expected), `The setting ${name}`);
      await mailbox.updateSetting(name, value);
      return `The setting ${name} is as before.`;
    }
    case 'updateSendAs':
      await refuseIfSendAsMovedOn(mailbox, inverse.email, inverse.expected);
      await mailbox.updateSendAs(inverse.email, withoutDefault(inverse.fields));
      await restoreDefault(mailbox, inverse);
      return `The send-as address ${inverse.email} is as before.`;
    case 'deleteSendAs':
      await refuseIfSendAsMovedOn(mailbox, inverse.email, inverse.expected);
      await restoreDefault(mailbox, inverse);
      await mailbox.deleteSendAs(inverse.email);
      return `The send-as address ${inverse.email} is gone again.`;
    case 'createSendAs':
      await mailbox.createSendAs(inverse.email, inverse.fields);
      return `The send-as address ${inverse.email} is back.`;
    case 'deleteForwardingAddress':
      await mailbox.deleteForwardingAddress(inverse.email);
      return `The forwarding address ${inverse.email} is gone again.`;
    case 'createForwardingAddress':
      await mailbox.createForwardingAddress(inverse.email);
      return `The forwarding address ${inverse.email} is back.`;
    case 'deleteDelegate':
      await mailbox.deleteDelegate(inverse.email);
      return `The delegate ${inverse.email} is gone again.`;
    case 'createDelegate':
      await mailbox.createDelegate(inverse.email);
      return `The delegate ${inverse.email} is back.`;
  }
}
