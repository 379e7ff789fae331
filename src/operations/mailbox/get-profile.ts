import * as z from 'zod';
import type { SyncStatus } from '../../mail/sync-status.ts';
import { defineOperation } from '../kernel/operation.ts';
import { syncStatusSchema } from './sync-status-schema.ts';

/** What `get_profile` returns. */
export const profile = z
  .object({
    emailAddress: z.string(),
    messagesTotal: z.int(),
    threadsTotal: z.int(),
    historyId: z.string(),
    sync: syncStatusSchema.optional().describe('How a live account is followed and mirrored.'),
  })
  .readonly();

/** How an account is followed, in one line. */
function syncLine({ lagSeconds, failingSince, watchExpiresAt, mirror }: SyncStatus): string {
  return [
    lagSeconds === undefined ? 'Not followed yet' : `Followed ${lagSeconds} seconds ago`,
    ...(failingSince === undefined ? [] : [`failing since ${failingSince}`]),
    ...(watchExpiresAt === undefined ? [] : [`watched until ${watchExpiresAt}`]),
    ...(mirror === undefined ? [] : [`mirror ${mirror.phase}, ${mirror.messages} messages`]),
  ].join('; ');
}

export const getProfile = defineOperation({
  name: 'get_profile',
  route: 'GET /api/profile',
  grant: 'read',
  toolset: 'core',
  summary: 'Whose mailbox this is, how much is in it, and its current historyId.',
  input: {},
  output: profile,
  async run(_input, { mailbox }) {
    const own = await mailbox.getProfile();
    const sync = await mailbox.syncStatus?.();
    return sync === undefined ? own : { ...own, sync };
  },
  text({ emailAddress, messagesTotal, threadsTotal, historyId, sync }) {
    const line = `${emailAddress}: ${messagesTotal} messages in ${threadsTotal} threads, historyId ${historyId}`;
    return sync === undefined ? line : `${line}\n${syncLine(sync)}.`;
  },
});
