import { currentContext } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { maxImportBytes, type AppliedChange, type LabelChange, type MailboxReader } from '../../mail/mailbox.ts';
import { parseMimeWithin } from '../../parser/parse-mime-within.ts';
import type { Outflow } from '../policy/check-outflow.ts';
import { loadsFromElsewhere } from '../policy/loads-from-elsewhere.ts';
import { defineChange, readsNothing } from './change-kind.ts';
import { checkSize, missing } from './refusals.ts';

/** How many messages are looked for at once. */
const lookedForAtOnce = 20;

/** How long a message may be read for; a larger one than can be read in that time is not filed. */
const readMs = 20_000;

/** Labels that only Gmail gives: what is in SENT makes its recipients people that the owner has written to. */
const sendingLabels: ReadonlySet<string> = new Set(['SENT', 'DRAFT']);

/** The outflow of labels that are put on mail. */
export function labelOutflow(labelIds: readonly string[]): readonly Outflow[] {
  return labelIds.filter((id) => sendingLabels.has(id)).map((id) => ({ what: `Mail put into ${id}`, to: 'anybody' }));
}

async function messagesAreThere(reader: MailboxReader, ids: readonly string[]): Promise<void> {
  const lost: string[] = [];
  for (let start = 0; start < ids.length; start += lookedForAtOnce) {
    const looks = ids.slice(start, start + lookedForAtOnce).map(async (id) => {
      try {
        await reader.getMessage(id);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
        lost.push(id);
      }
    });
    await Promise.all(looks);
  }
  if (lost.length > 0) throw missing(lost.length === 1 ? 'message' : 'messages', lost.join(', '));
}

function isChanged({ addedLabelIds, removedLabelIds }: AppliedChange): boolean {
  return addedLabelIds.length + removedLabelIds.length > 0;
}

/** Changes to messages grouped by what was done, so that forty alike are one. */
function groupApplied(applied: readonly AppliedChange[]): readonly LabelChange[] {
  const groups = Map.groupBy(applied.filter(isChanged), ({ addedLabelIds, removedLabelIds }) =>
    JSON.stringify([addedLabelIds, removedLabelIds]),
  );
  return [...groups.values()].flatMap((alike) =>
    alike.slice(0, 1).map(({ addedLabelIds, removedLabelIds }) => ({
      ids: alike.map(({ id }) => id),
      addLabelIds: addedLabelIds,
      removeLabelIds: removedLabelIds,
    })),
  );
}

/** Whether the reader of a message tells somebody by opening it: with what stands in the address of a picture. */
async function showsPictures(raw: Uint8Array): Promise<boolean> {
  const { signal } = currentContext() ?? {};
  const { html } = await parseMimeWithin(raw, { deadlineMs: readMs, ...(signal === undefined ? {} : { signal }) });
  return html !== undefined && loadsFromElsewhere(html);
}

export const modifyMessages = defineChange('modifyMessages', {
  grant: 'organize',
  before: readsNothing,
  outflow: ({ addLabelIds }) => labelOutflow(addLabelIds),
  check: (reader, { ids }) => messagesAreThere(reader, ids),
  target: (change) => change,
  to: groupApplied,
  inverse: ({ result }) => {
    const changes = groupApplied(result);
    const count = new Set(changes.flatMap(({ ids }) => ids)).size;
    return {
      steps: changes.map(({ ids, addLabelIds, removeLabelIds }) => ({
        method: 'modifyMessages',
        args: [{ ids, addLabelIds: removeLabelIds, removeLabelIds: addLabelIds }],
      })),
      text:
        count === 0
          ? 'It had changed nothing.'
          : `Restored the previous labels of ${count} message${count === 1 ? '' : 's'}.`,
    };
  },
  events: ({ result }) =>
    result.filter(isChanged).map(({ id, addedLabelIds, removedLabelIds }) => ({
      kind: 'labelsChanged',
      ids: { messageId: id, addedLabelIds, removedLabelIds },
    })),
});

export const deleteMessages = defineChange('deleteMessages', {
  grant: 'delete',
  before: readsNothing,
  outflow: 'none',
  check: messagesAreThere,
  target: (ids) => ({ ids }),
  inverse: 'none',
  events: ({ args: [ids] }) => ids.map((id) => ({ kind: 'messageDeleted', ids: { messageId: id } })),
});

export const importMessage = defineChange('importMessage', {
  grant: 'organize',
  before: readsNothing,
  outflow: ({ raw, labelIds }) => [
    ...labelOutflow(labelIds),
    { what: 'Mail that loads pictures', to: 'anybody', isReal: () => showsPictures(raw) },
  ],
  check: (_reader, { raw }) => checkSize(raw, maxImportBytes),
  target: ({ raw, labelIds }) => ({ sizeBytes: raw.byteLength, labelIds }),
  inverse: ({ result: { id, labelIds } }) => ({
    steps: [
      {
        method: 'modifyMessages',
        args: [{ ids: [id], addLabelIds: ['TRASH'], removeLabelIds: labelIds.filter((label) => label === 'INBOX') }],
      },
    ],
    text: 'Moved the imported message to the trash.',
  }),
  events: ({ result: { id, threadId, labelIds } }) => [
    { kind: 'messageAdded', ids: { messageId: id, threadId, labelIds } },
  ],
});
