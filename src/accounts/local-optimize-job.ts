import { setImmediate } from 'node:timers/promises';
import type { Job } from '../core/jobs/job.ts';
import type { LocalMailbox } from '../local/open-local-mailbox.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** After so many more messages a search is noticeably slower than it could be. */
const messagesApart = 1000;
/** Where a mailbox keeps how many messages it had when it was last optimized. */
const markName = 'optimized at';

/** Merges the full-text indexes of mailboxes that have grown, as an import does at its end. */
export function localOptimizeJob(used: ReadonlyMap<string, LocalMailbox>): Job {
  async function grown(): Promise<readonly { readonly mailbox: LocalMailbox; readonly total: number }[]> {
    const found: { readonly mailbox: LocalMailbox; readonly total: number }[] = [];
    for (const mailbox of used.values()) {
      const { messagesTotal: total } = await mailbox.getProfile();
      const before = Number((await mailbox.getMark(markName)) ?? 0);
      if (total - before >= messagesApart) found.push({ mailbox, total });
      // SQLite never waits: calls get their turn between two mailboxes.
      await setImmediate();
    }
    return found;
  }

  return {
    name: 'local-optimize',
    summary: 'Makes searches fast again in mailboxes to which many messages were added.',
    everyMs: dayMs,
    retryMs: { first: 60_000, most: dayMs },
    isNeeded: async () => (await grown()).length > 0,
    async run({ refuseIfLost }) {
      const due = await grown();
      for (const { mailbox, total } of due) {
        refuseIfLost();
        await mailbox.finishImport();
        await mailbox.addMessages([], { mark: { name: markName, value: String(total) } });
      }
      return { facts: { mailboxes: due.length } };
    },
  };
}
