import type { Configuration } from '../core/configuration.ts';
import type { FollowStates } from '../store/live/follow-states.ts';
import type { AccountObserver } from './account-observer.ts';
import { cacheFileOf } from './cache/cache-files.ts';
import { createChannel } from './channel/create-channel.ts';
import { quotaUse } from './channel/shared-budget.ts';
import { openSharedState } from './channel/shared-state.ts';
import { unknownAccount } from './credential.ts';
import type { KeyedCredentialStore } from './credentials/open-credential-store.ts';
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
  close(): void;
}

/** Makes the connections of a process. Opens nothing yet; the store stays the caller's to close. */
export function createGmailConnections(parts: {
  readonly configuration: Configuration;
  readonly dataFolder: string;
  readonly store: KeyedCredentialStore;
  readonly observer: AccountObserver;
}): GmailConnections {
  const { configuration, dataFolder, store, observer } = parts;
  const state = openSharedState(dataFolder);

  const backgrounds = new Map<string, GmailMailbox>();

  function connect(account: string, cached: boolean): GmailMailbox {
    const onLoginLost = () => observer.lostLogin(account);
    const channel = createChannel({ account, store, state, configuration, onLoginLost });
    const cache =
      configuration.cache === 'off' || !cached
        ? undefined
        : {
            file: cacheFileOf(dataFolder, account),
            key: store.cacheKey(account),
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

  return {
    async open(emailAddress) {
      if (emailAddress !== unknownAccount) return connect(emailAddress, true);
      const stranger = connect(unknownAccount, false);
      try {
        const profile = await stranger.getProfile();
        return connect(profile.emailAddress.toLowerCase(), true);
      } finally {
        stranger.close();
      }
    },
    background(emailAddress) {
      const known = backgrounds.get(emailAddress) ?? connect(emailAddress, false);
      backgrounds.set(emailAddress, known);
      return known;
    },
    followStates: state.followStates,
    quotaUse: (emailAddress) => quotaUse(emailAddress, state, configuration),
    close() {
      for (const mailbox of backgrounds.values()) mailbox.close();
      state.close();
    },
  };
}
