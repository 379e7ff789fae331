import { basename } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { archiveLabels } from './archive-labels.ts';
import {
  fileSource,
  gunzipSource,
  memorySource,
  readUpTo,
  readUpToError,
  type ByteSource,
  type OnRead,
} from './byte-source.ts';
import { detectFormat, headBytes } from './detect-format.ts';
import { readEmlx } from './emlx.ts';
import { labelsOfNames } from './label-names.ts';
import type { MailItem, MboxIdentity } from './mail-item.ts';
import { maildirLabels } from './maildir.ts';
import { splitMbox } from './split-mbox.ts';
import { readTarEntries } from './tar-entries.ts';
import { takeGmailHeaders } from './take-gmail-headers.ts';
import { walkFiles } from './walk-files.ts';
import { readZipEntries } from './zip-entries.ts';

export interface ReadMailOptions {
  /** Where to go on in an mbox that was read in part before; 0 for its beginning. */
  readonly resumeAt: (mbox: MboxIdentity) => number | Promise<number>;
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
 * Every message under a path: mbox, Maildir, single messages, each of these in folders and in zip and tar archives, mbox,
 * message and tar in gzip. Holds one message at a time. What cannot be read is handed out with the reason and never ends the
 * reading.
 */
export async function* readMail(path: string, options: ReadMailOptions): AsyncGenerator<MailItem> {
  let finishedBytes = 0;
  for (const walked of walkFiles(path)) {
    if (walked.kind !== 'file') {
      yield { kind: walked.kind, source: walked.path, reason: walked.reason };
      continue;
    }
    let readBytes = 0;
    const onRead = (bytes: number): void => {
      readBytes += bytes;
      options.onBytes(finishedBytes + Math.min(readBytes, walked.sizeBytes));
    };
    yield* readFile({ ...walked, filename: basename(walked.path), source: fileSource(walked.path), onRead }, options);
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
        yield* readMbox(file, options);
        break;
      case 'message':
      case 'emlx':
        yield await readSingleMessage(file, options, format.kind);
        break;
      case 'tar':
        yield* readTar(file, options);
        break;
      case 'gzip':
        yield* readGzip(file, options);
        break;
      case 'zip':
        yield* readZip(file, options);
        break;
      case 'broken':
        yield { kind: 'unreadable', source: file.path, reason: format.reason };
        break;
      case 'notMail':
        yield { kind: 'skipped', source: file.path, reason: format.reason };
    }
  } catch (error) {
    yield { kind: 'unreadable', source: file.path, reason: `it cannot be read: ${messageOf(error)}` };
  }
}

async function* readGzip(file: OpenFile, options: ReadMailOptions): AsyncGenerator<MailItem> {
  const source = gunzipSource(file.source);
  // What is packed in a damaged file may still begin with whole messages.
  const { bytes: head, error } = await readUpToError(source, headBytes);
  if (head.length === 0 && error !== undefined) throw error;
  const unpacked = { ...file, filename: file.filename.replace(/\.gz$/i, ''), source };
  const format = detectFormat(head, { filename: unpacked.filename });
  if (format.kind === 'mbox') yield* readMbox(unpacked, options);
  else if (format.kind === 'tar') yield* readTar(unpacked, options);
  else if (format.kind === 'message' || format.kind === 'emlx') {
    yield await readSingleMessage(unpacked, options, format.kind);
  } else {
    const reason = 'a gzip that holds neither an mbox nor a message nor a tar archive';
    yield { kind: format.kind === 'broken' ? 'unreadable' : 'skipped', source: file.path, reason };
  }
}

async function* readTar(file: OpenFile, options: ReadMailOptions): AsyncGenerator<MailItem> {
  let place = file.path;
  try {
    for await (const { name, sizeBytes, modifiedMs, source } of readTarEntries(file.source.read(0, file.onRead))) {
      place = `${file.path}!${name}`;
      if (/\.gz$/i.test(name) && sizeBytes > headBytes) {
        yield { kind: 'unreadable', source: place, reason: 'a packed file inside a tar archive; unpack it first' };
        continue;
      }
      yield* readEntry(file, { name, sizeBytes, modifiedMs, source, onRead: () => undefined }, options);
    }
  } catch (error) {
    yield { kind: 'unreadable', source: place, reason: `the archive breaks off behind this file: ${messageOf(error)}` };
  }
}

async function* readZip(file: OpenFile, options: ReadMailOptions): AsyncGenerator<MailItem> {
  for await (const { name, unpackedBytes, modifiedMs, source } of readZipEntries(file.path)) {
    yield* readEntry(file, { name, sizeBytes: unpackedBytes, modifiedMs, source, onRead: file.onRead }, options);
  }
}

/** A file in an archive. */
async function* readEntry(
  archive: OpenFile,
  { name, ...entry }: Pick<OpenFile, 'sizeBytes' | 'modifiedMs' | 'source' | 'onRead'> & { readonly name: string },
  options: ReadMailOptions,
): AsyncGenerator<MailItem> {
  const folders = name.split('/');
  const filename = folders.pop() ?? '';
  const path = `${archive.path}!${name}`;
  if (/\.(?:zip|tar|tgz|tar\.gz)$/i.test(filename)) {
    yield { kind: 'unreadable', source: path, reason: 'an archive inside an archive; unpack it first' };
    return;
  }
  yield* readFile({ ...entry, path, filename, folderNames: [...archive.folderNames, ...folders] }, options);
}

async function* readMbox(file: OpenFile, options: ReadMailOptions): AsyncGenerator<MailItem> {
  const mbox = { path: file.path, sizeBytes: file.sizeBytes, modifiedMs: file.modifiedMs };
  const labels = labelsOfFile(file, true);
  let offsetBytes = await options.resumeAt(mbox);
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
        const { raw, envelope } = entry;
        yield { kind: 'message', ...place, ...readTakeoutHeaders(raw, labels), envelope, fileMs: file.modifiedMs };
      }
    }
  } catch (error) {
    const reason = `the archive breaks off in this message: ${messageOf(error)}`;
    yield { kind: 'unreadable', source: placeOf(offsetBytes), reason };
  }
  yield { kind: 'mboxEnd', mbox };
}

async function readSingleMessage(
  file: OpenFile,
  options: ReadMailOptions,
  kind: 'message' | 'emlx',
): Promise<MailItem> {
  const raw = await readUpTo(file.source, options.maxMessageBytes + 1);
  if (raw.length > options.maxMessageBytes) {
    return { kind: 'unreadable', source: file.path, reason: tooLarge(Math.max(raw.length, file.sizeBytes), options) };
  }
  const apple = kind === 'emlx' ? readEmlx(raw) : undefined;
  const labels = [...labelsOfFile(file, false), ...(apple?.labels ?? [])];
  return { kind: 'message', source: file.path, raw: apple?.raw ?? raw, labels, fileMs: file.modifiedMs };
}

function labelsOfFile({ filename, folderNames, maildirFolder }: OpenFile, isMbox: boolean): readonly string[] {
  if (maildirFolder !== undefined) return maildirLabels(maildirFolder, filename);
  return archiveLabels(folderNames, filename, isMbox);
}

/** What Takeout says of a message outranks what its file says. One from Gmail that names no labels has none. */
function readTakeoutHeaders(
  archived: Uint8Array,
  fileLabels: readonly string[],
): { readonly raw: Uint8Array; readonly labels: readonly string[]; readonly gmailThreadId?: string } {
  const { raw, labels, gmailThreadId } = takeGmailHeaders(archived);
  if (gmailThreadId === undefined) return { raw, labels: labels === undefined ? fileLabels : labelsOfNames(labels) };
  return { raw, labels: labelsOfNames(labels ?? []), gmailThreadId };
}

function tooLarge(sizeBytes: number, { maxMessageBytes }: ReadMailOptions): string {
  return `the message is over ${formatMebibytes(maxMessageBytes)}: ${formatMebibytes(sizeBytes)}`;
}

function formatMebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
