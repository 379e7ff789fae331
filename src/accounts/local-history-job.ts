import { AppError } from '../core/errors.ts';
import type { Job } from '../core/jobs/job.ts';
import { undefinedIfNotFound } from '../core/undefined-if-not-found.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { Feed } from '../store/feed/feed.ts';
import { changedMailboxes, type ReadStamps } from './changed-mailboxes.ts';
import type { LocalFollower } from './follow-local-history.ts';

/** How often it is looked whether other processes have changed mailboxes. */
const everyMs = 1000;

/**
 * Writes into the feed what other processes have done to local mailboxes, such as an import while servers run. A mailbox that
 * cannot be opened keeps nobody waiting.
 */
export function localHistoryJob(parts: {
  readonly readStamps: ReadStamps;
  /** Works with an account's mailbox, opened for it where this process has not. */
  readonly withMailbox: <T>(emailAddress: string, work: (mailbox: Mailbox) => Promise<T>) => Promise<T>;
  readonly feed: () => Feed;
  readonly follower: Pick<LocalFollower, 'begin' | 'follow'>;
}): Job {
  const { readStamps, withMailbox, feed, follower } = parts;
  const changed = changedMailboxes(readStamps);
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
      const failures: AppError[] = [];
      await changed.lookOn(async (account) => {
        try {
          if ((await undefinedIfNotFound(isBehind(account))) === true) behind.add(account);
          return true;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          failures.push(error);
          return false;
        }
      });
      // Said when there is nothing else to do.
      if (behind.size === 0 && failures[0] !== undefined) throw failures[0];
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
          changed.again(account);
        }
      }
      return { facts: { accounts: accounts.length } };
    },
  };
}
