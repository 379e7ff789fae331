import { isMirrored, type Configuration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import type { Home } from '../core/home.ts';
import type { Job } from '../core/jobs/job.ts';
import { unknownAccount, type KeyedCredentialStore } from '../gmail/credential.ts';
import type { GmailConnections } from '../gmail/connect-gmail.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { SyncStatus } from '../mail/sync-status.ts';
import { openCredentials } from '../gmail/credentials/open-credential-store.ts';
import { troubleOf, type AccountHealth } from './account-health.ts';
import { deleteFiles, leftoverCaches } from '../gmail/cache/cache-files.ts';
import { observeAccounts } from './observe-accounts.ts';
import type { Feed } from '../store/feed/feed.ts';
import type { HomeLive } from '../store/live/home-live.ts';
import type { MirrorStores } from '../store/mail/mirror-stores.ts';
import type { Subscription } from '../gmail/push/open-subscription.ts';
import type { Backend } from './accounts.ts';
import { leftoverMirrors } from './mirror/leftover-mirrors.ts';
import type { Mirrors } from './mirror/open-mirrors.ts';
import { gmailJobs } from './gmail-jobs.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** Each host has files of its own, and takes its turn. */
const hostsTurnMs = 60 * 1000;

/** What was kept of accounts that are no longer logged in. */
interface Leftovers {
  readonly files: readonly string[];
  /** Accounts that have a mirror still. */
  readonly mirrors: readonly string[];
}

/** Deletes what is kept of accounts that are no longer logged in, or cached of any where nothing is to be cached. */
function cacheSweepJob(
  leftovers: () => Promise<Leftovers>,
  removeMirror: (account: string) => Promise<void>,
  everyMs: number,
): Job {
  return {
    name: 'cache-sweep',
    summary: 'Deletes cached and mirrored mail of accounts that are no longer logged in.',
    everyMs,
    retryMs: { first: 60_000, most: dayMs },
    async isNeeded() {
      const { files, mirrors } = await leftovers();
      return files.length + mirrors.length > 0;
    },
    async run({ refuseIfLost }) {
      const { files, mirrors } = await leftovers();
      deleteFiles(files);
      for (const account of mirrors) {
        refuseIfLost();
        await removeMirror(account);
      }
      return { facts: { files: files.length, mirrors: mirrors.length } };
    },
  };
}

const connectHint = 'Run `gmail-llm login`.';

/**
 * The Gmail accounts that are logged in, or the one that `GMAIL_ACCESS_TOKEN` is of. A login made meanwhile is seen
 * without a restart. Google's libraries are loaded when the first account is opened.
 */
export function gmailBackend(
  configuration: Configuration,
  { dataFolder }: Home,
  parts: {
    readonly feed: () => Feed;
    readonly live: HomeLive;
    readonly mirrorStores: MirrorStores;
    readonly now: () => number;
  },
): Backend {
  const { feed, live, mirrorStores, now } = parts;
  const { account, accessToken } = configuration;
  let opened: KeyedCredentialStore | undefined;
  let connections: GmailConnections | undefined;
  let subscription: Subscription | undefined;
  let mirrors: Mirrors | undefined;
  const observer = observeAccounts(feed);
  const isWanted = (address: string) => isMirrored(configuration.mirror, address);
  /** The mailbox of a token whose account nobody has named, from when Google has told its address. */
  let bearersMailbox: Mailbox | undefined;
  const store = (): KeyedCredentialStore => (opened ??= openCredentials(live, dataFolder, configuration));

  async function list(): Promise<readonly string[]> {
    if (accessToken !== undefined) return [account ?? bearersMailbox?.emailAddress ?? unknownAccount];
    return (await store().list()).map(({ emailAddress }) => emailAddress);
  }

  async function connect(): Promise<GmailConnections> {
    const { createGmailConnections } = await import('../gmail/connect-gmail.ts');
    return (connections ??= createGmailConnections({ configuration, dataFolder, store: store(), live, observer }));
  }

  async function openedMirrors(): Promise<Mirrors> {
    const connected = await connect();
    const { openMirrors } = await import('./mirror/open-mirrors.ts');
    const sourceOf = (address: string) => connected.background(address).source;
    return (mirrors ??= openMirrors({
      configuration,
      stores: mirrorStores,
      isWanted,
      sourceOf,
      observer,
      now,
    }));
  }

  async function statusOf(address: string): Promise<SyncStatus> {
    const { syncStatus } = await import('./mirror/sync-status.ts');
    return syncStatus(address, { connections: await connect(), mirrors: await openedMirrors(), configuration, now });
  }

  /** The mailbox of an account, read from its mirror where it has one. */
  async function openMailbox(address: string): Promise<Mailbox> {
    const opened = await (await connect()).open(address);
    const live = { ...opened, syncStatus: () => statusOf(opened.emailAddress) };
    if (!isWanted(live.emailAddress)) return live;
    const { mirror, local } = (await openedMirrors()).open(live.emailAddress);
    const { mirroredMailbox } = await import('./mirror/mirrored-mailbox.ts');
    return mirroredMailbox({ live, local, mirror, spamTrash: configuration.mirrorSpamTrash, now });
  }

  /** Accounts whose changes can be asked for, and those that have to log in again first. */
  async function followable(): Promise<{ readonly usable: readonly string[]; readonly dead: readonly string[] }> {
    if (accessToken !== undefined) {
      return { usable: (await list()).filter((address) => address !== unknownAccount), dead: [] };
    }
    const infos = await store().list();
    const addressesOf = (some: typeof infos) => some.map(({ emailAddress }) => emailAddress);
    return {
      usable: addressesOf(infos.filter(({ reauthReason }) => reauthReason === undefined)),
      dead: addressesOf(infos.filter(({ reauthReason }) => reauthReason !== undefined)),
    };
  }

  /** Throws `NOT_FOUND` for an account that never logged in, `REAUTH_REQUIRED` for one that has to do it again. */
  async function check(emailAddress: string): Promise<void> {
    if (accessToken !== undefined) {
      // Under any other name the policy, the limits and the log of that name would hold for this token's account.
      const known = account === undefined ? [unknownAccount, bearersMailbox?.emailAddress] : [account];
      if (known.includes(emailAddress)) return;
      throw new AppError('NOT_FOUND', `GMAIL_ACCESS_TOKEN is not known to be of ${emailAddress}.`, {
        field: 'account',
        expected: account ?? bearersMailbox?.emailAddress ?? 'no account: the one that the token is of',
        got: emailAddress,
        hint: 'Set GMAIL_ACCOUNT to the address that the token is of.',
      });
    }
    const accounts = await store().list();
    const info = accounts.find((candidate) => candidate.emailAddress === emailAddress);
    if (info === undefined) {
      throw new AppError('NOT_FOUND', `There is no login of ${emailAddress}.`, {
        field: 'account',
        expected: accounts.map((candidate) => candidate.emailAddress).join(' or ') || 'an account that is logged in',
        got: emailAddress,
        hint: `Run \`gmail-llm login --account ${emailAddress}\`.`,
      });
    }
    if (info.reauthReason !== undefined) {
      throw new AppError(
        'REAUTH_REQUIRED',
        `Google no longer accepts the login of ${emailAddress}: ${info.reauthReason}`,
        {
          hint: `Run \`gmail-llm login --account ${emailAddress}\`.`,
        },
      );
    }
  }

  /** An account that is named or logged in, and what is wrong with it. */
  async function healthOf(emailAddress: string): Promise<AccountHealth> {
    try {
      await check(emailAddress);
      return { account: emailAddress };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const isMissing = error.code === 'NOT_FOUND';
      return troubleOf(emailAddress, isMissing ? 'LOGIN_MISSING' : 'REAUTH_REQUIRED', error);
    }
  }

  /** An account that works, and whose changes come late. Nothing is known of it before this process has followed it. */
  async function lateTroubles(address: string): Promise<readonly AccountHealth[]> {
    if (connections === undefined) return [];
    const { told, toldSync, failure } = await connections.followStates.read(address);
    const troubles: AccountHealth[] = [];
    if (told === 'watchExpired' && configuration.pubsub !== undefined) {
      const message = `Gmail no longer publishes the changes of ${address}: its watch has ended and could not be renewed.`;
      const details = { hint: 'See the log of the job gmail-watch, and `gmail-llm doctor`.' };
      troubles.push(troubleOf(address, 'WATCH_EXPIRED', { message, details }));
    }
    if (toldSync === 'syncBehind') {
      const message = `What changed in ${address} could not be asked for some time: ${failure}`;
      const details = { hint: '`gmail-llm sync --status` says since when; it is tried again by itself.' };
      troubles.push(troubleOf(address, 'SYNC_BEHIND', { message, details }));
    }
    return troubles;
  }

  /** A mirror that takes no more mail; of one that this process has not opened nothing is known. */
  async function mirrorTroubles(address: string): Promise<readonly AccountHealth[]> {
    if (mirrors === undefined || !isWanted(address)) return [];
    if ((await mirrors.open(address).mirror.state())?.phase !== 'full') return [];
    const message = `The mirror of ${address} has reached GMAIL_MIRROR_MEGABYTES and takes no more mail; the rest is read from Google.`;
    const details = {
      hint: 'Raise GMAIL_MIRROR_MEGABYTES or unset it, then restart the servers; it goes on by itself.',
    };
    return [troubleOf(address, 'MIRROR_FULL', { message, details })];
  }

  async function troublesOf(address: string): Promise<readonly AccountHealth[]> {
    return [await healthOf(address), ...(await lateTroubles(address)), ...(await mirrorTroubles(address))];
  }

  async function health(): Promise<readonly AccountHealth[]> {
    const known = await list();
    // Its address is not known before the first call.
    if (accessToken !== undefined) {
      const each = await Promise.all(
        known.map(async (address) => (address === unknownAccount ? [{}] : troublesOf(address))),
      );
      return each.flat();
    }
    const all = [...new Set([...(account === undefined ? [] : [account]), ...known])];
    if (all.length > 0) return (await Promise.all(all.map((address) => troublesOf(address)))).flat();
    const details = { hint: connectHint };
    return [troubleOf(undefined, 'LOGIN_MISSING', { message: 'No Gmail account is logged in.', details })];
  }

  return {
    connectHint,
    list,
    health,
    sync: async () =>
      Promise.all((await list()).filter((address) => address !== unknownAccount).map((address) => statusOf(address))),
    jobs: () => [
      cacheSweepJob(
        async () => {
          const addresses = await list();
          return {
            files: leftoverCaches(dataFolder, configuration.cache === 'off' ? [] : addresses, Date.now()),
            // A token says nothing of who is logged in.
            mirrors: accessToken === undefined ? await leftoverMirrors(mirrorStores, addresses, now()) : [],
          };
        },
        (address) => mirrorStores.remove(address),
        live.sharedKeys === undefined ? dayMs : hostsTurnMs,
      ),
      ...gmailJobs({
        accounts: followable,
        connect,
        mirrors: openedMirrors,
        isMirrored: isWanted,
        feed,
        now,
        pubsub: configuration.pubsub,
        async openSubscription(settings) {
          const { openSubscription } = await import('../gmail/push/open-subscription.ts');
          return (subscription ??= openSubscription(settings, { oauthRootUrl: configuration.oauthRootUrl, now }));
        },
      }),
    ],
    async open(emailAddress) {
      await check(emailAddress);
      if (emailAddress === bearersMailbox?.emailAddress) return bearersMailbox;
      const mailbox = await openMailbox(emailAddress);
      if (emailAddress === unknownAccount) bearersMailbox = mailbox;
      return mailbox;
    },
    async close() {
      subscription?.close();
      mirrors?.close();
      await connections?.close();
      opened?.close();
    },
  };
}
