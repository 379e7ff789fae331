import { trimEndOf } from '../../core/trim-end-of.ts';
import {
  readEnvelopeLine,
  readLooseEnvelopeLine,
  readUndatedEnvelopeLine,
  type EnvelopeLine,
} from './envelope-line.ts';
import { headerEvidence, type HeaderEvidence } from './header-evidence.ts';
import { unescapeFromLines } from './unescape-from-lines.ts';

/** A message of an mbox, or the notice that one was too large to be read. Offsets count from the mbox's first byte. */
export type MboxEntry = {
  /** Where its envelope line begins. */
  readonly offsetBytes: number;
  /** Where the next message begins: the place to go on from. */
  readonly nextOffsetBytes: number;
} & (
  | { readonly kind: 'message'; readonly raw: Uint8Array; readonly envelope: EnvelopeLine }
  | { readonly kind: 'tooLarge'; readonly sizeBytes: number }
);

export interface SplitOptions {
  /** A message over this size is named and passed over, without being held in memory. */
  readonly maxMessageBytes: number;
  /** Where in the mbox the first chunk begins, if not at its first byte. */
  readonly startOffsetBytes?: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** Lines longer than this are no envelope. */
const maxLineBytes = 1000;
/** How far behind an envelope line is looked for the header of a message. */
const searchedHeaderBytes = 16 * 1024;
const separator = Buffer.from('\nFrom ');

/** `From ` at the place where a message has to begin, but no message behind it that could be read as one. */
const unreadableEnvelope: EnvelopeLine = { hasZone: false };

/**
 * Splits an mbox (mboxo, mboxrd; lines end in LF or CRLF) into its messages, with memory for one message at a time.
 * It has to begin with a `From ` line, but for empty lines and a byte order mark.
 *
 * Bodies hold `From ` lines that nobody escaped, and some archives leave out the empty line between two messages. So
 * a line counts as a separator if it is an envelope line (sender and date) with a header field on the line behind it. A
 * line of another dialect, or without a date, needs more of a header; and any line behind an empty one that a whole header
 * follows separates too, since three messages must not become one. Other `From ` lines are text of the message around.
 */
export async function* splitMbox(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { maxMessageBytes, startOffsetBytes = 0 }: SplitOptions,
): AsyncGenerator<MboxEntry> {
  const window = new SlidingWindow(startOffsetBytes);
  let searchedTo = 0;
  let skippedBytes = 0;

  const entryTo = (end: number): MboxEntry => {
    const offsetBytes = window.offsetBytes - skippedBytes;
    const nextOffsetBytes = window.offsetBytes + end;
    const sizeBytes = nextOffsetBytes - offsetBytes;
    if (skippedBytes > 0 || sizeBytes > maxMessageBytes) {
      return { kind: 'tooLarge', offsetBytes, nextOffsetBytes, sizeBytes };
    }
    return { kind: 'message', offsetBytes, nextOffsetBytes, ...readEntry(window.bytes.subarray(0, end)) };
  };

  /** The messages that end inside the window, as far as it can tell before the next chunk (`isLast`: there is none). */
  function* completeEntries(isLast: boolean): Generator<MboxEntry> {
    for (;;) {
      const { bytes } = window;
      const found = bytes.indexOf(separator, searchedTo);
      if (found < 0) {
        searchedTo = Math.max(0, bytes.length - separator.length + 1);
        return;
      }
      const lineStart = found + 1;
      if (!isLast && !hasHeader(bytes, lineStart)) {
        searchedTo = found;
        return;
      }
      searchedTo = lineStart;
      if (!isSeparator(bytes, lineStart)) continue;
      yield entryTo(lineStart);
      window.drop(lineStart);
      searchedTo = 0;
      skippedBytes = 0;
    }
  }

  let isBeginning = startOffsetBytes === 0;
  for await (const chunk of chunks) {
    window.append(chunk);
    if (isBeginning) searchedTo = firstLine(window.bytes);
    isBeginning = false;
    yield* completeEntries(false);
    if (window.bytes.length > maxMessageBytes) {
      // Only what a separator could begin in is kept of a message that is too large.
      const dropped = Math.max(0, searchedTo - maxLineBytes);
      window.drop(dropped);
      searchedTo -= dropped;
      skippedBytes += dropped;
    }
  }
  yield* completeEntries(true);
  if (window.bytes.length + skippedBytes > 0) yield entryTo(window.bytes.length);
}

/** Whether the file's beginning is that of an mbox: an envelope line, then a header. */
export function beginsLikeMbox(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const start = firstLine(bytes);
  return bytes.subarray(start, start + 5).equals(separator.subarray(1)) && isSeparator(bytes, start);
}

/** Where the first line begins that is not empty, behind a byte order mark. */
function firstLine(bytes: Buffer): number {
  let start = bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  while (bytes[start] === lineFeed || bytes[start] === carriageReturn) start += 1;
  return start;
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Whether all is there of what may decide on a separator: a header to its end, or as much of it as is looked at. */
function hasHeader(bytes: Buffer, lineStart: number): boolean {
  if (bytes.length >= lineStart + searchedHeaderBytes) return true;
  const head = bytes.subarray(lineStart);
  return head.includes('\n\n', 0, 'latin1') || head.includes('\n\r\n', 0, 'latin1');
}

function isSeparator(bytes: Buffer, lineStart: number): boolean {
  const envelope = envelopeAt(bytes, lineStart);
  if (envelope === undefined) return false;
  const { line, end } = envelope;
  const header = headerEvidence(bytes.subarray(end, end + searchedHeaderBytes));
  if (header.firstField === undefined) return false;
  if (readEnvelopeLine(line) !== undefined) return true;
  const isBehindEmpty = isBehindEmptyLine(bytes, lineStart);
  if (readUndatedEnvelopeLine(line) !== undefined && isBehindEmpty) return true;
  const read = readLooseEnvelopeLine(line);
  if (read !== undefined) return header.knownFields >= 2 && (isBehindEmpty || read.dateMs !== undefined);
  return isBehindEmpty && isWholeHeader(header);
}

/** Fields of a message that nobody would write at the beginning of a paragraph. */
function isWholeHeader({ knownFields, firstField, names }: HeaderEvidence): boolean {
  return (
    firstField === 'known' && knownFields >= 3 && names.has('from') && (names.has('date') || names.has('received'))
  );
}

function readEnvelope(line: string): EnvelopeLine | undefined {
  return readEnvelopeLine(line) ?? readUndatedEnvelopeLine(line) ?? readLooseEnvelopeLine(line);
}

/** An envelope line and where it ends; some archives have folded a long one. Undefined for a line that is too long. */
function envelopeAt(bytes: Buffer, start: number): { readonly line: string; readonly end: number } | undefined {
  let end = start;
  let line = '';
  do {
    const lineBreak = bytes.indexOf(lineFeed, end);
    if (lineBreak < 0 || lineBreak - start > maxLineBytes) return undefined;
    line += trimEndOf(bytes.toString('latin1', end, lineBreak), '\r');
    end = lineBreak + 1;
  } while (bytes[end] === 0x20 || bytes[end] === 0x09);
  return { line, end };
}

/** The empty line before `lineStart` is the line feed there and another (or CR LF); the file's beginning counts as one. */
function isBehindEmptyLine(bytes: Buffer, lineStart: number): boolean {
  if (lineStart === 0 || lineStart === firstLine(bytes)) return true;
  const before = bytes[lineStart - 2] === carriageReturn ? lineStart - 3 : lineStart - 2;
  return bytes[before] === lineFeed;
}

/** The message behind its envelope line, as it was before it went into the mbox. */
function readEntry(entry: Buffer): { readonly raw: Uint8Array; readonly envelope: EnvelopeLine } {
  const envelope = envelopeAt(entry, firstLine(entry));
  if (envelope === undefined) return { raw: new Uint8Array(), envelope: unreadableEnvelope };
  const message = entry.subarray(envelope.end, Math.max(envelope.end, endWithoutSeparatorLine(entry)));
  return { raw: unescapeFromLines(message), envelope: readEnvelope(envelope.line) ?? unreadableEnvelope };
}

/** The empty line that ends a message in an mbox belongs to the mbox. */
function endWithoutSeparatorLine(entry: Buffer): number {
  if (entry.at(-1) !== lineFeed || !isBehindEmptyLine(entry, entry.length)) return entry.length;
  return entry.length - (entry.at(-2) === carriageReturn ? 2 : 1);
}

/** The bytes between what is done with and what was read: appended behind, dropped in front. */
class SlidingWindow {
  /** Where the window's first byte stands in the mbox. */
  offsetBytes: number;
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #start = 0;
  #end = 0;

  constructor(offsetBytes: number) {
    this.offsetBytes = offsetBytes;
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  drop(count: number): void {
    this.#start += count;
    this.offsetBytes += count;
  }

  /** Twice what is needed, so that a large message is moved a few times only. */
  #makeRoom(extraBytes: number): void {
    const held = this.#end - this.#start;
    const needed = held + extraBytes;
    const next = needed > this.#buffer.length / 2 ? Buffer.allocUnsafe(needed * 2) : this.#buffer;
    this.#buffer.copy(next, 0, this.#start, this.#end);
    this.#buffer = next;
    this.#start = 0;
    this.#end = held;
  }
}
