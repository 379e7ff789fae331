import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { Label, LabelFields } from '../../mail/message.ts';
import { GoogleError } from '../http/api-call.ts';
import { invalidArgument, notFound } from '../http/google-errors.ts';
import { comparableName, isReservedElsewhere } from './label-names.ts';
import { countedLabel, labelList, newLabel } from './label-resource.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';
import { integer } from './read-body.ts';

const count = integer.optional();

/** A label in a request; what only Gmail sets is taken and passed over. */
const labelBody = {
  name: 'label',
  schema: z.strictObject({
    name: z.string().exactOptional(),
    messageListVisibility: z.enum(['show', 'hide']).exactOptional(),
    labelListVisibility: z.enum(['labelShow', 'labelShowIfUnread', 'labelHide']).exactOptional(),
    color: z.strictObject({ textColor: z.string(), backgroundColor: z.string() }).exactOptional(),
    id: z.string().optional(),
    type: z.enum(['system', 'user']).optional(),
    messagesTotal: count,
    messagesUnread: count,
    threadsTotal: count,
    threadsUnread: count,
  }),
} as const;
type LabelRequest = z.infer<typeof labelBody.schema>;

/** `users.labels`. */
export const labelMethods: readonly Method[] = [
  defineMethod('labels.list', {
    run: async ({ mailbox }) => ({ labels: labelList(await mailbox.listLabels()) }),
  }),
  defineMethod('labels.get', {
    run: async ({ parameter, mailbox }) => {
      const label = await findLabel(mailbox, parameter('id'));
      return countedLabel(label, await mailbox.getLabelCounts(label.id));
    },
  }),
  defineMethod('labels.create', {
    body: labelBody,
    run: async ({ body, mailbox }) => {
      const fields = withName(fieldsOf(body));
      await checkName(mailbox, fields.name);
      return newLabel(await inGmailsWords(() => mailbox.createLabel(fields)));
    },
  }),
  defineMethod('labels.update', {
    body: labelBody,
    run: ({ parameter, body, mailbox }) => {
      const fields = withName(fieldsOf(body));
      const replaced: LabelFields = { messageListVisibility: 'show', labelListVisibility: 'labelShow', ...fields };
      return update(mailbox, parameter('id'), body, replaced);
    },
  }),
  defineMethod('labels.patch', {
    body: labelBody,
    run: ({ parameter, body, mailbox }) => update(mailbox, parameter('id'), body, fieldsOf(body)),
  }),
  defineMethod('labels.delete', {
    run: async ({ parameter, mailbox }) => {
      const { id, type } = await findLabel(mailbox, parameter('id'));
      if (type === 'system') throw invalidArgument('Invalid delete request');
      await mailbox.deleteLabel(id);
    },
  }),
];

function fieldsOf({ name, messageListVisibility, labelListVisibility, color }: LabelRequest): Partial<LabelFields> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(messageListVisibility === undefined ? {} : { messageListVisibility }),
    ...(labelListVisibility === undefined ? {} : { labelListVisibility }),
    ...(color === undefined ? {} : { color }),
  };
}

function withName(fields: Partial<LabelFields>): LabelFields {
  if (fields.name === undefined) throw invalidArgument('Invalid label name');
  return { ...fields, name: fields.name };
}

async function findLabel(mailbox: LocalMailbox, id: string): Promise<Label> {
  const label = (await mailbox.listLabels()).find((each) => each.id === id);
  if (label === undefined) throw notFound();
  return label;
}

async function update(
  mailbox: LocalMailbox,
  id: string,
  request: LabelRequest,
  fields: Partial<LabelFields>,
): Promise<object> {
  if (request.id !== undefined && request.id !== id) throw invalidArgument('Invalid id value');
  const { type } = await findLabel(mailbox, id);
  if (type === 'system') throw invalidArgument('Invalid update request');
  if (fields.name !== undefined) await checkName(mailbox, fields.name, id);
  const label = await inGmailsWords(() => mailbox.updateLabel(id, fields));
  return countedLabel(label, await mailbox.getLabelCounts(id));
}

/** Throws for a name that Gmail keeps for itself in another language, or has for another label with other separators. */
async function checkName(mailbox: LocalMailbox, name: string, ownId?: string): Promise<void> {
  if (isReservedElsewhere(name)) throw invalidArgument('Invalid label name');
  const taken = (await mailbox.listLabels()).some(
    (label) => label.type === 'user' && label.id !== ownId && comparableName(label.name) === comparableName(name),
  );
  if (taken) throw nameTaken();
}

function nameTaken(): GoogleError {
  return new GoogleError(409, 'aborted', 'ABORTED', 'Label name exists or conflicts');
}

/** Gmail's words for a name or a colour that the mailbox does not take. */
async function inGmailsWords(write: () => Promise<Label>): Promise<Label> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'CONFLICT') throw nameTaken();
    const { field = '', got = '' } = error.details;
    if (field === 'name') throw invalidArgument('Invalid label name');
    if (field.startsWith('color')) throw invalidArgument(`Label color ${got} is not on the allowed color palette`);
    throw error;
  }
}
