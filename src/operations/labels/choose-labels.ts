import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import { labelNameOrId } from './label-schemas.ts';
import { resolveLabelIds } from './resolve-labels.ts';

const labels = z.array(labelNameOrId).max(100).default([]).describe('Label names or ids.');

/** The fields that say which labels are added and removed. */
export const labelChangeFields = { addLabelIds: labels, removeLabelIds: labels };

interface LabelIds {
  readonly addLabelIds: readonly string[];
  readonly removeLabelIds: readonly string[];
}

/** The ids of the labels that are named. Throws `INVALID_INPUT` for none, for unknown ones, and for one in both lists. */
export async function chooseLabels(
  { addLabelIds, removeLabelIds }: LabelIds,
  mailbox: MailboxReader,
): Promise<LabelIds> {
  if (addLabelIds.length + removeLabelIds.length === 0) {
    throw new AppError('INVALID_INPUT', 'There is nothing to change.', {
      field: 'addLabelIds',
      expected: 'a label in addLabelIds or in removeLabelIds',
      got: 'neither',
    });
  }
  const known = await mailbox.listLabels();
  const added = resolveLabelIds('addLabelIds', addLabelIds, known);
  const removed = resolveLabelIds('removeLabelIds', removeLabelIds, known);
  const both = added.find((id) => removed.includes(id));
  if (both !== undefined) {
    throw new AppError('INVALID_INPUT', `The label ${both} is both added and removed.`, { field: 'removeLabelIds' });
  }
  return { addLabelIds: added, removeLabelIds: removed };
}
