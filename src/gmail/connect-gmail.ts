import { join } from 'node:path';
import type { Configuration } from '../core/configuration.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import { createChannel } from './channel/create-channel.ts';
import { openSharedState } from './channel/shared-state.ts';
import { bearersAccount } from './credential.ts';
import type { KeyedCredentialStore } from './credentials/open-credential-store.ts';
import { openGmailMailbox } from './open-gmail-mailbox.ts';

/** The connections of this process to Gmail. */
export interface GmailConnections {
  /** Throws `UNAVAILABLE` when the shared state cannot be opened, and what Google says of {@link bearersAccount}. */
  open(emailAddress: string): Promise<Mailbox>;
  close(): void;
}

/** Where the cached messages of an account lie; characters that a file name cannot hold everywhere are encoded. */
function cacheFileOf(dataFolder: string, emailAddress: string): string {
  const name = encodeURIComponent(emailAddress).replaceAll('*', '%2A').replaceAll('%40', '@');
  return join(dataFolder, 'gmail', `cache-${name}.db`);
}

/** Makes the connections of a process. Opens nothing yet; the store stays the caller's to close. */
export function createGmailConnections(parts: {
  readonly configuration: Configuration;
  readonly dataFolder: string;
  readonly store: KeyedCredentialStore;
}): GmailConnections {
  const { configuration, dataFolder, store } = parts;
  const state = openSharedState(dataFolder);

  function connect(account: string, cached: boolean): Mailbox {
    const channel = createChannel({ account, store, state, configuration });
    const cache =
      configuration.cache === 'off' || !cached
        ? undefined
        : {
            file: cacheFileOf(dataFolder, account),
            key: store.cacheKey(account),
            maxBytes: configuration.cacheMegabytes * 1_000_000,
          };
    return openGmailMailbox({ emailAddress: account, channel, apiRootUrl: configuration.apiRootUrl, cache });
  }

  return {
    async open(emailAddress) {
      if (emailAddress !== bearersAccount) return connect(emailAddress, true);
      const stranger = connect(bearersAccount, false);
      try {
        const profile = await stranger.getProfile();
        return connect(profile.emailAddress.toLowerCase(), true);
      } finally {
        stranger.close();
      }
    },
    close: () => state.close(),
  };
}
