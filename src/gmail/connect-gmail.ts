import type { Configuration } from '../core/configuration.ts';
import type { FollowStates } from '../store/live/follow-states.ts';
import type { HomeLive } from '../store/live/home-live.ts';
import type { AccountObserver } from './account-observer.ts';
import { cacheFileOf } from './cache/cache-files.ts';
import { createChannel } from './channel/create-channel.ts';
import { quotaUse } from './channel/shared-budget.ts';
import { shareState } from './channel/shared-state.ts';
import { unknownAccount, type KeyedCredentialStore } from './credential.ts';
import { openGmailMailbox, type GmailMailbox } from './open-gmail-mailbox.ts';

/** The connections of this process to Gmail. */
export interface GmailConnections {
  /** Throws `UNAVAILABLE` when the shared state cannot be opened, and what Google says of {@link unknownAccount}. */
  open(emailAddress: string): Promise<GmailMailbox>;
  /** The mailbox of an account for work that nobody waits for: without a cache, the same at every call. */
  background(emailAddress: string): GmailMailbox;
  /** How it stands with following each account. */
  readonly followStates: FollowStates;
  /** Units of this minute's quota that an account has used, in all processes of the home, and how many there are. */
  quotaUse(emailAddress: string): ReturnType<typeof quotaUse>;
  close(): Promise<void>;
}

/** Makes the connections of a process. Opens nothing yet; the store stays the caller's to close. */
export function createGmailConnections(parts: {
  readonly configuration: Configuration;
  readonly dataFolder: string;
  readonly store: KeyedCredentialStore;
  readonly live: Pick<HomeLive, 'state' | 'now'>;
  readonly observer: AccountObserver;
}): GmailConnections {
  const { configuration, dataFolder, store, live, observer } = parts;
  const state = shareState(live);

  const backgrounds = new Map<string, GmailMailbox>();

  /** With a cache where a key for it is given. */
  function connect(account: string, cacheKey?: Uint8Array): GmailMailbox {
    const onLoginLost = () => observer.lostLogin(account);
    const channel = createChannel({ account, store, state, configuration, onLoginLost });
    const cache =
      cacheKey === undefined
        ? undefined
        : {
            file: cacheFileOf(dataFolder, account),
            key: cacheKey,
            maxBytes: configuration.cacheMegabytes * 1_000_000,
          };
    return openGmailMailbox({
      emailAddress: account,
      channel,
      apiRootUrl: configuration.apiRootUrl,
      cache,
      onHistory: (history) => observer.readHistory(account, history),
    });
  }

  const connectCached = async (account: string): Promise<GmailMailbox> =>
    configuration.cache === 'off' ? connect(account) : connect(account, await store.cacheKey(account));

  return {
    async open(emailAddress) {
      if (emailAddress !== unknownAccount) return connectCached(emailAddress);
      const stranger = connect(unknownAccount);
      try {
        const profile = await stranger.getProfile();
        return await connectCached(profile.emailAddress.toLowerCase());
      } finally {
        stranger.close();
      }
    },
    background(emailAddress) {
      const known = backgrounds.get(emailAddress) ?? connect(emailAddress);
      backgrounds.set(emailAddress, known);
      return known;
    },
    followStates: state.followStates,
    quotaUse: (emailAddress) => quotaUse(emailAddress, state, configuration),
    async close() {
      for (const mailbox of backgrounds.values()) mailbox.close();
      await state.close();
    },
  };
}
