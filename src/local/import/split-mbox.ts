import { readEnvelopeLine, readUndatedEnvelopeLine, type EnvelopeLine } from './envelope-line.ts';
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
/** Lines longer than this are no envelope and no header field name. */
const maxLineBytes = 1000;
const separator = Buffer.from('\nFrom ');

/** `From ` at the place where a message has to begin, but no message behind it that could be read as one. */
const unreadableEnvelope: EnvelopeLine = { hasZone: false };

/**
 * Splits an mbox (mboxo, mboxrd; lines end in LF or CRLF) into its messages, with memory for one message at a time.
 * The first chunk has to begin with a `From ` line.
 *
 * Bodies hold `From ` lines that nobody escaped, and some archives leave out the empty line between two messages. So
 * a line counts as a separator if it is an envelope line (sender and date) with a header field on the line behind it;
 * without a date it must stand behind an empty line too. Any other `From ` line is text of the message around it.
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
      if (!isLast && bytes.length < lineStart + 2 * maxLineBytes) {
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

  for await (const chunk of chunks) {
    window.append(chunk);
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

/** Whether the file's beginning is that of an mbox: an envelope line, then a header field. */
export function beginsLikeMbox(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (!bytes.subarray(0, 5).equals(separator.subarray(1))) return false;
  const { line, nextLine } = linesAt(bytes, 0);
  return readEnvelope(line) !== undefined && isHeaderField(nextLine);
}

function isSeparator(bytes: Buffer, lineStart: number): boolean {
  const { line, nextLine } = linesAt(bytes, lineStart);
  if (!isHeaderField(nextLine)) return false;
  if (readEnvelopeLine(line) !== undefined) return true;
  return readUndatedEnvelopeLine(line) !== undefined && isBehindEmptyLine(bytes, lineStart);
}

function readEnvelope(line: string): EnvelopeLine | undefined {
  return readEnvelopeLine(line) ?? readUndatedEnvelopeLine(line);
}

/** A header field, or the escaped envelope line that some delivery agents put before the first field. */
function isHeaderField(line: string): boolean {
  return /^[!-9;-~]+[ \t]*:/.test(line) || line.startsWith('>From ');
}

/** The line that begins at an offset and the one behind it, without line ends, each cut at `maxLineBytes`. */
function linesAt(bytes: Buffer, start: number): { readonly line: string; readonly nextLine: string } {
  const end = bytes.indexOf(lineFeed, start);
  if (end < 0 || end - start > maxLineBytes) return { line: '', nextLine: '' };
  const line = bytes.toString('latin1', start, end).replace(/\r+$/, '');
  const nextEnd = bytes.subarray(end + 1, end + 1 + maxLineBytes).indexOf(lineFeed);
  const nextLine = bytes.toString('latin1', end + 1, end + 1 + (nextEnd < 0 ? maxLineBytes : nextEnd));
  return { line, nextLine: nextLine.replace(/\r+$/, '') };
}

/** `lineStart` stands behind a line feed; the empty line before it is that line feed and another (or CR LF). */
function isBehindEmptyLine(bytes: Buffer, lineStart: number): boolean {
  const before = bytes[lineStart - 2] === carriageReturn ? lineStart - 3 : lineStart - 2;
  return bytes[before] === lineFeed;
}

/** The message behind its envelope line, as it was before it went into the mbox. */
function readEntry(entry: Buffer): { readonly raw: Uint8Array; readonly envelope: EnvelopeLine } {
  const envelopeEnd = entry.indexOf(lineFeed);
  if (envelopeEnd < 0) return { raw: new Uint8Array(), envelope: unreadableEnvelope };
  const line = entry.toString('latin1', 0, Math.min(envelopeEnd, maxLineBytes)).replace(/\r+$/, '');
  const message = entry.subarray(envelopeEnd + 1, endWithoutSeparatorLine(entry));
  return { raw: unescapeFromLines(message), envelope: readEnvelope(line) ?? unreadableEnvelope };
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
