import { currentContext, runInContext } from '../core/context.ts';
import { AppError, messageOf, type ErrorCode } from '../core/errors.ts';
import type { GmailConnections } from '../gmail/connect-gmail.ts';
import type { FollowState } from '../store/live/follow-states.ts';
import type { Cause } from '../store/feed/event.ts';
import type { Feed } from '../store/feed/feed.ts';
import { isLater } from '../store/feed/history-ids.ts';
import type { Mirror } from './mirror/mirror.ts';
import type { Mirrors } from './mirror/open-mirrors.ts';
import { followHistory } from '../store/feed/follow-history.ts';

/** Writes the histories of live accounts into the feed. */
export interface GmailFollower {
  /** Those of the accounts whose history it is time to ask for again. */
  due(accounts: readonly string[]): Promise<readonly string[]>;
  /** Has an account's history asked for at a time, unless that is to happen earlier. */
  makeDue(account: string, atMs: number): Promise<void>;
  /**
   * Asks for an account's history now. An account that nobody has followed begins with what it is now. Throws as the
   * mailbox and the feed do.
   */
  follow(account: string): Promise<void>;
}

/** Name of the job that asks for histories. */
export const historyJobName = 'gmail-history';

/** How long after a change Gmail's history may still not report it. */
const lagMs = 60_000;
/**
 * What changes is an event within these intervals, so that each question begins a little before the last one is so old: jobs
 * are looked after every second, and the answer takes its time.
 */
const leadMs = 3000;
/** An account in which nothing happens is asked ever more rarely: after an eighth of the time since it last changed. */
const idleShare = 1 / 8;
const shortestMs = 15_000;
const longestMs = 300_000;
/** Where Gmail tells of every change, it is asked now and then all the same: it does not promise that each notice comes. */
const watchedMs = 600_000;
/** A mirror that was looked at a moment ago is read without a question; 18 of 6,000 units a minute. */
const mirroredMs = 10_000;
/** How often the labels of a mirrored account are read. */
const labelsMs = 60_000;
/** How often filters and settings of a mirrored account are read: nine calls of a unit each. */
const settingsMs = 300_000;
/** How long one question may take, waiting for the quota included. Readers of the feed wait for it: it is no background work. */
const patienceMs = 30_000;

/** An account that could not be followed for so long is behind; the longest pause between two questions is no longer. */
const behindMs = 300_000;

/** What a setting that cannot be read fails with. */
const untoldCodes: ReadonlySet<ErrorCode> = new Set(['FORBIDDEN', 'INVALID_INPUT', 'NOT_FOUND', 'UNSUPPORTED']);

const cause = (): Cause => ({ by: 'google' });

/** How long after it was last asked an account is to be asked again. */
function pauseOf(known: FollowState, nowMs: number): number {
  const { askedMs, changedMs, watchExpiresMs, noticedMs } = known;
  // A watch whose notices have never come may go to a topic that nobody reads.
  if (watchExpiresMs > nowMs && noticedMs > 0) return watchedMs;
  return Math.min(longestMs, Math.max(shortestMs, (askedMs - changedMs) * idleShare));
}

/** Follows the accounts that this process is connected to. */
export function gmailFollower(parts: {
  readonly connections: Pick<GmailConnections, 'background' | 'followStates'>;
  readonly mirrors: Mirrors;
  readonly feed: () => Feed;
  readonly now: () => number;
}): GmailFollower {
  const { connections, mirrors, feed, now } = parts;
  const states = connections.followStates;
  /** No history says that a label has another name. */
  const labelsReadMs = new Map<string, number>();
  /** Nor of settings. */
  const settingsReadMs = new Map<string, number>();

  async function begin(account: string): Promise<void> {
    if ((await feed().followedTo(account)) !== undefined) return;
    const { historyId } = await connections.background(account).getProfile();
    await feed().follow(account, historyId);
    await states.update(account, { changedMs: now() });
  }

  async function ask(account: string): Promise<void> {
    const askedMs = now();
    // Before the answer: one that fails is asked again at its time, not at once.
    await states.update(account, { askedMs });
    await begin(account);
    const mailbox = connections.background(account);
    const before = await feed().followedTo(account);
    const mirroredTo = await followMirror(account, askedMs);
    const followedTo = await feed().followedTo(account);
    const isBehind = mirroredTo === undefined || followedTo === undefined || isLater(mirroredTo, followedTo);
    if (isBehind) await followHistory(feed(), { account, mailbox, lagMs, now, cause });
    if ((await feed().followedTo(account)) !== before) await states.update(account, { changedMs: askedMs });
  }

  /** Follows the account in its mirror, which tells the feed; returns the history id that it has come to, if there is one. */
  async function followMirror(account: string, askedMs: number): Promise<string | undefined> {
    if (!mirrors.isWanted(account)) return undefined;
    const { mirror } = mirrors.open(account);
    await mirror.follow();
    const state = await mirror.state();
    if (state === undefined) return undefined;
    const isDue = (readMs: Map<string, number>, everyMs: number) =>
      Math.abs(askedMs - (readMs.get(account) ?? 0)) >= everyMs;
    if (isDue(labelsReadMs, labelsMs)) {
      await mirror.followLabels();
      labelsReadMs.set(account, askedMs);
    }
    if (isDue(settingsReadMs, settingsMs)) {
      await followSettings(account, mirror);
      settingsReadMs.set(account, askedMs);
    }
    return state.historyId;
  }

  async function followSettings(account: string, mirror: Mirror): Promise<void> {
    const { allKeptSettings } = await import('./mirror/kept-settings.ts');
    const mailbox = connections.background(account);
    for (const setting of allKeptSettings) {
      try {
        await mirror.keep(setting, () => setting.read(mailbox));
      } catch (error) {
        // Not every account has each of them, and not every grant covers it: then whoever reads it is told.
        if (!(error instanceof AppError) || !untoldCodes.has(error.code)) throw error;
      }
    }
  }

  /** Writes an event where readers were told otherwise before. */
  async function tell(account: string, state: 'syncBehind' | 'syncCaughtUp'): Promise<void> {
    const { toldSync } = await states.read(account);
    if (toldSync === state || (toldSync === '' && state === 'syncCaughtUp')) return;
    const by = { by: 'job', job: historyJobName } as const;
    await feed().append([{ account, kind: 'accountState', ids: {}, state, cause: by }]);
    await states.update(account, { toldSync: state });
  }

  async function noteSuccess(account: string): Promise<void> {
    await states.update(account, { followedMs: now(), failingSinceMs: 0 });
    await tell(account, 'syncCaughtUp');
  }

  async function noteFailure(account: string, error: unknown): Promise<void> {
    const nowMs = now();
    const { failingSinceMs } = await states.read(account);
    const sinceMs = failingSinceMs === 0 ? nowMs : failingSinceMs;
    await states.update(account, { failingSinceMs: sinceMs, failedMs: nowMs, failure: messageOf(error) });
    if (nowMs - sinceMs >= behindMs) await tell(account, 'syncBehind');
  }

  function isDue(account: string, state: FollowState): boolean {
    const { askedMs, dueMs } = state;
    const nowMs = now();
    if (dueMs > askedMs && dueMs <= nowMs) return true;
    // Either way: the clock may have been put back.
    const pauseMs = mirrors.isWanted(account) ? mirroredMs : pauseOf(state, nowMs);
    return Math.abs(nowMs - askedMs) >= pauseMs - leadMs;
  }

  return {
    async due(accounts) {
      const known = await states.readAll(accounts);
      return [...known].flatMap(([account, state]) => (isDue(account, state) ? [account] : []));
    },
    async makeDue(account, atMs) {
      const { askedMs, dueMs } = await states.read(account);
      if (dueMs <= askedMs || dueMs > atMs) await states.update(account, { dueMs: atMs });
    },
    async follow(account) {
      const deadlineMs = performance.now() + patienceMs;
      const context = { requestId: historyJobName, transport: 'job', ...currentContext() } as const;
      try {
        await runInContext({ ...context, deadlineMs, urgency: 'interactive' }, () => ask(account));
        await noteSuccess(account);
      } catch (error) {
        // A process that stops is no failure.
        if (context.signal?.aborted !== true) await noteFailure(account, error);
        // A login that is lost is no better for being tried again soon.
        const isLost = error instanceof AppError && error.code === 'REAUTH_REQUIRED';
        if (!isLost) await states.update(account, { dueMs: now() + shortestMs });
        throw error;
      }
    },
  };
}
