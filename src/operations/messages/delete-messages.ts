import * as z from 'zod';
import { whenDone } from '../../safety/changes/dry-run.ts';
import { gmailIds } from './message-schemas.ts';
import { defineOperation } from '../kernel/operation.ts';

export const deleteMessages = defineOperation({
  name: 'delete_messages',
  route: 'POST /api/messages/delete',
  grant: 'delete',
  toolset: 'delete',
  summary: 'Delete messages for good, at once and past any undoing; trash_messages can be undone.',
  input: { ids: gmailIds },
  isIdempotent: true,
  isDestructive: true,
  output: z.object({ deleted: z.int().describe('How many messages were named.') }),
  run: ({ ids }, { apply }) => whenDone(apply('deleteMessages', ids), () => ({ deleted: ids.length })),
  text: ({ deleted }) => `Deleted ${deleted} message${deleted === 1 ? '' : 's'} for good.`,
});
