import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { AppError, messageOf, systemCode } from './errors.ts';

/** Puts a file in the place of what is there, whole and for this user alone (0600). Throws `UNAVAILABLE`. */
export function replaceFile(file: string, text: string): void {
  // Processes that start together do not write into one another's.
  const draft = `${file}.${process.pid}.new`;
  try {
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
