import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MirrorStores } from '../../mail/mirror-stores.ts';
import { mailFileName, openMailStore, rawFileName } from './open-mail-store.ts';

function mirrorsFolder(dataFolder: string): string {
  return join(dataFolder, 'gmail', 'mirror');
}

/** Where the mirror of an account lies; characters that a file name cannot hold everywhere are encoded. */
export function mirrorFolder(dataFolder: string, account: string): string {
  const name = encodeURIComponent(account).replaceAll('*', '%2A').replaceAll('%40', '@');
  return join(mirrorsFolder(dataFolder), name);
}

/** Names of folders that are those of no account are left alone. */
function accountOf(folderName: string): string | undefined {
  try {
    return decodeURIComponent(folderName);
  } catch {
    return undefined;
  }
}

/** The mirrors in a data folder. */
export function sqliteMirrors(dataFolder: string): MirrorStores {
  const place = mirrorsFolder(dataFolder);
  const statsOf = (account: string, names: readonly string[]) =>
    names
      .flatMap((name) => [name, `${name}-wal`])
      .map((name) => statSync(join(mirrorFolder(dataFolder, account), name), { throwIfNoEntry: false }));
  return {
    place,
    list: async () => (existsSync(place) ? readdirSync(place) : []).flatMap((name) => accountOf(name) ?? []),
    open: async (account) => openMailStore(mirrorFolder(dataFolder, account)),
    sizeBytes: async (account) =>
      statsOf(account, [mailFileName, rawFileName]).reduce((sum, stat) => sum + (stat?.size ?? 0), 0),
    writtenMs: async (account) => Math.max(...statsOf(account, [mailFileName]).map((stat) => stat?.mtimeMs ?? 0)),
    remove: async (account) => rmSync(mirrorFolder(dataFolder, account), { recursive: true, force: true }),
  };
}
