import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, messageOf, systemCode } from './errors.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Puts a file in the place of what is there, whole and for this user alone (0600), in a folder that is made, with `folderMode`, where
 * it is missing. Throws `UNAVAILABLE`.
 */
export function replaceFile(file: string, text: string, folderMode?: number): void {
  // Processes that start together do not write into one another's.
  const draft = `${file}.${process.pid}.new`;
  try {
    makeFolder(dirname(file), folderMode);
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    // Each process would leave one of its own.
    rmSync(draft, { force: true });
    const hint = systemCode(error) === 'EACCES' ? 'Run this as the user that the home belongs to.' : undefined;
    const details = hint === undefined ? {} : { hint };
    throw new AppError('UNAVAILABLE', `${file} cannot be written: ${messageOf(error)}.`, details, error);
  }
}
