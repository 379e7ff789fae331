import { AppError } from '../core/errors.ts';
import type { Job } from '../core/jobs/job.ts';
import { undefinedIfNotFound } from '../core/undefined-if-not-found.ts';
import type { LocalMailbox } from '../local/open-local-mailbox.ts';
import { changedMailboxes, type ReadStamps } from './changed-mailboxes.ts';

const everyMs = 10_000;

/**
 * Delivers copies of sent mail that could not be delivered when it was sent, as the disk was full or the process ended: nobody
 * may send from that mailbox again. A mailbox that is gone or cannot be opened, which calls and health say, keeps no other
 * one waiting.
 */
export function localDeliveryJob(parts: {
  readonly readStamps: ReadStamps;
  /** Works with an account's mailbox, opened for it where this process has not. */
  readonly withMailbox: <T>(emailAddress: string, work: (mailbox: LocalMailbox) => Promise<T>) => Promise<T>;
}): Job {
  const { readStamps, withMailbox } = parts;
  const changed = changedMailboxes(readStamps);
  /** Accounts from whose mailbox something is to be delivered. */
  const waiting = new Set<string>();

  /** Whether nothing is left to be delivered from a mailbox; undefined where it cannot be opened. */
  async function isDone(account: string, count: (mailbox: LocalMailbox) => Promise<number>) {
    try {
      return ((await undefinedIfNotFound(withMailbox(account, count))) ?? 0) === 0;
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  return {
    name: 'local-deliveries',
    summary: 'Delivers mail between local mailboxes that could not be delivered when it was sent.',
    everyMs,
    retryMs: { first: everyMs, most: 10 * 60_000 },
    async isNeeded() {
      await changed.lookOn(async (account) => {
        const isNothing = await isDone(account, (mailbox) => mailbox.countWaiting());
        if (isNothing === false) waiting.add(account);
        return isNothing !== undefined;
      });
      return waiting.size > 0;
    },
    async run({ refuseIfLost }) {
      const accounts = [...waiting];
      let left = 0;
      for (const account of accounts) {
        refuseIfLost();
        const isAll = await isDone(account, async (mailbox) => {
          const count = await mailbox.deliverWaiting();
          left += count;
          return count;
        });
        if (isAll !== false) waiting.delete(account);
        if (isAll === undefined) changed.again(account);
      }
      if (left > 0) throw new AppError('UNAVAILABLE', `Copies of sent mail that cannot be delivered yet: ${left}.`);
      return { facts: { mailboxes: accounts.length } };
    },
  };
}
