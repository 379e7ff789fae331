import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { availableParallelism } from 'node:os';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import type { ImportProgress, ImportReport } from './import-report.ts';
import { ImportRun } from './import-run.ts';
import type { ImportSelection } from './import-selection.ts';
import type { ImportTarget } from './import-target.ts';
import { readBatches } from './read-batches.ts';
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
  /** From this size of all files on, mail is read by a thread of its own. Default: {@link threadBytes}; where there is one processor, never. */
  readonly inThreadFromBytes?: number;
}

/** https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/import */
const gmailImportLimitBytes = 150 * 1024 * 1024;

/** To start a thread and its code takes as long as to import some hundred messages. */
const threadBytes = 4 * 1024 * 1024;

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
  const request = { paths, selection, nowMs, maxMessageBytes };
  const run = new ImportRun(mailbox, timeZone);
  const inThreadFromBytes = options.inThreadFromBytes ?? (availableParallelism() > 1 ? threadBytes : Infinity);
  const events =
    totalBytes >= inThreadFromBytes && !('isDryRun' in mailbox)
      ? (await import('./read-in-thread.ts')).readInThread(request, mailbox, signal)
      : readBatches(request, (name) => mailbox.getMark(name), signal);
  for await (const event of events) {
    switch (event.kind) {
      case 'batch':
      case 'ready':
        await run.store(event);
        break;
      case 'progress':
        onProgress?.({ doneBytes: event.doneBytes, totalBytes, found: event.found });
        break;
      case 'end': {
        const report = await run.finish(event.findings);
        onProgress?.({ doneBytes: event.doneBytes, totalBytes, found: report.found });
        return report;
      }
    }
  }
  throw new Error('the reading of the mail had no end');
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
