import type { Configuration } from '../../core/configuration.ts';
import type { GmailConnections } from '../../gmail/connect-gmail.ts';
import { quotaLimits } from '../../gmail/channel/quota.ts';
import { unitsOf } from '../../mail/gmail-methods.ts';
import type { Mirrors } from './open-mirrors.ts';

/** How far the mirror of an account is. Times are ISO 8601. */
interface MirrorStatus {
  readonly phase: 'filling' | 'complete' | 'full';
  readonly messages: number;
  /** Messages of the account when this filling began. */
  readonly total: number;
  readonly megabytes: number;
  readonly startedAt?: string;
  readonly filledAt?: string;
  /** When it was last found to be what the account is. */
  readonly asOf?: string;
  /** Quota units that the messages still missing cost, and what that takes; while it is filled. */
  readonly unitsLeft?: number;
  readonly secondsLeft?: number;
}

/** How a live account is followed. Times are ISO 8601; one that never was is missing. */
export interface SyncStatus {
  readonly account: string;
  /** When its history was last asked for, and when that last had something new. */
  readonly askedAt?: string;
  readonly changedAt?: string;
  /** Until when Gmail publishes its changes, and when such a notice last came. */
  readonly watchExpiresAt?: string;
  readonly noticedAt?: string;
  /** Undefined where it has none. */
  readonly mirror?: MirrorStatus;
}

type QuotaConfiguration = Pick<Configuration, 'quota' | 'quotaUnitsPerMinute'>;

/** The first moments say nothing of the speed. */
const measuredAfterMs = 30_000;
const listedAtOnce = 500;

function isoOf(ms: number): string | undefined {
  return ms > 0 ? new Date(ms).toISOString() : undefined;
}

/** Those of an object's fields that have a value. */
function given<T extends object>(fields: T): { [Key in keyof T]: NonNullable<T[Key]> } {
  // Only what is undefined was taken out.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: NonNullable<T[Key]>;
  };
}

/** How an account is followed and mirrored, without asking Google. */
export async function syncStatus(
  account: string,
  parts: {
    readonly connections: Pick<GmailConnections, 'followStates'>;
    readonly mirrors: Mirrors;
    readonly configuration: QuotaConfiguration;
    readonly now: () => number;
  },
): Promise<SyncStatus> {
  const { askedMs, changedMs, watchExpiresMs, noticedMs } = parts.connections.followStates.read(account);
  return given({
    account,
    askedAt: isoOf(askedMs),
    changedAt: isoOf(changedMs),
    watchExpiresAt: isoOf(watchExpiresMs),
    noticedAt: isoOf(noticedMs),
    mirror: parts.mirrors.isWanted(account) ? await mirrorStatus(account, parts) : undefined,
  });
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
  const megabytes = Math.round(sizeBytes() / 100_000) / 10;
  if (state === undefined) return { phase: 'filling', messages, total: 0, megabytes };
  const { phase, total, startedMs, startedWith, filledMs = 0 } = state;
  const left = Math.max(0, total - messages);
  const pace = { left, done: messages - startedWith, elapsedMs: now() - startedMs };
  return given({
    phase,
    messages,
    total,
    megabytes,
    startedAt: isoOf(startedMs),
    filledAt: isoOf(filledMs),
    asOf: isoOf(verifiedMs),
    ...(phase === 'filling' ? estimate(pace, configuration) : {}),
  });
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
