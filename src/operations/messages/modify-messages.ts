import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { gmailIds } from './message-schemas.ts';
import { defineOperation } from '../kernel/operation.ts';
import { resolveLabelIds } from '../labels/resolve-labels.ts';

const labels = z.array(z.string().min(1).max(225)).max(100).default([]);
const changed = z.object({ modified: z.int().describe('How many messages were named.') }).readonly();

export const modifyMessages = defineOperation({
  name: 'modify_messages',
  route: 'POST /api/messages/modify',
  grant: 'organize',
  toolset: 'core',
  summary: 'Add and remove labels: remove UNREAD to mark read, remove INBOX to archive, add STARRED to star.',
  input: {
    ids: gmailIds,
    addLabelIds: labels.describe('Label names or ids.'),
    removeLabelIds: labels.describe('Label names or ids.'),
  },
  isIdempotent: true,
  output: changed,
  run: async ({ ids, addLabelIds, removeLabelIds }, call) => {
    if (addLabelIds.length + removeLabelIds.length === 0) {
      throw new AppError('INVALID_INPUT', 'There is nothing to change.', {
        field: 'addLabelIds',
        expected: 'a label in addLabelIds or in removeLabelIds',
        got: 'neither',
      });
    }
    const known = await call.mailbox.listLabels();
    const added = resolveLabelIds('addLabelIds', addLabelIds, known);
    const removed = resolveLabelIds('removeLabelIds', removeLabelIds, known);
    const both = added.find((id) => removed.includes(id));
    if (both !== undefined) {
      throw new AppError('INVALID_INPUT', `The label ${both} is both added and removed.`, { field: 'removeLabelIds' });
    }
    const change = { ids, addLabelIds: added, removeLabelIds: removed };
    return whenDone(call.apply('modifyMessages', change), () => ({ modified: ids.length }));
  },
  text: ({ modified }) => `Changed labels of ${modified} message${modified === 1 ? '' : 's'}.`,
});

export const trashMessages = defineOperation({
  name: 'trash_messages',
  route: 'POST /api/messages/trash',
  grant: 'organize',
  toolset: 'core',
  summary: 'Move messages to the trash; untrash_messages brings them back.',
  input: { ids: gmailIds },
  isIdempotent: true,
  output: changed,
  run: ({ ids }, { apply }) => {
    const change = { ids, addLabelIds: ['TRASH'], removeLabelIds: ['INBOX'] };
    return whenDone(apply('modifyMessages', change), () => ({ modified: ids.length }));
  },
  text: ({ modified }) => `Moved ${modified} message${modified === 1 ? '' : 's'} to the trash.`,
});

export const untrashMessages = defineOperation({
  name: 'untrash_messages',
  route: 'POST /api/messages/untrash',
  grant: 'organize',
  toolset: 'core',
  summary: 'Take messages out of the trash. As in Gmail they do not return to the inbox: add INBOX for that.',
  input: { ids: gmailIds },
  isIdempotent: true,
  output: changed,
  run: ({ ids }, { apply }) => {
    const change = { ids, addLabelIds: [], removeLabelIds: ['TRASH'] };
    return whenDone(apply('modifyMessages', change), () => ({ modified: ids.length }));
  },
  text: ({ modified }) => `Took ${modified} message${modified === 1 ? '' : 's'} out of the trash.`,
});
