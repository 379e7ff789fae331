import type { PubsubConfiguration } from '../core/configuration.ts';
import { messageOf } from '../core/errors.ts';
import type { Job, JobTurn } from '../core/jobs/job.ts';
import { logOf } from '../core/telemetry/log.ts';
import type { GmailConnections } from '../gmail/connect-gmail.ts';
import type { FollowState, FollowStates } from '../store/live/follow-states.ts';
import type { Notice, Subscription } from '../gmail/push/open-subscription.ts';
import type { Feed } from '../store/feed/feed.ts';
import { isLater } from '../store/feed/history-ids.ts';
import { mirrorJob } from './mirror/mirror-job.ts';
import type { Mirrors } from './mirror/open-mirrors.ts';
import { gmailFollower, historyJobName, type GmailFollower } from './gmail-follower.ts';
import { renewContentJob } from './renew-content-job.ts';

/** What the jobs of live accounts stand on. */
export interface GmailJobsParts {
  /** Accounts that can be asked, and those that have to log in again first. */
  readonly accounts: () => Promise<{ readonly usable: readonly string[]; readonly dead: readonly string[] }>;
  /** Loads Google's libraries. */
  readonly connect: () => Promise<GmailConnections>;
  readonly mirrors: () => Promise<Mirrors>;
  /** Whether an account is to be mirrored. */
  readonly isMirrored: (account: string) => boolean;
  readonly feed: () => Feed;
  readonly now: () => number;
  readonly pubsub: PubsubConfiguration | undefined;
  /** The same at every call. */
  readonly openSubscription: (settings: PubsubConfiguration) => Promise<Subscription>;
}

const watchJobName = 'gmail-watch';
const hourMs = 3_600_000;
/** Google's advice, although a watch lasts seven days (developers.google.com/workspace/gmail/api/guides/push). */
const renewalMs = 24 * hourMs;
/** How long one run waits for notices before the next one begins. */
const listeningMs = 300_000;
const noticesAtOnce = 100;
/** After a change of ours, so that several are one question; after a notice that came before the history had the change. */
const afterChangeMs = 500;
const afterNoticeMs = 2000;

const log = logOf('gmail');

/** What servers do for live accounts by themselves: ask for their histories, and be told when that is worth it. */
export function gmailJobs(parts: GmailJobsParts): readonly Job[] {
  const { accounts, connect, feed, now, pubsub } = parts;
  let following: Promise<{ readonly connections: GmailConnections; readonly follower: GmailFollower }> | undefined;

  const begin = async () => {
    const connections = await connect();
    const follower = gmailFollower({ connections, mirrors: await parts.mirrors(), feed, now });
    feed().onPublished(async (account) => {
      if ((await accounts()).usable.includes(account)) await follower.makeDue(account, now() + afterChangeMs);
    });
    return { connections, follower };
  };

  const start = async () => {
    following ??= begin();
    try {
      return await following;
    } catch (error) {
      following = undefined;
      throw error;
    }
  };

  /** Accounts that had to log in again when this process last looked. */
  const wereDead = new Set<string>();

  const history: Job = {
    name: historyJobName,
    summary: 'Asks Gmail what changed in the accounts that are logged in, and writes it into the feed.',
    everyMs: 1000,
    retryMs: { first: 1000, most: 60_000 },
    async isNeeded() {
      const { usable, dead } = await accounts();
      for (const account of dead) wereDead.add(account);
      if (usable.length === 0) return false;
      const { follower } = await start();
      for (const account of usable) if (wereDead.delete(account)) await follower.makeDue(account, now());
      return (await follower.due(usable)).length > 0;
    },
    async run(turn) {
      const { follower } = await start();
      const due = await follower.due((await accounts()).usable);
      await forEach(turn, due, (account) => follower.follow(account));
      return { facts: { accounts: due.length } };
    },
  };
  const mirror = mirrorJob({
    accounts: async () => (await accounts()).usable,
    mirrors: parts.mirrors,
    isWanted: parts.isMirrored,
  });
  const renewal = renewContentJob(async () => {
    const mirrored = (await accounts()).usable.filter((account) => parts.isMirrored(account));
    if (mirrored.length === 0) return [];
    const mirrors = await parts.mirrors();
    return mirrored.map((account) => mirrors.open(account).local);
  });
  if (pubsub === undefined) return [history, mirror, renewal];

  const { topic } = pubsub;

  /** Writes an event where readers were told otherwise before. */
  async function tell(states: FollowStates, account: string, state: 'watchExpired' | 'watchRenewed'): Promise<void> {
    if ((await states.read(account)).told === state) return;
    const cause = { by: 'job', job: watchJobName } as const;
    await feed().append([{ account, kind: 'accountState', ids: {}, state, cause }]);
    await states.update(account, { told: state });
  }

  async function watch({ connections }: Awaited<ReturnType<typeof start>>, account: string): Promise<void> {
    const { followStates } = connections;
    try {
      const watchExpiresMs = await connections.background(account).watch(topic);
      await followStates.update(account, { topic, watchExpiresMs, watchedMs: now() });
    } catch (error) {
      const { watchExpiresMs } = await followStates.read(account);
      if (watchExpiresMs > 0 && watchExpiresMs <= now()) await tell(followStates, account, 'watchExpired');
      throw error;
    }
    if ((await followStates.read(account)).told === 'watchExpired') await tell(followStates, account, 'watchRenewed');
  }

  const isUnwatched = (state: FollowState): boolean =>
    state.topic !== topic || state.watchExpiresMs <= now() || Math.abs(now() - state.watchedMs) >= renewalMs;

  async function unwatched(usable: readonly string[]): Promise<readonly string[]> {
    const { connections } = await start();
    const known = await connections.followStates.readAll(usable);
    return [...known].flatMap(([account, state]) => (isUnwatched(state) ? [account] : []));
  }

  const watching: Job = {
    name: watchJobName,
    summary: 'Has Gmail publish the changes of every account to GMAIL_PUBSUB_TOPIC, and renews that daily.',
    everyMs: hourMs,
    retryMs: { first: 60_000, most: hourMs / 6 },
    async isNeeded() {
      const { usable } = await accounts();
      return usable.length > 0 && (await unwatched(usable)).length > 0;
    },
    async run(turn) {
      const started = await start();
      const due = await unwatched((await accounts()).usable);
      await forEach(turn, due, (account) => watch(started, account));
      return { facts: { accounts: due.length }, againMs: 0 };
    },
  };

  async function take(notices: readonly Notice[], signal: AbortSignal): Promise<void> {
    const { connections, follower } = await start();
    const newest = new Map<string, string>();
    for (const { emailAddress = '', historyId = '0' } of notices) {
      const known = newest.get(emailAddress);
      if (known === undefined || isLater(historyId, known)) newest.set(emailAddress, historyId);
    }
    const { usable } = await accounts();
    for (const [account, historyId] of newest) {
      // Notices of others: an account that has logged out is watched for some days yet.
      if (!usable.includes(account)) continue;
      await connections.followStates.update(account, { noticedMs: now() });
      const before = await feed().followedTo(account);
      if (before !== undefined && !isLater(historyId, before)) continue;
      try {
        await follower.follow(account);
      } catch (error) {
        signal.throwIfAborted();
        // It is asked again soon: nothing is lost with this notice.
        log.warn('a notice of Gmail could not be followed', { account, reason: messageOf(error) });
        continue;
      }
      const reached = await feed().followedTo(account);
      if (reached !== undefined && isLater(historyId, reached)) await follower.makeDue(account, now() + afterNoticeMs);
    }
  }

  const push: Job = {
    name: 'gmail-push',
    summary: 'Waits for what Gmail publishes to GMAIL_PUBSUB_SUBSCRIPTION, and asks at once what changed.',
    everyMs: 1000,
    retryMs: { first: 1000, most: 300_000 },
    isNeeded: async () => (await accounts()).usable.length > 0,
    async run({ signal, refuseIfLost }) {
      const subscription = await parts.openSubscription(pubsub);
      const endMs = performance.now() + listeningMs;
      let total = 0;
      while (performance.now() < endMs) {
        refuseIfLost();
        const notices = await subscription.pull(noticesAtOnce, signal);
        if (notices.length === 0) continue;
        // What was not acknowledged when the process ends comes again.
        await take(notices, signal);
        await subscription.acknowledge(notices.map(({ ackId }) => ackId));
        total += notices.length;
      }
      return { facts: { notices: total }, againMs: 0 };
    },
  };
  return [history, mirror, renewal, watching, push];
}

/**
 * Does something with each account. One that fails keeps the others from nothing: it is logged, and fails the run only
 * where all do.
 */
async function forEach(
  { signal, refuseIfLost }: JobTurn,
  accounts: readonly string[],
  work: (account: string) => Promise<void>,
): Promise<void> {
  let failures = 0;
  for (const account of accounts) {
    refuseIfLost();
    try {
      await work(account);
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      if (failures === accounts.length) throw error;
      log.warn('a job failed for one account', { account, reason: messageOf(error) });
    }
  }
}
