import * as z from 'zod';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { gmailIds } from './message-schemas.ts';
import { defineOperation } from '../kernel/operation.ts';
import { chooseLabels, labelChangeFields } from '../labels/choose-labels.ts';

const changed = z.object({ modified: z.int().describe('How many messages were named.') }).readonly();

export const modifyMessages = defineOperation({
  name: 'modify_messages',
  route: 'POST /api/messages/modify',
  grant: 'organize',
  toolset: 'core',
  summary: 'Add and remove labels: remove UNREAD to mark read, remove INBOX to archive, add STARRED to star.',
  input: {
    ids: gmailIds,
    ...labelChangeFields,
  },
  isIdempotent: true,
  output: changed,
  run: async ({ ids, ...labels }, { mailbox, apply }) => {
    const change = { ids, ...(await chooseLabels(labels, mailbox)) };
    return whenDone(apply('modifyMessages', change), () => ({ modified: ids.length }));
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
