import { bufferOn, endOfLine, lineFeed, nextLine } from './bytes.ts';

/** A file that stands in a text, and where: from its first line to behind its last one. */
export interface EmbeddedFile {
  readonly start: number;
  readonly end: number;
  readonly filename: string;
  readonly content: Buffer;
}

const beginLine = /^begin(?:-base64)? [0-7]{3,4} (\S.{0,255})$/;

/** The content of a body that is one uuencoded file; undefined where it is none. */
export function decodeUuencode(body: Uint8Array): Buffer | undefined {
  return findUuencoded(bufferOn(body), 0)?.content;
}

/**
 * The first uuencoded file (POSIX `uuencode`) at or behind `from`: from a line `begin 644 NAME` to a line `end`, all lines
 * between them of the form. A text that only speaks of `begin 644` holds none.
 */
export function findUuencoded(bytes: Buffer, from: number): EmbeddedFile | undefined {
  let position = from;
  for (;;) {
    const start = lineStarting(bytes, 'begin', position);
    if (start < 0) return undefined;
    const next = nextLine(bytes, start, bytes.length);
    const line = bytes.toString('latin1', start, Math.min(endOfLine(bytes, start, next), start + 300));
    const filename = beginLine.exec(line)?.[1];
    const file = filename === undefined ? undefined : readLines(bytes, next, line.startsWith('begin-'));
    // What was read in vain is text, and holds no beginning of another file: each byte is read once.
    if (file?.end !== undefined) return { start, end: file.end, filename: filename ?? '', content: file.content };
    position = file?.readTo ?? next;
  }
}

/** Where a line begins that starts with `word`, at `from` or behind; negative where there is none. */
export function lineStarting(bytes: Buffer, word: string, from: number): number {
  const isLineStart = from === 0 || bytes[from - 1] === lineFeed;
  if (isLineStart && bytes.toString('latin1', from, from + word.length) === word) return from;
  const found = bytes.indexOf(`\n${word}`, from, 'latin1');
  return found < 0 ? found : found + 1;
}

interface ReadLines {
  readonly content: Buffer;
  /** Behind the line `end`; undefined where a line was of another form before that. */
  readonly end?: number;
  readonly readTo: number;
}

function readLines(bytes: Buffer, start: number, isBase64: boolean): ReadLines {
  const pieces: Buffer[] = [];
  let position = start;
  while (position < bytes.length) {
    const next = nextLine(bytes, position, bytes.length);
    const line = bytes.subarray(position, endOfLine(bytes, position, next));
    if (line.equals(endMark) || (isBase64 && line.equals(base64EndMark))) {
      return { content: Buffer.concat(pieces), end: next, readTo: next };
    }
    const piece = isBase64 ? Buffer.from(line.toString('latin1'), 'base64') : decodeLine(line);
    if (piece === undefined) return { content: Buffer.alloc(0), readTo: position };
    pieces.push(piece);
    position = next;
  }
  return { content: Buffer.alloc(0), readTo: position };
}

const endMark = Buffer.from('end');
const base64EndMark = Buffer.from('====');
/** The first character says how many bytes a line holds. */
const maxLineBytes = 63;

/** One line; undefined where it is none. Spaces at its end may be lost: they stand for zeros. */
function decodeLine(line: Buffer): Buffer | undefined {
  if (line.length === 0) return Buffer.alloc(0);
  const count = sixBits(line[0]);
  const encodedLength = Math.ceil(count / 3) * 4;
  // Some encoders add a check character.
  if (count > maxLineBytes || line.length > 1 + encodedLength + 2) return undefined;
  const content = Buffer.alloc(Math.ceil(count / 3) * 3);
  for (let group = 0; group * 4 < encodedLength; group += 1) {
    let value = 0;
    for (let index = 0; index < 4; index += 1) value = value * 64 + sixBits(line[1 + group * 4 + index]);
    content.writeUIntBE(value, group * 3, 3);
  }
  for (const byte of line) if (byte < 0x20 || byte > 0x60) return undefined;
  return content.subarray(0, count);
}

/** Space and back quote both stand for zero. */
function sixBits(byte = 0x20): number {
  return (byte - 0x20) & 0x3f;
}
