import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../../core/configuration.ts';
import type { AccountObserver } from '../../gmail/account-observer.ts';
import type { MirrorSource } from '../../gmail/reading/mirror-source.ts';
import { openLocalMailbox, type LocalMailbox } from '../../local/open-local-mailbox.ts';
import { mailFileName, openMailStore, rawFileName } from '../../store/sqlite/mail/open-mail-store.ts';
import { createMirror, type Mirror } from './mirror.ts';
import { isWanted, mirrorFolder } from './mirror-folder.ts';

/** A mirror that is open. */
interface OpenMirror {
  readonly mirror: Mirror;
  /** What is in it, as a mailbox. */
  readonly local: LocalMailbox;
  readonly sizeBytes: () => number;
}

/** The mirrors of a home, each opened once for the process. */
export interface Mirrors {
  /** Whether an account is to be mirrored. */
  isWanted(account: string): boolean;
  /** Throws `UNAVAILABLE` where the files cannot be opened. */
  open(account: string): OpenMirror;
  close(): void;
}

type MirrorConfiguration = Pick<Configuration, 'mirror' | 'mirrorSpamTrash' | 'mirrorMegabytes'>;

/** Makes the mirrors of a process. Opens nothing yet. */
export function openMirrors(parts: {
  readonly configuration: MirrorConfiguration;
  readonly dataFolder: string;
  readonly sourceOf: (account: string) => MirrorSource;
  readonly observer: Pick<AccountObserver, 'readHistory' | 'lostHistory'>;
  readonly now: () => number;
}): Mirrors {
  const { configuration, dataFolder, sourceOf, observer, now } = parts;
  const { mirror: wanted, mirrorSpamTrash: spamTrash, mirrorMegabytes } = configuration;
  const opened = new Map<string, OpenMirror>();

  function openNew(account: string): OpenMirror {
    const folder = mirrorFolder(dataFolder, account);
    const store = openMailStore(folder);
    const sizeBytes = (): number =>
      [mailFileName, rawFileName]
        .flatMap((name) => [name, `${name}-wal`])
        .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
        .reduce((sum, size) => sum + size, 0);
    const mirror = createMirror({
      account,
      store,
      source: () => sourceOf(account),
      spamTrash,
      bytesLeft: () => (mirrorMegabytes === undefined ? Infinity : mirrorMegabytes * 1_000_000 - sizeBytes()),
      now,
      onHistory: (history) => observer.readHistory(account, history),
      onHistoryLost: (historyId) => observer.lostHistory(account, historyId),
    });
    return { mirror, local: openLocalMailbox({ store, emailAddress: account, now }), sizeBytes };
  }

  return {
    isWanted: (account) => isWanted(wanted, account),
    open(account) {
      const known = opened.get(account) ?? openNew(account);
      opened.set(account, known);
      return known;
    },
    close() {
      for (const { local } of opened.values()) local.close();
      opened.clear();
    },
  };
}
