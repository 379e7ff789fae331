import * as z from 'zod';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';

const time = z.string().describe('ISO 8601.');

const mirrorStatus = z
  .object({
    phase: z.enum(['filling', 'complete', 'full']),
    messages: z.int(),
    total: z.int().describe('Messages of the account when this filling began.'),
    megabytes: z.number(),
    startedAt: time.optional(),
    filledAt: time.optional(),
    asOf: time.optional().describe('When it was last found to be what the account is.'),
    unitsLeft: z.number().optional(),
    secondsLeft: z.number().optional(),
  })
  .readonly();

const syncStatus = z
  .object({
    account: z.string(),
    askedAt: time.optional().describe('When its history was last asked for.'),
    changedAt: time.optional().describe('When that last had something new.'),
    watchExpiresAt: time.optional(),
    noticedAt: time.optional().describe('When Gmail last published a change.'),
    quota: z
      .object({ used: z.int(), units: z.int() })
      .readonly()
      .optional()
      .describe('Units of the quota of this minute: used by all processes, and in all.'),
    mirror: mirrorStatus.optional().describe('Missing: it has none.'),
  })
  .readonly()
  .meta({ id: 'SyncStatus' });
export type SyncStatusView = z.output<typeof syncStatus>;

/** What `list_sync` returns. */
export const syncList = z.object({ accounts: z.array(syncStatus).readonly() });

export const listSync = defineHomeOperation({
  name: 'list_sync',
  route: 'GET /api/admin/sync',
  grant: 'admin',
  summary: 'How live accounts are followed and mirrored, without asking Google; a local mailbox is not in it.',
  input: {},
  output: syncList,
  run: async (_input, { services: { accounts }, account }) => ({
    accounts: (await accounts.sync()).filter((one) => account === undefined || one.account === account),
  }),
  text: ({ accounts }) =>
    accounts.map(({ account, askedAt }) => `${account}: history asked ${askedAt ?? 'never'}`).join('\n'),
});
