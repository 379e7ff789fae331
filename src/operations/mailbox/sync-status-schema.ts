import * as z from 'zod';
import type { SyncStatus } from '../../mail/sync-status.ts';

const time = z.iso.datetime().exactOptional();

/** How a live account is followed and mirrored. */
export const syncStatusSchema: z.ZodType<SyncStatus> = z
  .object({
    account: z.string(),
    askedAt: time,
    changedAt: time,
    followedAt: time,
    lagSeconds: z.int().exactOptional(),
    failedAt: time,
    failure: z.string().exactOptional(),
    failingSince: time,
    watchExpiresAt: time,
    noticedAt: time,
    quota: z.object({ used: z.int(), units: z.int() }).readonly().exactOptional(),
    mirror: z
      .object({
        phase: z.enum(['filling', 'complete', 'full']),
        messages: z.int(),
        total: z.int(),
        megabytes: z.number(),
        startedAt: time,
        filledAt: time,
        asOf: time,
        unitsLeft: z.int().exactOptional(),
        secondsLeft: z.int().exactOptional(),
      })
      .readonly()
      .exactOptional(),
  })
  .readonly();
