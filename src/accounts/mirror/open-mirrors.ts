import type { Configuration } from '../../core/configuration.ts';
import type { AccountObserver } from '../../gmail/account-observer.ts';
import type { MirrorSource } from '../../gmail/reading/mirror-source.ts';
import { openLocalMailbox, type LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { MirrorStores } from '../../store/mail/mirror-stores.ts';
import { createOpenStores } from '../open-stores.ts';
import { createMirror, type Mirror } from './mirror.ts';

/** A mirror that is open. */
interface OpenMirror {
  readonly mirror: Mirror;
  /** What is in it, as a mailbox. */
  readonly local: LocalMailbox;
  readonly sizeBytes: () => Promise<number>;
}

/** The mirrors of a home, each opened once for the process. */
export interface Mirrors {
  /** Whether an account is to be mirrored. */
  isWanted(account: string): boolean;
  /** Opens nothing yet: the first use does. */
  open(account: string): OpenMirror;
  close(): void;
}

/** Mirrors that a process keeps open while nobody uses them. */
const mostOpen = 50;

/** Makes the mirrors of a process. Opens nothing yet. */
export function openMirrors(parts: {
  readonly configuration: Pick<Configuration, 'mirrorSpamTrash' | 'mirrorMegabytes'>;
  readonly stores: MirrorStores;
  /** Whether an account is to be mirrored. */
  readonly isWanted: (account: string) => boolean;
  readonly sourceOf: (account: string) => MirrorSource;
  readonly observer: Pick<AccountObserver, 'readHistory' | 'lostHistory'>;
  readonly now: () => number;
}): Mirrors {
  const { stores, isWanted, sourceOf, observer, now } = parts;
  const { mirrorSpamTrash: spamTrash, mirrorMegabytes } = parts.configuration;
  const opened = new Map<string, OpenMirror>();
  // One that another host has deleted, with the login that it was of, is made again.
  const open = (account: string) => stores.open(account);
  const openStores = createOpenStores({ open, openExisting: open }, mostOpen);

  function openNew(account: string): OpenMirror {
    const store = openStores.storeOf(account);
    const sizeBytes = () => stores.sizeBytes(account);
    const mirror = createMirror({
      account,
      store,
      source: () => sourceOf(account),
      spamTrash,
      bytesLeft: async () =>
        mirrorMegabytes === undefined ? Infinity : mirrorMegabytes * 1_000_000 - (await sizeBytes()),
      now,
      onHistory: (history) => observer.readHistory(account, history),
      onHistoryLost: (historyId) => observer.lostHistory(account, historyId),
    });
    return { mirror, local: openLocalMailbox({ store, emailAddress: account, now }), sizeBytes };
  }

  return {
    isWanted,
    open(account) {
      const known = opened.get(account) ?? openNew(account);
      opened.set(account, known);
      return known;
    },
    close() {
      for (const { local } of opened.values()) local.close();
      opened.clear();
      openStores.close();
    },
  };
}
