import { basename } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { archiveLabels } from './archive-labels.ts';
import { fileSource, gunzipSource, memorySource, readUpTo, type ByteSource, type OnRead } from './byte-source.ts';
import { detectFormat, headBytes } from './detect-format.ts';
import { labelsOfNames } from './label-names.ts';
import type { MailItem, MboxIdentity } from './mail-item.ts';
import { maildirLabels } from './maildir.ts';
import { splitMbox } from './split-mbox.ts';
import { takeGmailHeaders } from './take-gmail-headers.ts';
import { walkFiles } from './walk-files.ts';
import { readZipEntries } from './zip-entries.ts';

export interface ReadMailOptions {
  /** Where to go on in an mbox that was read in part before; 0 for its beginning. */
  readonly resumeAt: (mbox: MboxIdentity) => number;
  /** Hears how far the reading is, in bytes of the files under the path. */
  readonly onBytes: (doneBytes: number) => void;
  /** Larger messages are unreadable. */
  readonly maxMessageBytes: number;
}

/** A file to be read, on the disk or in a zip archive. */
interface OpenFile {
  readonly path: string;
  readonly filename: string;
  readonly source: ByteSource;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly folderNames: readonly string[];
  readonly maildirFolder?: readonly string[];
  readonly onRead: OnRead;
}

/**
 * Every message under a path: mbox, Maildir, single messages, each of these in folders and in zip archives, mbox and
 * message in gzip. Holds one message at a time. What cannot be read is handed out with the reason and never ends the
 * reading.
 */
export async function* readMail(path: string, options: ReadMailOptions): AsyncGenerator<MailItem> {
  let finishedBytes = 0;
  for (const walked of walkFiles(path)) {
    if (walked.kind === 'problem') {
      yield { kind: 'unreadable', source: walked.path, reason: walked.reason };
      continue;
    }
    let readBytes = 0;
    const onRead = (bytes: number): void => {
      readBytes += bytes;
      options.onBytes(finishedBytes + Math.min(readBytes, walked.sizeBytes));
    };
    yield* readFile(
      { ...walked, filename: basename(walked.path), source: fileSource(walked.path), onRead },
      options,
    );
    finishedBytes += walked.sizeBytes;
    options.onBytes(finishedBytes);
  }
}

async function* readFile(found: OpenFile, options: ReadMailOptions): AsyncGenerator<MailItem> {
  let file = found;
  try {
    const head = await readUpTo(found.source, headBytes);
    // A small file, as most messages are, is read once.
    if (head.length < headBytes) file = { ...found, source: memorySource(head) };
    const format = detectFormat(head, { filename: file.filename, isInMaildir: file.maildirFolder !== undefined });
    switch (format.kind) {
      case 'mbox':
        return yield* readMbox(file, options);
      case 'message':
        return yield await readSingleMessage(file, options);
      case 'gzip':
        return yield* readGzip(file, options);
      case 'zip':
        return yield* readZip(file, options);
      case 'broken':
        return yield { kind: 'unreadable', source: file.path, reason: format.reason };
      case 'notMail':
        return yield { kind: 'skipped', source: file.path, reason: format.reason };
    }
  } catch (error) {
    yield { kind: 'unreadable', source: file.path, reason: `it cannot be read: ${messageOf(error)}` };
  }
}

async function* readGzip(file: OpenFile, options: ReadMailOptions): AsyncGenerator<MailItem> {
  const source = gunzipSource(file.source);
  const head = await readUpTo(source, headBytes);
  const format = detectFormat(head, { filename: file.filename.replace(/\.gz$/i, '') });
  if (format.kind === 'mbox') return yield* readMbox({ ...file, source }, options);
  if (format.kind === 'message') return yield await readSingleMessage({ ...file, source }, options);
  const reason = 'a gzip that holds neither an mbox nor a message; unpack a .tgz first';
  yield { kind: format.kind === 'broken' ? 'unreadable' : 'skipped', source: file.path, reason };
}

async function* readZip(file: OpenFile, options: ReadMailOptions): AsyncGenerator<MailItem> {
  for await (const entry of readZipEntries(file.path)) {
    const folders = entry.name.split('/');
    const filename = folders.pop() ?? '';
    yield* readFile(
      {
        path: `${file.path}!${entry.name}`,
        filename,
        source: entry.source,
        sizeBytes: entry.unpackedBytes,
        modifiedMs: entry.modifiedMs,
        folderNames: [...file.folderNames, ...folders],
        onRead: file.onRead,
      },
      options,
    );
  }
}

async function* readMbox(file: OpenFile, options: ReadMailOptions): AsyncGenerator<MailItem> {
  const mbox = { path: file.path, sizeBytes: file.sizeBytes, modifiedMs: file.modifiedMs };
  const labels = archiveLabels(file.folderNames, file.filename, true);
  let offsetBytes = options.resumeAt(mbox);
  const placeOf = (offset: number): string => `${file.path} at byte ${offset}`;
  try {
    const chunks = file.source.read(offsetBytes, file.onRead);
    for await (const entry of splitMbox(chunks, { ...options, startOffsetBytes: offsetBytes })) {
      const place = { source: placeOf(entry.offsetBytes), position: { mbox, offsetBytes: entry.nextOffsetBytes } };
      offsetBytes = entry.nextOffsetBytes;
      if (entry.kind === 'tooLarge') {
        yield { kind: 'unreadable', reason: tooLarge(entry.sizeBytes, options), ...place };
      } else if (entry.raw.length === 0) {
        yield { kind: 'unreadable', reason: 'there is no message behind the From line', ...place };
      } else {
        const { envelope } = entry;
        const message = withoutTakeoutHeaders(entry.raw, envelope.isTakeout ? [] : labels);
        yield { kind: 'message', ...place, ...message, envelope, fileMs: file.modifiedMs };
      }
    }
  } catch (error) {
    const reason = `the archive breaks off in this message: ${messageOf(error)}`;
    yield { kind: 'unreadable', source: placeOf(offsetBytes), reason };
  }
  yield { kind: 'mboxEnd', mbox };
}

async function readSingleMessage(file: OpenFile, options: ReadMailOptions): Promise<MailItem> {
  const raw = await readUpTo(file.source, options.maxMessageBytes + 1);
  if (raw.length > options.maxMessageBytes) {
    return { kind: 'unreadable', source: file.path, reason: tooLarge(Math.max(raw.length, file.sizeBytes), options) };
  }
  const labels =
    file.maildirFolder === undefined
      ? archiveLabels(file.folderNames, file.filename, false)
      : maildirLabels(file.maildirFolder, file.filename);
  return { kind: 'message', source: file.path, ...withoutTakeoutHeaders(raw, labels), fileMs: file.modifiedMs };
}

/** What Takeout says of a message outranks what its file says. */
function withoutTakeoutHeaders(
  archived: Uint8Array,
  fileLabels: readonly string[],
): { readonly raw: Uint8Array; readonly labels: readonly string[]; readonly gmailThreadId?: string } {
  const { raw, labels, ...rest } = takeGmailHeaders(archived);
  return { raw, labels: labels === undefined ? fileLabels : labelsOfNames(labels), ...rest };
}

function tooLarge(sizeBytes: number, { maxMessageBytes }: ReadMailOptions): string {
  const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  return `the message is over ${mebibytes(maxMessageBytes)}: ${mebibytes(sizeBytes)}`;
}
