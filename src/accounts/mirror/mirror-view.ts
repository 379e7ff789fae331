import { currentContext, runInContext } from '../../core/context.ts';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { logOf } from '../../core/telemetry/log.ts';
import type { MirrorState, Verified } from './mirror-state.ts';
import type { Mirror } from './mirror.ts';

/** What a mirror is when it is read. */
export interface MirrorView {
  /** When it was last found to be what the account is; 0 for never. */
  readonly asOfMs: number;
  /** Why Google could not be asked whether anything has changed since. */
  readonly unverified?: ErrorCode;
  /** Whether nothing is missing in it. */
  readonly isWhole: boolean;
  /** About how many messages are missing. */
  readonly missing: number;
}

/** Looks at a mirror before it is read. */
export interface MirrorViewer {
  /**
   * What the mirror is now, or undefined where there is none yet. It is as new as can be had: one that was not compared
   * lately, or since `freshSinceMs`, by default the time that the call names, is brought up to date first, as long as
   * somebody waits for that.
   */
  look(freshSinceMs?: number): Promise<MirrorView | undefined>;
  /** To be called when Google was read past the mirror: after that it must not show what was before. */
  passed(): void;
  /** To be called when Google could not be reached: for a while nobody waits for it again. */
  missed(): void;
  /** Whether nobody waits for Google now. */
  isOffline(): boolean;
}

/** A mirror counts as what the mailbox is when that was found so within this time: servers look every ten seconds. */
const freshMs = 20_000;
/** How long a read waits for Google before it serves what is there; longer where the caller wants what is new. */
const patienceMs = 3000;
const freshPatienceMs = 10_000;
/** How long nobody waits again after Google could not be reached. */
const offlineMs = 30_000;

const log = logOf('gmail');

/** Looks at the mirror of one account for the reads of this process. */
export function mirrorViewer(parts: {
  readonly account: string;
  readonly mirror: Mirror;
  /** How many messages are in the mirror. */
  readonly stored: () => Promise<number>;
  readonly now: () => number;
}): MirrorViewer {
  const { account, mirror, stored, now } = parts;
  /** Until when the history is not asked for again, and until when nothing is. */
  let unaskedUntilMs = 0;
  let offlineUntilMs = 0;
  let passedMs = 0;

  /** Brings the mirror up to date; the reason why that cannot be. */
  async function follow(waitMs: number, asOfMs: number): Promise<ErrorCode | undefined> {
    const context = { requestId: 'mirror', transport: 'job', ...currentContext() } as const;
    const deadlineMs = Math.min(context.deadlineMs ?? Infinity, performance.now() + waitMs);
    try {
      await runInContext({ ...context, deadlineMs }, () => mirror.follow());
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'UNAVAILABLE' && error.code !== 'RATE_LIMITED')) throw error;
      unaskedUntilMs = now() + offlineMs;
      const ageMs = asOfMs === 0 ? undefined : now() - asOfMs;
      log.warn('a mirrored account is read as it last was', { account, ageMs, reason: error.message });
      return error.code;
    }
  }

  /** Whether what was found at a time is new enough. */
  function isFresh({ verifiedMs, isDue }: Verified, freshSinceMs: number): boolean {
    const ageMs = now() - verifiedMs;
    return !isDue && ageMs >= 0 && ageMs < freshMs && verifiedMs >= Math.max(passedMs, freshSinceMs);
  }

  async function viewOf(state: MirrorState, { verifiedMs }: Verified, unverified?: ErrorCode): Promise<MirrorView> {
    const isWhole = state.phase === 'complete';
    return {
      asOfMs: verifiedMs,
      ...(unverified === undefined ? {} : { unverified }),
      isWhole,
      missing: isWhole ? 0 : Math.max(0, state.total - (await stored())),
    };
  }

  /** Brings the mirror up to date, as long as somebody waits for that; the reason why that cannot be. */
  async function refresh(freshSinceMs: number | undefined, { verifiedMs }: Verified): Promise<ErrorCode | undefined> {
    if (freshSinceMs !== undefined) return follow(freshPatienceMs, verifiedMs);
    return now() < unaskedUntilMs ? 'UNAVAILABLE' : follow(patienceMs, verifiedMs);
  }

  return {
    async look(freshSinceMs = currentContext()?.freshSinceMs) {
      const verified = await mirror.verified();
      const known = await mirror.state();
      if (known === undefined) return undefined;
      if (isFresh(verified, freshSinceMs ?? 0)) return viewOf(known, verified);
      const unverified = await refresh(freshSinceMs, verified);
      const state = await mirror.state();
      return state === undefined ? undefined : viewOf(state, await mirror.verified(), unverified);
    },
    passed() {
      passedMs = now();
    },
    missed() {
      offlineUntilMs = now() + offlineMs;
    },
    isOffline: () => now() < offlineUntilMs,
  };
}
