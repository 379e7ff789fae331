import type { Configuration } from '../../core/configuration.ts';
import type { GmailConnections } from '../../gmail/connect-gmail.ts';
import { quotaLimits } from '../../gmail/channel/quota.ts';
import { unitsOf } from '../../mail/gmail-methods.ts';
import type { MirrorStatus, SyncStatus } from '../../mail/sync-status.ts';
import type { Mirrors } from './open-mirrors.ts';

type QuotaConfiguration = Pick<Configuration, 'quota' | 'quotaUnitsPerMinute'>;

/** The first moments say nothing of the speed. */
const measuredAfterMs = 30_000;
const listedAtOnce = 500;

function isoOf(ms: number): string | undefined {
  return ms > 0 ? new Date(ms).toISOString() : undefined;
}

/** Those of an object's fields that have a value. */
function given<T extends object>(fields: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  const some: { [Key in keyof T]?: NonNullable<T[Key]> } = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined && value !== null) some[key] = value;
  }
  return some;
}

/** How an account is followed and mirrored, without asking Google. */
export async function syncStatus(
  account: string,
  parts: {
    readonly connections: Pick<GmailConnections, 'followStates' | 'quotaUse'>;
    readonly mirrors: Mirrors;
    readonly configuration: QuotaConfiguration;
    readonly now: () => number;
  },
): Promise<SyncStatus> {
  const state = await parts.connections.followStates.read(account);
  const { askedMs, changedMs, followedMs, failedMs, failure, failingSinceMs, watchExpiresMs, noticedMs } = state;
  return {
    account,
    ...given({
      askedAt: isoOf(askedMs),
      changedAt: isoOf(changedMs),
      followedAt: isoOf(followedMs),
      lagSeconds: followedMs > 0 ? Math.max(0, Math.round((parts.now() - followedMs) / 1000)) : undefined,
      failedAt: isoOf(failedMs),
      failure: failure === '' ? undefined : failure,
      failingSince: isoOf(failingSinceMs),
      watchExpiresAt: isoOf(watchExpiresMs),
      noticedAt: isoOf(noticedMs),
      quota: await parts.connections.quotaUse(account),
      mirror: parts.mirrors.isWanted(account) ? await mirrorStatus(account, parts) : undefined,
    }),
  };
}

async function mirrorStatus(
  account: string,
  { mirrors, configuration, now }: Parameters<typeof syncStatus>[1],
): Promise<MirrorStatus> {
  const { mirror, local, sizeBytes } = mirrors.open(account);
  const [state, { verifiedMs }, { messagesTotal: messages }] = [
    await mirror.state(),
    await mirror.verified(),
    await local.getProfile(),
  ];
  const megabytes = Math.round((await sizeBytes()) / 100_000) / 10;
  if (state === undefined) return { phase: 'filling', messages, total: 0, megabytes };
  const { phase, total, startedMs, startedWith, filledMs = 0 } = state;
  const left = Math.max(0, total - messages);
  const pace = { left, done: messages - startedWith, elapsedMs: now() - startedMs };
  return {
    phase,
    messages,
    total,
    megabytes,
    ...given({ startedAt: isoOf(startedMs), filledAt: isoOf(filledMs), asOf: isoOf(verifiedMs) }),
    ...(phase === 'filling' ? estimate(pace, configuration) : {}),
  };
}

/** What is left costs at least what Google's table says; how long that takes is measured as soon as it can be. */
function estimate(
  { left, done, elapsedMs }: { readonly left: number; readonly done: number; readonly elapsedMs: number },
  configuration: QuotaConfiguration,
): Pick<MirrorStatus, 'unitsLeft' | 'secondsLeft'> {
  const table = configuration.quota;
  const unitsLeft =
    left * unitsOf('gmail.users.messages.get', table) +
    Math.ceil(left / listedAtOnce) * unitsOf('gmail.users.messages.list', table);
  const { units, lengthMs } = quotaLimits(configuration, 'background').minute;
  const planned = (unitsLeft / units) * (lengthMs / 1000);
  const measured = done > 0 && elapsedMs > measuredAfterMs ? (left * elapsedMs) / done / 1000 : 0;
  return { unitsLeft, secondsLeft: Math.round(Math.max(planned, measured)) };
}
