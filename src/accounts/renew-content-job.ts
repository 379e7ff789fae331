import { setTimeout } from 'node:timers/promises';
import type { Job } from '../core/jobs/job.ts';
import { logOf } from '../core/telemetry/log.ts';
import type { LocalMailbox } from '../local/open-local-mailbox.ts';

/** How long one run works before it says how far it is and lets others have their turn. */
const runMs = 20_000;
/** How often it is looked whether a mailbox is used that an older version wrote. */
const everyMs = 10_000;
/** Half of the time is the callers'. */
const restMs = 20;

const log = logOf('local');

/**
 * Brings what older versions stored of messages up to date, a piece at a time, in mailboxes that are in use, or mirrors; they
 * stay usable meanwhile. `mailboxes` returns the same objects as long as they are open.
 */
export function renewContentJob(mailboxes: () => Iterable<LocalMailbox> | Promise<Iterable<LocalMailbox>>): Job {
  /** Known to be up to date: this version makes nothing else of their mail. */
  const current = new WeakSet<LocalMailbox>();

  async function firstOld(): Promise<LocalMailbox | undefined> {
    for (const mailbox of await mailboxes()) {
      if (current.has(mailbox)) continue;
      if (!(await mailbox.hasCurrentContent())) return mailbox;
      current.add(mailbox);
    }
    return undefined;
  }

  return {
    name: 'renew-content',
    summary: 'Makes what older versions stored of messages again, so that today’s searches find old mail.',
    everyMs,
    retryMs: { first: 60_000, most: 60 * 60_000 },
    isNeeded: async () => (await firstOld()) !== undefined,
    async run(turn) {
      const mailbox = await firstOld();
      if (mailbox === undefined) return undefined;
      const endMs = performance.now() + runMs;
      let renewed = 0;
      let isComplete = false;
      while (!isComplete && performance.now() < endMs) {
        turn.refuseIfLost();
        const step = await mailbox.renewContent((count) => count > 0);
        renewed += step.renewed;
        ({ isComplete } = step);
        if (!isComplete) await setTimeout(restMs, undefined, { signal: turn.signal });
      }
      const facts = { account: mailbox.emailAddress, renewed };
      log.info('content of older messages was made again', { ...facts, isComplete });
      return { facts, ...(isComplete ? {} : { againMs: 0 }) };
    },
  };
}
