import { currentContext, runInContext } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { GmailConnections } from '../gmail/connect-gmail.ts';
import type { FollowState } from '../gmail/push/follow-states.ts';
import type { Cause } from '../store/feed/event.ts';
import type { Feed } from '../store/feed/feed.ts';
import { followHistory } from '../store/feed/follow-history.ts';

/** Writes the histories of live accounts into the feed. */
export interface GmailFollower {
  /** Whether it is time to ask for an account's history again. */
  isDue(account: string): boolean;
  /** Has an account's history asked for at a time, unless that is to happen earlier. */
  makeDue(account: string, atMs: number): void;
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
/** An account in which nothing happens is asked ever more rarely: after an eighth of the time since it last changed. */
const idleShare = 1 / 8;
const shortestMs = 15_000;
const longestMs = 300_000;
/** Where Gmail tells of every change, it is asked now and then all the same: it does not promise that each notice comes. */
const watchedMs = 600_000;
/** How long one question may take, waiting for the quota included. Readers of the feed wait for it: it is no background work. */
const patienceMs = 30_000;

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
  readonly feed: () => Feed;
  readonly now: () => number;
}): GmailFollower {
  const { connections, feed, now } = parts;
  const states = connections.followStates;

  async function begin(account: string): Promise<void> {
    if ((await feed().followedTo(account)) !== undefined) return;
    const { historyId } = await connections.background(account).getProfile();
    await feed().follow(account, historyId);
    states.update(account, { changedMs: now() });
  }

  async function ask(account: string): Promise<void> {
    const askedMs = now();
    // Before the answer: one that fails is asked again at its time, not at once.
    states.update(account, { askedMs });
    await begin(account);
    const mailbox = connections.background(account);
    const events = await followHistory(feed(), { account, mailbox, lagMs, now, cause });
    if (events > 0) states.update(account, { changedMs: askedMs });
  }

  return {
    isDue(account) {
      const state = states.read(account);
      const { askedMs, dueMs } = state;
      const nowMs = now();
      if (dueMs > askedMs && dueMs <= nowMs) return true;
      // Either way: the clock may have been put back.
      return Math.abs(nowMs - askedMs) >= pauseOf(state, nowMs);
    },
    makeDue(account, atMs) {
      const { askedMs, dueMs } = states.read(account);
      if (dueMs <= askedMs || dueMs > atMs) states.update(account, { dueMs: atMs });
    },
    async follow(account) {
      const deadlineMs = performance.now() + patienceMs;
      const context = { requestId: historyJobName, transport: 'job', ...currentContext() } as const;
      try {
        await runInContext({ ...context, deadlineMs, urgency: 'interactive' }, () => ask(account));
      } catch (error) {
        // A login that is lost is no better for being tried again soon.
        const isLost = error instanceof AppError && error.code === 'REAUTH_REQUIRED';
        if (!isLost) states.update(account, { dueMs: now() + shortestMs });
        throw error;
      }
    },
  };
}
