import { AppError } from '../core/errors.ts';
import type { Job } from '../core/jobs/job.ts';
import { undefinedIfNotFound } from '../core/undefined-if-not-found.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { Feed } from '../store/feed/feed.ts';
import type { Mailboxes } from '../store/mail/mailboxes.ts';
import type { LocalFollower } from './follow-local-history.ts';

/** How often it is looked whether other processes have changed mailboxes. */
const everyMs = 1000;
/** Mailboxes that are looked into at once: at a start all of a home have to be. */
const looksAtOnce = 20;

/**
 * Writes into the feed what other processes have done to local mailboxes, such as an import while servers run. Mailboxes
 * that are as they were cost little.
 */
export function localHistoryJob(parts: {
  readonly mailboxes: Pick<Mailboxes, 'stamps'>;
  readonly list: () => Promise<readonly string[]>;
  /** Works with an account's mailbox, opened for it where this process has not. */
  readonly withMailbox: <T>(emailAddress: string, work: (mailbox: Mailbox) => Promise<T>) => Promise<T>;
  readonly feed: () => Feed;
  readonly follower: Pick<LocalFollower, 'begin' | 'follow'>;
}): Job {
  const { mailboxes, list, withMailbox, feed, follower } = parts;
  const stamps = new Map<string, string>();
  /** Accounts whose mailbox is ahead of the feed. */
  const behind = new Set<string>();

  function isBehind(account: string): Promise<boolean> {
    return withMailbox(account, async (mailbox) => {
      await follower.begin(mailbox);
      const { historyId } = await mailbox.getProfile();
      return (await feed().followedTo(account)) !== historyId;
    });
  }

  return {
    name: 'local-history',
    summary: 'Writes into the feed what other programs did to local mailboxes.',
    everyMs,
    retryMs: { first: 1000, most: 60_000 },
    async isNeeded() {
      let looks = 0;
      let failure: AppError | undefined;
      for (const [account, stamp] of await mailboxes.stamps(await list())) {
        if (stamps.get(account) === stamp) continue;
        looks += 1;
        if (looks > looksAtOnce) break;
        try {
          if ((await undefinedIfNotFound(isBehind(account))) === true) behind.add(account);
          // Taken before the mailbox was looked at: what changes meanwhile is seen next time.
          stamps.set(account, stamp);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          failure ??= error;
        }
      }
      // A mailbox that cannot be opened keeps nobody waiting, and is said when there is nothing else to do.
      if (behind.size === 0 && failure !== undefined) throw failure;
      return behind.size > 0;
    },
    async run({ signal }) {
      const accounts = [...behind];
      for (const account of accounts) {
        signal.throwIfAborted();
        try {
          // One that is not there any more has nothing to be followed.
          await undefinedIfNotFound(withMailbox(account, follower.follow));
          // One that a change held back, or the feed's own failure, is behind for longer; nothing need change in it again.
          if ((await undefinedIfNotFound(isBehind(account))) !== true) behind.delete(account);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          behind.delete(account);
          stamps.delete(account);
        }
      }
      return { facts: { accounts: accounts.length } };
    },
  };
}
