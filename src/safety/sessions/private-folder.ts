import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../core/errors.ts';

/** Writes a file that only this user can read, in a folder of the same kind, both made if need be. */
export function writePrivateFile(folder: string, name: string, value: unknown): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Whole or not at all, for whoever reads the folder meanwhile.
  const draft = join(folder, `${name}.new`);
  writeFileSync(draft, `${JSON.stringify(value)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(draft, join(folder, name));
}

/** The names of the files of a folder; none where there is no folder. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Deletes a file; one that has gone is as good. */
export function deleteFile(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
}
