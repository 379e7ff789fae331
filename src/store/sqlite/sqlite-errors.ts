import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError, messageOf } from '../../core/errors.ts';
import { RefusedContent } from '../refused-content.ts';

/** What is left to do without a backup of a file, by its name. */
const withoutBackup: Readonly<Record<string, string>> = {
  'mailbox.db': 'move its folder away and import the mail again',
  'raw.db': 'move its folder away and import the mail again',
  'accounts.db': 'move it away and log in again',
  'outbox.db': 'move it away: what waits to be sent is lost then',
  'audit.db': 'move it away: the next change begins a new log',
  'events.db': 'move it away: past events are lost then, no mail',
  'webhooks.db': 'move it away and add the webhooks again',
};

/** What to do about a database that has lost its content. */
export function wayBack(file: string): string {
  const way = withoutBackup[basename(file)];
  // A cache, a mirror, jobs: no backup holds them, or nothing is lost with them.
  if (way === undefined) return 'Stop the servers and move it away: it is made again.';
  return `Restore it from a backup (gmail-llm restore FILE --force), or ${way}.`;
}

/** Primary result codes of SQLite (sqlite.org/rescode.html) that a user can do something about. */
const causes: ReadonlyMap<number, { readonly what: string; readonly hint?: string }> = new Map([
  [3, { what: 'may not be opened by this user', hint: 'Give this user read and write access to the file.' }],
  [5, { what: 'stayed locked by another program', hint: 'Close the program that holds it open, then try again.' }],
  [8, { what: 'is read-only', hint: 'Give this user write access to the file, its folder and the disk it lies on.' }],
  [10, { what: 'could not be read or written', hint: 'Check the disk, then try again.' }],
  [11, { what: 'is damaged' }],
  [13, { what: 'cannot grow: the disk is full', hint: 'Free some space, then try again. Nothing stored is lost.' }],
  [14, { what: 'cannot be opened', hint: 'Check that the folder exists and that this user may write in it.' }],
  [26, { what: 'is not a database' }],
]);

/** Of a value: SQLITE_TOOBIG, SQLITE_CONSTRAINT. */
const refusals: ReadonlySet<number> = new Set([18, 19]);

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
 * A failure of SQLite as an `UNAVAILABLE` that names the file and says what to do, or as a `RefusedContent`. Anything else, an
 * `AppError` or a fault of ours, comes back as it is.
 */
export function convertSqliteError(error: unknown, file: string): unknown {
  const resultCode = resultCodeOf(error);
  if (resultCode !== undefined && refusals.has(resultCode)) return new RefusedContent(messageOf(error), error);
  const known = resultCode === undefined ? undefined : causes.get(resultCode);
  if (known === undefined) return error;
  return new AppError('UNAVAILABLE', `The file ${file} ${known.what}.`, { hint: known.hint ?? wayBack(file) }, error);
}

/**
 * Throws `UNAVAILABLE` for a file of no bytes, which SQLite would take for a new database: ours are put in their place with
 * their first page, so such a file has lost what it held.
 */
export function refuseEmptyFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.size !== 0) return;
  throw new AppError('UNAVAILABLE', `The file ${file} is empty: what it held is lost.`, { hint: wayBack(file) });
}
