import { bufferOn, carriageReturn, dash, endOfLine, isBlank, lineFeed, nextLine, trimBlanks } from './bytes.ts';

/** One header field, unfolded, nothing decoded. */
export interface RawHeader {
  /** In lower case. */
  readonly name: string;
  readonly writtenName: string;
  /** The value: one character a byte, one space where a line was folded. */
  readonly latin1: string;
  /** The same as it stands in the message: the lines without their breaks, the spaces that begin them kept. */
  readonly lines: readonly string[];
}

/** A header block, and the offset in bytes where the body begins. */
export interface HeaderBlock {
  readonly headers: readonly RawHeader[];
  readonly bodyOffset: number;
}

/** The bytes that begin with a header. */
export interface HeaderPlace {
  readonly start: number;
  readonly end: number;
  /** A part, other than a message, may have no header at all and begin with its text. */
  readonly isPart: boolean;
  /** Whether the line that begins here, with `--`, ends the part and so its header. */
  readonly isDelimiter: (lineStart: number) => boolean;
}

/** Headers behind this many bytes are not looked at. Far above any real message: Gmail itself takes 500 kB. */
const maxHeaderBytes = 2 * 1024 * 1024;
/** Fields behind this many are not looked at. */
const maxFields = 10_000;

const fieldStart = /^([!-9;-~]+)[ \t]*:/;

/** Names of fields in real mail. A line of text may look like a field (`Note: bring keys`), but hardly like one of these. */
const knownName =
  /^(?:content-[\w-]+|x-[\w-]+|resent-[\w-]+|list-[\w-]+|arc-[\w-]+|thread-[\w-]+|dkim-signature|authentication-results|received(?:-spf)?|return-path|delivered-to|from|sender|reply-to|to|cc|bcc|subject|date|message-id|in-reply-to|references|mime-version|precedence|importance|priority|sensitivity|organi[sz]ation|user-agent|auto-submitted|errors-to|feedback-id|comments|keywords|status|lines|newsgroups|path)$/i;

/** Whether a field of this name, in any case, is one that real mail has. */
export function isKnownField(name: string): boolean {
  return knownName.test(name);
}

/**
 * Reads the header fields of a message (RFC 5322 section 2.2), in order. Nothing of the body is lost where the empty line
 * between header and body is missing: behind the last field of a known name, the first line that is no field shows that
 * the body has begun. Such a line before it is damage in the header and passed over. Never throws; reads each byte once.
 */
export function splitHeaders(raw: Uint8Array): HeaderBlock {
  const bytes = bufferOn(raw);
  return readHeaderBlock(bytes, { start: 0, end: bytes.length, isPart: false, isDelimiter: () => false });
}

/** Fields of known names that make a header of what is below empty lines: a letter may begin with one. */
const minFieldsBelow = 2;

/**
 * {@link splitHeaders} for a message or part that lies somewhere in `bytes`. Empty lines above the header of a message, which
 * some programs put there, are passed over.
 */
export function readHeaderBlock(bytes: Buffer, place: HeaderPlace): HeaderBlock {
  const block = readBlock(bytes, place);
  if (place.isPart || block.headers.length > 0) return block;
  let start = behindMark(bytes, place.start);
  while (start < place.end && (bytes[start] === carriageReturn || bytes[start] === lineFeed)) start += 1;
  if (start === place.start) return block;
  const below = readBlock(bytes, { ...place, start });
  return below.headers.filter(({ name }) => isKnownField(name)).length < minFieldsBelow ? block : below;
}

function readBlock(bytes: Buffer, place: HeaderPlace): HeaderBlock {
  const { start, end, isPart, isDelimiter } = place;
  const fields: { writtenName: string; parts: string[] }[] = [];
  /** The fields up to the last one of a known name, and where that ends. */
  let certain = { count: 0, end: start };
  /** What stands behind the certain fields: text shows that the body has begun. */
  let seen: 'nothing' | 'fields' | 'text' = 'nothing';
  let isContinued = false;
  let position = isPart ? start : behindMark(bytes, start);

  const blockEnding = (count: number, bodyOffset: number): HeaderBlock => ({
    headers: fields.slice(0, count).map(toHeader),
    bodyOffset,
  });
  const uncertain = (): HeaderBlock => blockEnding(certain.count, certain.end);

  while (position < end) {
    const next = nextLine(bytes, position, end);
    const textEnd = endOfLine(bytes, position, next);
    if (textEnd === position) {
      const isText = seen === 'text' || (isPart && certain.count === 0 && fields.length > 0);
      return isText ? uncertain() : blockEnding(fields.length, next);
    }
    const isDashed = bytes[position] === dash && bytes[position + 1] === dash;
    if (isDashed && isDelimiter(position)) break;
    const line = position - start < maxHeaderBytes ? bytes.toString('latin1', position, textEnd) : '';
    const isFolded = isBlank(bytes[position]);
    const name = isFolded ? undefined : fieldStart.exec(line)?.[1];
    if (name !== undefined) {
      isContinued = fields.length < maxFields;
      if (isContinued) fields.push({ writtenName: name, parts: [line.slice(line.indexOf(':') + 1)] });
      if (isKnownField(name)) {
        certain = { count: fields.length, end: next };
        seen = 'nothing';
      } else if (seen === 'nothing') seen = 'fields';
    } else if (isFolded && fields.length > 0 && trimBlanks(line) !== '') {
      if (isContinued) fields.at(-1)?.parts.push(line);
      if (seen === 'nothing') certain = { count: fields.length, end: next };
    } else if (isDashed) {
      // A delimiter of the parts that this very header promises.
      return seen === 'text' ? uncertain() : blockEnding(fields.length, position);
    } else if (line !== '' && !isEnvelope(line, fields.length === 0)) {
      seen = 'text';
      isContinued = false;
    }
    position = next;
  }
  const isOpenText = seen === 'text' || (isPart && seen === 'fields');
  return isOpenText ? uncertain() : blockEnding(fields.length, position);
}

/** Where the text begins behind a byte order mark, which some programs put before a message. */
function behindMark(bytes: Buffer, start: number): number {
  return bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start;
}

/** The line that an mbox puts before a message, escaped where a delivery agent put it between the fields. */
function isEnvelope(line: string, isFirst: boolean): boolean {
  return line.startsWith('>From ') || (isFirst && line.startsWith('From '));
}

function toHeader({
  writtenName,
  parts,
}: {
  readonly writtenName: string;
  readonly parts: readonly string[];
}): RawHeader {
  const latin1 = trimBlanks(parts.map(trimBlanks).join(' '));
  return { name: writtenName.toLowerCase(), writtenName, latin1, lines: parts };
}
