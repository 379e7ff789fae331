import { AppError } from '../core/errors.ts';
import type { Job } from '../core/jobs/job.ts';
import { undefinedIfNotFound } from '../core/undefined-if-not-found.ts';
import type { LocalMailbox } from '../local/open-local-mailbox.ts';
import type { Mailboxes } from '../store/mail/mailboxes.ts';

const everyMs = 10_000;
/** Mailboxes that are looked into at once: at a start all of a home have to be. */
const looksAtOnce = 20;

/**
 * Delivers copies of sent mail that could not be delivered when it was sent, as the disk was full or the process ended: nobody
 * may send from that mailbox again. Mailboxes that are as they were cost little.
 */
export function localDeliveryJob(parts: {
  readonly mailboxes: Pick<Mailboxes, 'stamps'>;
  readonly list: () => Promise<readonly string[]>;
  /** Works with an account's mailbox, opened for it where this process has not. */
  readonly withMailbox: <T>(emailAddress: string, work: (mailbox: LocalMailbox) => Promise<T>) => Promise<T>;
}): Job {
  const { mailboxes, list, withMailbox } = parts;
  /** Of mailboxes in which nothing waits. */
  const stamps = new Map<string, string>();

  /** Undefined where the mailbox is gone or cannot be opened, which calls and health say: others are not to wait for it. */
  async function countIn(account: string): Promise<number | undefined> {
    try {
      return await withMailbox(account, (mailbox) => mailbox.countWaiting());
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  async function findWaiting(): Promise<readonly string[]> {
    const waiting: string[] = [];
    let looks = 0;
    for (const [account, stamp] of await mailboxes.stamps(await list())) {
      if (stamps.get(account) === stamp) continue;
      looks += 1;
      if (looks > looksAtOnce) break;
      const count = await countIn(account);
      // Taken before the mailbox was looked at: what changes meanwhile is seen next time.
      if (count === 0) stamps.set(account, stamp);
      else if (count !== undefined) waiting.push(account);
    }
    return waiting;
  }

  return {
    name: 'local-deliveries',
    summary: 'Delivers mail between local mailboxes that could not be delivered when it was sent.',
    everyMs,
    retryMs: { first: everyMs, most: 10 * 60_000 },
    isNeeded: async () => (await findWaiting()).length > 0,
    async run({ refuseIfLost }) {
      const accounts = await findWaiting();
      let left = 0;
      for (const account of accounts) {
        refuseIfLost();
        left += (await undefinedIfNotFound(withMailbox(account, (mailbox) => mailbox.deliverWaiting()))) ?? 0;
      }
      if (left > 0) throw new AppError('UNAVAILABLE', `Copies of sent mail that cannot be delivered yet: ${left}.`);
      return { facts: { mailboxes: accounts.length } };
    },
  };
}
