import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '../../core/configuration.ts';
import { mailFileName } from '../../store/sqlite/mail/open-mail-store.ts';

function mirrorsFolder(dataFolder: string): string {
  return join(dataFolder, 'gmail', 'mirror');
}

/** Where the mirror of an account lies; characters that a file name cannot hold everywhere are encoded. */
export function mirrorFolder(dataFolder: string, account: string): string {
  const name = encodeURIComponent(account).replaceAll('*', '%2A').replaceAll('%40', '@');
  return join(mirrorsFolder(dataFolder), name);
}

/** A mirror that somebody has written to within an hour is not taken away from under them. */
const untouchedMs = 60 * 60 * 1000;

/** Folders of mirrors that belong to none of these accounts: a mirror does not outlive its login. */
export function leftoverMirrors(dataFolder: string, accounts: readonly string[], nowMs: number): readonly string[] {
  const folder = mirrorsFolder(dataFolder);
  const kept = new Set(accounts.map((account) => mirrorFolder(dataFolder, account)));
  return (existsSync(folder) ? readdirSync(folder) : [])
    .map((name) => join(folder, name))
    .filter((path) => !kept.has(path))
    .filter((path) => {
      const stamps = [mailFileName, `${mailFileName}-wal`].map(
        (name) => statSync(join(path, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
      );
      return nowMs - Math.max(...stamps) > untouchedMs;
    });
}

/** Whether an account is to be mirrored. */
export function isWanted(wanted: Configuration['mirror'], account: string): boolean {
  return wanted === 'on' || (wanted !== 'off' && wanted.includes(account));
}
