import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../core/errors.ts';

const pattern = /^cache-(.+)\.db(?:-wal|-shm)?$/;

/** Where the cached messages of an account lie; characters that a file name cannot hold everywhere are encoded. */
export function cacheFileOf(dataFolder: string, emailAddress: string): string {
  const name = encodeURIComponent(emailAddress).replaceAll('*', '%2A').replaceAll('%40', '@');
  return join(dataFolder, 'gmail', `cache-${name}.db`);
}

/** An account that is used without a login has one for a while; its cache is not taken away from under it. */
const untouchedMs = 60 * 60 * 1000;

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Files of caches that belong to none of these accounts and that nobody has touched for an hour: what was read of an account
 * does not outlive its login.
 */
export function leftoverCaches(dataFolder: string, accounts: readonly string[], nowMs: number): readonly string[] {
  const folder = join(dataFolder, 'gmail');
  const kept = new Set(accounts.map((account) => cacheFileOf(dataFolder, account)));
  return namesIn(folder)
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name))
    .filter((file) => !kept.has(file.replace(/-(?:wal|shm)$/, '')))
    .filter((file) => nowMs - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? nowMs) > untouchedMs);
}

/** Deletes files and folders; one that is gone already is no error. */
export function deleteFiles(files: readonly string[]): void {
  for (const file of files) rmSync(file, { force: true, recursive: true });
}
