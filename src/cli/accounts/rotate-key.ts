import { keyFileOf } from '../../core/keys/file-key-store.ts';
import { openCredentials } from '../../gmail/credentials/open-credential-store.ts';
import { encryptOwnerToken } from '../../safety/tokens/shared-tokens.ts';
import type { Assembly } from '../../server/assemble.ts';
import { openHomeStores } from '../../store/home-stores.ts';
import { rotateStoreKey, type RotationStep } from '../../store/records/rotate-store-key.ts';

const again = 'then run this command again, on any of them.';

/** What is said after each step on a store that hosts share. */
const said: Readonly<Record<RotationStep, (file: string) => string>> = {
  made: (file) =>
    `Step 1 of 3: a new key is in ${file}, beside the one in use. Copy that file to every other host (0600; servers run on), ${again}`,
  used: (file) =>
    `Step 2 of 3: what this host encrypts from now on is encrypted with the new key. Copy ${file} to every other host once more, restart the servers, ${again}`,
  finished: (file) =>
    `Step 3 of 3: every login is encrypted with the new key, and the old key is gone from ${file}. Copy that file to every other host a last time, so that the old key is gone there, too.`,
};

/**
 * Encrypts all logins under another key: at once in a home; in a store that hosts share in three steps, as each has the key
 * in a file of its own. The key is on a host's disk: no operation changes it. Returns what is said of it.
 */
export async function rotateKey({ home, configuration, services }: Assembly): Promise<string> {
  const stores = await openHomeStores(configuration, home.dataFolder, services.now);
  const { shared } = stores;
  const credentials = openCredentials(stores.live, home.dataFolder, configuration);
  try {
    if (shared === undefined) {
      await credentials.rotateKey();
      return 'Every login is encrypted with a new key, and the old key is gone. Mail kept on disk is read from Gmail again.';
    }
    const step = await rotateStoreKey(shared, async () => {
      await credentials.encryptAgain();
      await encryptOwnerToken(shared, services.now());
    });
    return said[step](keyFileOf(home.dataFolder, configuration.keyFile));
  } finally {
    credentials.close();
    await stores.close();
  }
}
