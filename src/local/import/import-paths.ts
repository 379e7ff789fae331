import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import type { ImportProgress, ImportReport } from './import-report.ts';
import { ImportRun } from './import-run.ts';
import type { ImportSelection } from './import-selection.ts';
import type { ImportTarget } from './import-target.ts';
import type { MboxIdentity } from './mail-item.ts';
import { readMail } from './read-mail.ts';
import { walkFiles } from './walk-files.ts';

export interface ImportOptions {
  readonly mailbox: ImportTarget;
  /** Files and folders; relative ones start at the working folder. */
  readonly paths: readonly string[];
  readonly nowMs: number;
  /** IANA name: where the years of the report begin. */
  readonly timeZone: string;
  /** Which messages are wanted. Default: all. */
  readonly selection?: ImportSelection;
  /** Heard about ten times a second. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Ends the import once the messages that were read are stored. */
  readonly signal?: AbortSignal;
  /** Larger messages are unreadable; 150 MiB, as much as Gmail imports. */
  readonly maxMessageBytes?: number;
}

/** https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/import */
const gmailImportLimitBytes = 150 * 1024 * 1024;
const progressEveryMs = 100;

/**
 * Takes all mail under the paths into the mailbox; every message found is imported, a duplicate, left out, or unreadable
 * with the reason. Stopped at any point, by force too, the same import again completes it without duplicates: what was stored
 * before counts as duplicates then, and what an mbox held up to the place that was reached is not read again.
 *
 * Throws `INVALID_INPUT` before anything is stored for a path that is not there, `UNAVAILABLE` when the mailbox cannot
 * be written; what was stored until then stays.
 */
export async function importPaths(options: ImportOptions): Promise<ImportReport> {
  const { mailbox, nowMs, timeZone, selection = {}, onProgress, signal } = options;
  const { maxMessageBytes = gmailImportLimitBytes } = options;
  const paths = options.paths.map(existingPath).map((path) => ({ path, sizeBytes: sizeUnder(path) }));
  const totalBytes = paths.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const run = new ImportRun({ target: mailbox, selection, nowMs, timeZone });

  let finishedBytes = 0;
  let doneBytes = 0;
  let reportedMs = performance.now();
  /** Of the mailbox: the file is not to be called unreadable for it. */
  let failure: { readonly error: unknown } | undefined;
  const resumeAt = async (mbox: MboxIdentity): Promise<number> => {
    try {
      return await run.resumeAt(mbox);
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  for (const { path, sizeBytes } of paths) {
    const onBytes = (bytes: number): void => {
      doneBytes = finishedBytes + bytes;
    };
    for await (const item of readMail(path, { resumeAt, onBytes, maxMessageBytes })) {
      if (failure !== undefined) throw failure.error;
      await run.take(item);
      if (performance.now() - reportedMs < progressEveryMs) continue;
      reportedMs = performance.now();
      onProgress?.({ doneBytes, totalBytes, found: run.found });
      // Lets a signal through: reading and parsing small messages never waits for anything.
      await setImmediate();
      if (signal?.aborted === true) break;
    }
    if (signal?.aborted === true) break;
    finishedBytes += sizeBytes;
  }
  const report = await run.finish(signal?.aborted === true);
  onProgress?.({ doneBytes, totalBytes, found: report.found });
  return report;
}

/**
 * Makes sure that there is something to import, before a mailbox is made for it. Throws `INVALID_INPUT` for a path that
 * is not there, and when no path holds any mail, which most likely is a wrong path.
 */
export async function requireMail(paths: readonly string[]): Promise<void> {
  const skipped: string[] = [];
  const options = { resumeAt: () => 0, onBytes: () => undefined, maxMessageBytes: gmailImportLimitBytes };
  for (const path of paths.map(existingPath)) {
    for await (const item of readMail(path, options)) {
      if (item.kind === 'message' || item.kind === 'unreadable') return;
      if (item.kind === 'skipped') skipped.push(item.reason);
    }
  }
  throw new AppError('INVALID_INPUT', `There is no mail in ${paths.join(', ')}.`, {
    field: 'PATH',
    expected: 'an mbox (also .gz), a Maildir, .eml files or folders of them, a Google Takeout folder or .zip',
    got: skipped.length === 1 ? `a file that is no mail: ${skipped[0]}` : `${skipped.length} files that are no mail`,
  });
}

function existingPath(path: string): string {
  const absolute = resolve(path);
  try {
    statSync(absolute);
    return absolute;
  } catch (error) {
    const isMissing = systemCode(error) === 'ENOENT';
    throw new AppError(
      'INVALID_INPUT',
      isMissing ? `There is no ${absolute} to import.` : `${absolute} cannot be read: ${messageOf(error)}.`,
      { field: 'PATH', expected: 'a file or a folder that can be read', got: path },
      error,
    );
  }
}

function sizeUnder(path: string): number {
  let sizeBytes = 0;
  for (const file of walkFiles(path)) if (file.kind === 'file') sizeBytes += file.sizeBytes;
  return sizeBytes;
}
