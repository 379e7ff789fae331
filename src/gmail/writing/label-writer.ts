import { AppError } from '../../core/errors.ts';
import type { Label, LabelFields } from '../../mail/message.ts';
import { ask, askOnce, orNotFound, orRefused, tell } from '../client/ask.ts';
import type { GmailContext } from '../reading/gmail-context.ts';
import { userId } from '../reading/gmail-context.ts';
import { checkId, notFound } from '../reading/not-found.ts';
import type { LabelDirectory } from './label-directory.ts';
import { apiLabel } from './label-directory.ts';

/** Makes a user label; see `MailboxWriter.createLabel`. */
export async function createLabel(context: GmailContext, labels: LabelDirectory, fields: LabelFields): Promise<Label> {
  const { client } = context;
  return changing(context, labels, () => {
    const request = client.users.labels.create({ userId, requestBody: fields });
    return orRefused(askOnce(apiLabel, request), (error) => fieldAtFault(error, fields));
  });
}

/** Changes fields of a user label; see `MailboxWriter.updateLabel`. */
export async function updateLabel(
  context: GmailContext,
  labels: LabelDirectory,
  id: string,
  fields: Partial<LabelFields>,
): Promise<Label> {
  await checkUserLabel(labels, id);
  return changing(context, labels, () => {
    const request = context.client.users.labels.patch({ userId, id, requestBody: fields });
    return orRefused(ask(apiLabel, request), (error) => fieldAtFault(error, fields));
  });
}

/** Deletes a user label and takes it off every message; see `MailboxWriter.deleteLabel`. */
export async function deleteLabel(context: GmailContext, labels: LabelDirectory, id: string): Promise<void> {
  await checkUserLabel(labels, id);
  await changing(context, labels, async () => {
    await orNotFound(tell(context.client.users.labels.delete({ userId, id })), () => notFound('label', id));
    context.cache.dropLabel(id);
  });
}

async function changing<T>({ cache }: GmailContext, labels: LabelDirectory, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    labels.forget();
    cache.noteWrite();
  }
}

async function checkUserLabel(labels: LabelDirectory, id: string): Promise<void> {
  checkId('label', id);
  const label = await labels.find(id);
  if (label === undefined) throw notFound('label', id);
  if (label.type === 'user') return;
  throw new AppError('INVALID_INPUT', `The label ${id} is Gmail's own and cannot be changed.`, {
    field: 'id',
    expected: 'a label of type user',
    got: id,
  });
}

/** Google names a colour that it refuses, and calls everything else about a label its name. */
function fieldAtFault({ message }: AppError, { color }: Partial<LabelFields>): string {
  if (color === undefined || !/colou?r/i.test(message)) return 'name';
  return message.includes(color.backgroundColor) ? 'color.backgroundColor' : 'color.textColor';
}
