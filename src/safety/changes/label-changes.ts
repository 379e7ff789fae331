import { AppError } from '../../core/errors.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import type { Label, LabelFields } from '../../mail/message.ts';
import { createdId, defineChange, readsNothing, type ChangeState, type Inverse } from './change-kind.ts';
import { isSame, missing, taken } from './refusals.ts';

/** How many messages, the newest, a deleted label is put back on. */
const maxRelabelled = 500;

/** Fields that a label had not: Gmail takes them for these, and has no word for taking a colour off. */
export const plainLabel = { messageListVisibility: 'show', labelListVisibility: 'labelShow' } as const;

/** What can be chosen of a label, without what follows from it. */
function fieldsOf({ name, messageListVisibility, labelListVisibility, color }: Label): LabelFields {
  return {
    name,
    ...(messageListVisibility === undefined ? {} : { messageListVisibility }),
    ...(labelListVisibility === undefined ? {} : { labelListVisibility }),
    ...(color === undefined ? {} : { color }),
  };
}

function fieldsIfThere(label: Label | undefined): LabelFields | undefined {
  return label === undefined ? undefined : fieldsOf(label);
}

async function labelOf({ reader }: Pick<ChangeState, 'reader'>, id: string): Promise<Label | undefined> {
  return (await reader.listLabels()).find((label) => label.id === id);
}

/** A label with the newest messages that have it, and whether there are more. */
async function labelInUse(
  { reader }: Pick<ChangeState, 'reader'>,
  id: string,
): Promise<{ readonly label: Label | undefined; readonly ids: readonly string[]; readonly hasMore: boolean }> {
  const label = await labelOf({ reader }, id);
  if (label?.type !== 'user') return { label, ids: [], hasMore: false };
  const query = { kind: 'label', label: label.name } as const;
  const request = { query, maxResults: maxRelabelled, includeSpamTrash: true };
  const { messages, nextPageToken } = await reader.searchMessages(request);
  // A search takes names that differ only in how they are written for the same.
  const ids = messages.filter(({ labelIds }) => labelIds.includes(id)).map((message) => message.id);
  return { label, ids, hasMore: nextPageToken !== undefined };
}

function requireFree(name: string | undefined, labels: readonly Label[]): void {
  const label = name === undefined ? undefined : labels.find((one) => isSame(one.name, name));
  if (label === undefined) return;
  if (label.type === 'user') throw taken('label', label.name);
  throw new AppError('INVALID_INPUT', `${label.name} is Gmail's own name.`, { got: label.name });
}

/** The other labels of the mailbox. Throws for a label that is not there, or is not the owner's. */
async function othersThan(reader: MailboxReader, id: string): Promise<readonly Label[]> {
  const labels = await reader.listLabels();
  const label = labels.find((one) => one.id === id);
  if (label === undefined) throw missing('label', id);
  if (label.type === 'user') return labels.filter((one) => one.id !== id);
  throw new AppError('INVALID_INPUT', `The label ${id} is Gmail's own and cannot be changed.`, { got: id });
}

/** Creates a label and puts it on messages. */
export function creating(fields: LabelFields, ids: readonly string[]): Inverse['steps'] {
  const created: Inverse['steps'] = [{ method: 'createLabel', args: [fields] }];
  if (ids.length === 0) return created;
  return [...created, { method: 'modifyMessages', args: [{ ids, addLabelIds: [createdId], removeLabelIds: [] }] }];
}

export const createLabel = defineChange('createLabel', {
  grant: 'organize',
  before: readsNothing,
  outflow: 'none',
  check: async (reader, { name }) => requireFree(name, await reader.listLabels()),
  target: (fields) => fields,
  inverse: ({ result }) => ({
    steps: [{ method: 'deleteLabel', args: [result.id], expected: fieldsOf(result) }],
    text: `Deleted the label ${result.name} again.`,
  }),
  events: ({ result: { id } }) => [{ kind: 'labelChanged', ids: { labelId: id }, state: 'created' }],
});

export const updateLabel = defineChange('updateLabel', {
  grant: 'organize',
  before: labelOf,
  outflow: 'none',
  check: async (reader, id, { name }) => requireFree(name, await othersThan(reader, id)),
  target: (id, fields) => ({ id, ...fields }),
  state: fieldsIfThere,
  inverse: ({ args: [id], before, result }) =>
    before && {
      steps: [
        { method: 'updateLabel', args: [id, { ...plainLabel, ...fieldsOf(before) }], expected: fieldsOf(result) },
      ],
      text:
        result.color !== undefined && before.color === undefined
          ? `Restored the label ${before.name}, which keeps its colour: Gmail cannot take one off.`
          : `Restored the label ${before.name}.`,
    },
  events: ({ args: [id] }) => [{ kind: 'labelChanged', ids: { labelId: id }, state: 'updated' }],
});

export const deleteLabel = defineChange('deleteLabel', {
  grant: 'organize',
  before: labelInUse,
  outflow: 'none',
  check: async (reader, id) => void (await othersThan(reader, id)),
  target: (id) => ({ id }),
  from: ({ label, ids, hasMore }) => label && { ...label, messages: `${hasMore ? 'more than ' : ''}${ids.length}` },
  state: ({ label }) => fieldsIfThere(label),
  inverse: ({ before: { label, ids, hasMore } }) => {
    if (label === undefined) return undefined;
    const older = hasMore ? ', not on the older ones that had it' : '';
    return {
      steps: creating(fieldsOf(label), ids),
      text: `Created the label ${label.name} again, on ${ids.length} message${ids.length === 1 ? '' : 's'}${older}.`,
    };
  },
  events: ({ args: [id] }) => [{ kind: 'labelChanged', ids: { labelId: id }, state: 'deleted' }],
});
