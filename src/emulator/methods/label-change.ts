import * as z from 'zod';
import { invalidArgument, notImplemented } from '../http/google-errors.ts';

const ids = z.array(z.string()).default([]);

/** Fields of every request that changes labels. */
export const labelChangeFields = { addLabelIds: ids, removeLabelIds: ids } as const;

/** The same for messages, which may carry labels of Google Drive's kind too. */
export const messageChangeFields = {
  ...labelChangeFields,
  addClassificationLabels: z.array(z.unknown()).default([]),
  removeClassificationLabelIds: ids,
} as const;

type MessageChange = z.infer<z.ZodObject<typeof messageChangeFields>>;

/** Throws as {@link checkLabelChange}, and 501 for classification labels: left out, they would be lost. */
export function checkMessageChange(change: MessageChange): void {
  if (change.addClassificationLabels.length + change.removeClassificationLabelIds.length > 0) {
    throw notImplemented('classification labels');
  }
  checkLabelChange(change);
}

/** Labels that one request may name in either list (Gmail's reference of `messages.modify`). */
const mostLabels = 100;

/** Throws Gmail's 400 for a change that changes nothing, contradicts itself or names too many labels. */
export function checkLabelChange(change: LabelLists): void {
  const { addLabelIds, removeLabelIds } = change;
  if (addLabelIds.length === 0 && removeLabelIds.length === 0) {
    throw invalidArgument('No label add or removes specified');
  }
  if (addLabelIds.length > mostLabels || removeLabelIds.length > mostLabels) {
    throw invalidArgument(`Number of label ids cannot exceed ${mostLabels}`);
  }
  if (addLabelIds.some((id) => removeLabelIds.includes(id))) {
    throw invalidArgument('Cannot both add and remove the same label');
  }
}

/** What moves a message to the trash, in the two steps that Gmail's history has of it (as recorded). */
export const trashing: readonly LabelLists[] = [
  { addLabelIds: ['TRASH'], removeLabelIds: [] },
  { addLabelIds: [], removeLabelIds: ['INBOX'] },
];
/** What takes it out again: not back into the inbox. */
export const untrashing: LabelLists = { addLabelIds: [], removeLabelIds: ['TRASH'] };

/** Labels to put on and to take off. */
export interface LabelLists {
  readonly addLabelIds: readonly string[];
  readonly removeLabelIds: readonly string[];
}
