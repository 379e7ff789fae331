import { decodeUnlabelled, isEightBit } from './decode-bytes.ts';

/** One header field, unfolded, its encoded words (RFC 2047) not yet decoded. */
export interface RawHeader {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  /** The value as it is in the message: one character a byte. */
  readonly latin1: string;
}

/** The header block of a message, and the offset in bytes where the body begins. */
export interface HeaderBlock {
  readonly headers: readonly RawHeader[];
  readonly bodyOffset: number;
}

/** Headers behind this many bytes are not looked at. Far above any real message: Gmail itself takes 500 kB. */
const maxHeaderBytes = 2 * 1024 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads the header fields of a message (RFC 5322 section 2.2), in order. Bytes above 127 that stand there without
 * any encoding are read as UTF-8 (RFC 6532), else in the charset that Content-Type names, else as windows-1252.
 * Lines that are no header field are passed over. Never throws.
 */
export function splitHeaders(raw: Uint8Array): HeaderBlock {
  const bodyOffset = findBody(raw);
  const headerEnd = Math.min(bodyOffset, maxHeaderBytes);
  const fields = unfold(Buffer.from(raw.buffer, raw.byteOffset, headerEnd).toString('latin1'));
  const contentType = fields.find(({ name }) => name === 'content-type')?.latin1 ?? '';
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
  const headers = fields.map(({ name, latin1 }) => ({
    name,
    latin1,
    value: isEightBit(latin1) ? decodeUnlabelled(Buffer.from(latin1, 'latin1'), charset) : latin1,
  }));
  return { headers, bodyOffset };
}

/** The offset behind the first empty line; the length of the message where there is none. */
function findBody(raw: Uint8Array): number {
  let lineStart = 0;
  for (;;) {
    const lineEnd = raw.indexOf(lineFeed, lineStart);
    if (lineEnd < 0) return raw.length;
    let textEnd = lineEnd;
    while (textEnd > lineStart && raw[textEnd - 1] === carriageReturn) textEnd -= 1;
    if (textEnd === lineStart) return lineEnd + 1;
    lineStart = lineEnd + 1;
  }
}

function unfold(block: string): { name: string; latin1: string }[] {
  const fields: { name: string; parts: string[] }[] = [];
  for (const line of block.split('\n')) {
    const field = /^([!-9;-~]+)[ \t]*:/.exec(line);
    if (line.startsWith(' ') || line.startsWith('\t')) fields.at(-1)?.parts.push(trimSpace(line));
    else if (field !== null) {
      fields.push({ name: (field[1] ?? '').toLowerCase(), parts: [trimSpace(line.slice(field[0].length))] });
    }
  }
  return fields.map(({ name, parts }) => ({ name, latin1: trimSpace(parts.join(' ')) }));
}

/** `trim` would also take the byte 0xA0, with which `à` ends in UTF-8. */
function trimSpace(latin1: string): string {
  const isSpace = (index: number): boolean => ' \t\r'.includes(latin1.charAt(index));
  let start = 0;
  let end = latin1.length;
  while (start < end && isSpace(start)) start += 1;
  while (end > start && isSpace(end - 1)) end -= 1;
  return latin1.slice(start, end);
}
