import { AppError } from '../core/errors.ts';
import { undefinedIfNotFound } from '../core/undefined-if-not-found.ts';
import type { Feed } from '../store/feed/feed.ts';
import { localDeliveryJob } from './local-delivery-job.ts';
import { localOptimizeJob } from './local-optimize-job.ts';
import { localHistoryJob } from './local-history-job.ts';
import { followLocalHistory } from './follow-local-history.ts';
import { demoAddress } from '../local/demo/demo-messages.ts';
import type { LocalMailbox, LocalMailboxOptions } from '../local/open-local-mailbox.ts';
import type { Mailboxes } from '../store/mail/mailboxes.ts';
import type { Backend } from './accounts.ts';
import { createOpenStores } from './open-stores.ts';
import { renewContentJob } from './renew-content-job.ts';

/** How long a list of accounts is good for: a new one is seen within this time, and calls do not read folders. */
const listFreshMs = 250;

/** How old stamps of mailboxes may be for a job that looks at them now and then: one reads them every second. */
const stampsRecentMs = 2000;

/**
 * Mailboxes kept open. One without much mail takes 0.4 MB of a process, one with much up to 18 MB, SQLite's caches; opening
 * one takes 2 to 3 ms.
 */
const mostOpen = 50;

/** Opens a mailbox with the code that works on mail, which no start waits for. */
async function openWhole(options: LocalMailboxOptions): Promise<LocalMailbox> {
  const { openLocalMailbox } = await import('../local/open-local-mailbox.ts');
  return openLocalMailbox(options);
}

/**
 * The local mailboxes of a home. The demo mailbox is an account of its own: made when there is nothing else, listed
 * only while there is nothing else.
 */
export function localBackend(mailboxes: Mailboxes, nowMs: () => number, feed: () => Feed): Backend {
  let listedMs = Number.NEGATIVE_INFINITY;
  let addresses: readonly string[] = [];
  const stores = createOpenStores(mailboxes, mostOpen);
  /** Mailboxes that calls of this process have used; their stores are open or not. */
  const used = new Map<string, LocalMailbox>();
  const follower = followLocalHistory(feed, nowMs);

  async function list(): Promise<readonly string[]> {
    if (Math.abs(nowMs() - listedMs) < listFreshMs) return addresses;
    const all = await mailboxes.list();
    const own = all.filter((address) => address !== demoAddress);
    addresses = own.length > 0 ? own : all;
    const known = new Set(all);
    for (const address of used.keys()) {
      if (known.has(address)) continue;
      used.delete(address);
      stores.forget(address);
    }
    listedMs = nowMs();
    return addresses;
  }

  let readMs = Number.NEGATIVE_INFINITY;
  let stamps: ReadonlyMap<string, string> = new Map();

  async function readStamps(): Promise<ReadonlyMap<string, string>> {
    const now = nowMs();
    stamps = await mailboxes.stamps(await list());
    readMs = now;
    return stamps;
  }

  /** As another job has read them: of a thousand mailboxes that is two thousand calls of the system. */
  async function recentStamps(): Promise<ReadonlyMap<string, string>> {
    return Math.abs(nowMs() - readMs) < stampsRecentMs ? stamps : mailboxes.stamps(await list());
  }

  async function refuseUnknown(emailAddress: string): Promise<void> {
    if ((await list()).includes(emailAddress)) return;
    listedMs = Number.NEGATIVE_INFINITY;
    const known = await list();
    const isFirstStart = known.length === 0 && emailAddress === demoAddress;
    if (isFirstStart || known.includes(emailAddress)) return;
    throw new AppError('NOT_FOUND', `There is no account ${emailAddress} here.`, {
      field: 'account',
      expected: known.length === 0 ? 'an account that was imported' : known.join(' or '),
      got: emailAddress,
      // What was asked for may be a word of a mail: a hint is ours.
      hint: 'Run `gmail-llm import --account ADDRESS PATH…`, or name another account.',
    });
  }

  /** Hands a sent message to the mailbox that an address has here; any other address gets nothing. */
  async function deliver(recipient: string, raw: Uint8Array): Promise<void> {
    const store = await undefinedIfNotFound(mailboxes.openExisting(recipient));
    if (store === undefined) return;
    const mailbox = await openWhole({ store, emailAddress: recipient });
    try {
      await follower.begin(mailbox);
      await mailbox.receiveMessage({ raw });
      await follower.follow(mailbox);
    } finally {
      mailbox.close();
    }
  }

  async function withMailbox<T>(emailAddress: string, work: (mailbox: LocalMailbox) => Promise<T>): Promise<T> {
    const open = used.get(emailAddress);
    if (open !== undefined && stores.isOpen(emailAddress)) return work(open);
    // A chore over all accounts leaves those open that calls use.
    const mailbox = await openWhole({ store: await mailboxes.openExisting(emailAddress), emailAddress, deliver });
    try {
      return await work(mailbox);
    } finally {
      mailbox.close();
    }
  }

  return {
    list,
    jobs: () => [
      localDeliveryJob({ readStamps: recentStamps, withMailbox }),
      localHistoryJob({ readStamps, withMailbox, feed, follower }),
      renewContentJob(() => used.values()),
      localOptimizeJob(used),
    ],
    connectHint: 'Run `gmail-llm import PATH…`.',
    fallback: demoAddress,
    async open(emailAddress) {
      await refuseUnknown(emailAddress);
      if (emailAddress === demoAddress) await stores.make(emailAddress);
      const mailbox = await openWhole({ store: stores.storeOf(emailAddress), emailAddress, deliver });
      // Copies that a crash kept from their mailboxes.
      await mailbox.deliverWaiting();
      if (emailAddress === demoAddress) {
        const { fillDemoMailbox } = await import('../local/demo/fill-demo-mailbox.ts');
        await fillDemoMailbox(mailbox, new Date(nowMs()));
        // It may have been made just now.
        listedMs = Number.NEGATIVE_INFINITY;
      }
      await follower.begin(mailbox);
      follower.watch(mailbox);
      used.set(emailAddress, mailbox);
      return mailbox;
    },
    isGone: (emailAddress) => !used.has(emailAddress) || stores.isGone(emailAddress),
    async look(emailAddress) {
      if (!used.has(emailAddress)) {
        await refuseUnknown(emailAddress);
        if (emailAddress === demoAddress) await stores.make(emailAddress);
      }
      await stores.storeOf(emailAddress).once((rows) => rows.totals());
    },
    close: () => stores.close(),
  };
}
