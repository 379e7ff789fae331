import { AppError } from '../../core/errors.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html) that a user can do something about. */
const causes: ReadonlyMap<number, { readonly what: string; readonly hint: string }> = new Map([
  [3, { what: 'may not be opened by this user', hint: 'Give this user read and write access to the file.' }],
  [5, { what: 'stayed locked by another program', hint: 'Close the program that holds it open, then try again.' }],
  [8, { what: 'is read-only', hint: 'Give this user write access to the file, its folder and the disk it lies on.' }],
  [10, { what: 'could not be read or written', hint: 'Check the disk, then try again.' }],
  [11, { what: 'is damaged', hint: 'Restore it from a backup, or move it away and import the mail again.' }],
  [13, { what: 'cannot grow: the disk is full', hint: 'Free some space, then try again. Nothing stored is lost.' }],
  [14, { what: 'cannot be opened', hint: 'Check that the folder exists and that this user may write in it.' }],
  [26, { what: 'is not a database', hint: 'Restore it from a backup, or move it away and import the mail again.' }],
]);

/** What `node:sqlite` throws for a failure inside SQLite; `errcode` is SQLite's extended result code. */
function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** Whether another connection holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return resultCodeOf(error) === 5;
}

/**
 * A failure of SQLite as an `UNAVAILABLE` that names the file and says what to do. Anything else, an `AppError` or
 * a fault of ours, comes back as it is.
 */
export function convertSqliteError(error: unknown, file: string): unknown {
  const resultCode = resultCodeOf(error);
  const known = resultCode === undefined ? undefined : causes.get(resultCode);
  if (known === undefined) return error;
  return new AppError('UNAVAILABLE', `The file ${file} ${known.what}.`, { hint: known.hint }, error);
}
