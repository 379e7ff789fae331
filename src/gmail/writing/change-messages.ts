import { AppError } from '../../core/errors.ts';
import type { AppliedChange, FiledMessage, LabelChange } from '../../mail/mailbox.ts';
import { maxImportBytes } from '../../mail/mailbox.ts';
import { apiFiledMessage } from '../client/api-schemas.ts';
import { askOnce, orNotFound, tell } from '../client/ask.ts';
import type { GmailContext } from '../reading/gmail-context.ts';
import { userId } from '../reading/gmail-context.ts';
import { isId } from '../reading/not-found.ts';
import { readSummaries } from '../reading/read-messages.ts';
import type { LabelDirectory } from './label-directory.ts';
import { checkSize, messageOfRaw } from './outgoing.ts';

/** Gmail's limit of one batchModify or batchDelete. */
const maxIdsAtOnce = 1000;

/** Labels that messages were just found to have, by message id. */
export type KnownLabels = ReadonlyMap<string, readonly string[]>;

/**
 * Changes labels of all messages or of none; see `MailboxWriter.modifyMessages`. Gmail is asked only for messages whose labels
 * are not known, at 20 units each.
 */
export async function modifyMessages(
  context: GmailContext,
  labels: LabelDirectory,
  change: LabelChange,
  known: KnownLabels = new Map(),
): Promise<readonly AppliedChange[]> {
  const { cache, client } = context;
  checkContradiction(change);
  await labels.check(change.addLabelIds, 'addLabelIds');
  await labels.check(change.removeLabelIds, 'removeLabelIds');
  const addLabelIds = [...new Set(change.addLabelIds)];
  const removeLabelIds = [...new Set(change.removeLabelIds)];
  const before = await readAll(context, [...new Set(change.ids)], known);
  const applied = Array.from(before, ([id, labelIds]) => ({
    id,
    addedLabelIds: addLabelIds.filter((labelId) => !labelIds.includes(labelId)),
    removedLabelIds: removeLabelIds.filter((labelId) => labelIds.includes(labelId)),
  }));
  // Those that seem to be so already too: what they were a moment ago may have been undone elsewhere since.
  const ids = applied.map(({ id }) => id);
  const [only] = ids;
  if (only === undefined || addLabelIds.length + removeLabelIds.length === 0) return applied;
  try {
    if (ids.length === 1) {
      const request = { userId, id: only, requestBody: { addLabelIds, removeLabelIds } };
      await orNotFound(tell(client.users.messages.modify(request)), () => unknownIds([only]));
    } else {
      for (const some of inPortions(ids)) {
        const requestBody = { ids: [...some], addLabelIds, removeLabelIds };
        await tell(client.users.messages.batchModify({ userId, requestBody }));
      }
    }
    cache.relabel({ ids, addLabelIds, removeLabelIds });
    return applied;
  } finally {
    cache.noteWrite();
  }
}

/** Deletes all messages for good, or none; see `MailboxWriter.deleteMessages`. What is known is not asked of Gmail. */
export async function deleteMessages(
  context: GmailContext,
  wanted: readonly string[],
  known: KnownLabels = new Map(),
): Promise<void> {
  const { cache, client } = context;
  const ids = [...new Set(wanted)];
  const [only] = ids;
  if (only === undefined) return;
  if (ids.length === 1) checkIds(ids);
  else await readAll(context, ids, known);
  try {
    if (ids.length === 1) {
      await orNotFound(tell(client.users.messages.delete({ userId, id: only })), () => unknownIds([only]));
    } else {
      for (const some of inPortions(ids)) {
        await tell(client.users.messages.batchDelete({ userId, requestBody: { ids: [...some] } }));
      }
    }
    cache.remove(ids);
  } finally {
    cache.noteWrite();
  }
}

/** Files a message as if it had been received at its own date; see `MailboxWriter.importMessage`. */
export async function importMessage(
  { client, cache, apiRootUrl }: GmailContext,
  labels: LabelDirectory,
  { raw, labelIds }: { readonly raw: Uint8Array; readonly labelIds: readonly string[] },
): Promise<FiledMessage> {
  checkSize(raw, maxImportBytes);
  await labels.check(labelIds, 'labelIds', ['SENT']);
  const { message, media } = messageOfRaw(raw);
  const options = { userId, internalDateSource: 'dateHeader', neverMarkSpam: true };
  const requestBody = { labelIds: [...labelIds], ...message };
  try {
    const request = client.users.messages.import({ ...options, requestBody, ...media }, { rootUrl: apiRootUrl });
    return await askOnce(apiFiledMessage, request);
  } finally {
    cache.noteWrite();
  }
}

function inPortions(ids: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(ids.length / maxIdsAtOnce) }, (_, index) =>
    ids.slice(index * maxIdsAtOnce, (index + 1) * maxIdsAtOnce),
  );
}

function checkContradiction({ addLabelIds, removeLabelIds }: LabelChange): void {
  const both = addLabelIds.filter((id) => removeLabelIds.includes(id));
  if (both.length === 0) return;
  throw new AppError('INVALID_INPUT', `Labels both added and removed: ${both.join(', ')}.`, {
    field: 'removeLabelIds',
    expected: 'no label of addLabelIds',
    got: both.join(', '),
  });
}

function checkIds(ids: readonly string[]): void {
  const impossible = ids.filter((id) => !isId('message', id));
  if (impossible.length > 0) throw unknownIds(impossible);
}

/** The labels of all of these messages now. Gmail changes what it finds of several and is silent about the rest, so all must be there. */
async function readAll(context: GmailContext, ids: readonly string[], known: KnownLabels): Promise<KnownLabels> {
  checkIds(ids);
  const asked = ids.filter((id) => !known.has(id));
  if (asked.length > 0) await context.follower.ensureFresh();
  const found = await readSummaries(context, asked);
  const unknown = asked.filter((id) => !found.has(id));
  if (unknown.length > 0) throw unknownIds(unknown);
  return new Map(ids.map((id) => [id, known.get(id) ?? found.get(id)?.labelIds ?? []]));
}

function unknownIds(ids: readonly string[]): AppError {
  return new AppError('NOT_FOUND', `There is no message ${ids.join(', ')}; nothing was changed.`, {
    field: 'ids',
    got: ids.join(', '),
  });
}
