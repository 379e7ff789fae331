import { bufferOn, carriageReturn, isBlank, lineFeed } from './bytes.ts';
import { decodeUuencode } from './uuencode.ts';

/** What a body says: the bytes that were encoded, and what follows them in plain text. */
export interface TransferDecoded {
  readonly content: Buffer;
  /** A footer that a mailing list put behind an encoded body without encoding it, or a whole body that never was. */
  readonly plainTail?: Buffer;
}

/** The name of a transfer encoding (RFC 2045 section 6) as it is usually written. What is unknown changes no byte. */
export function transferEncodingOf(latin1: string): string {
  const name = /[^\s;("']+/.exec(latin1.replace(/^\s*\([^()]*\)/, ''))?.[0].toLowerCase() ?? '';
  if (name === 'base-64') return 'base64';
  return /^(?:x-)?(?:uuencode|uue)$/.test(name) ? 'x-uuencode' : name;
}

/** The bytes of a body after its transfer encoding. Never throws; the time goes with the bytes. */
export function decodeTransfer(encoded: Uint8Array, transferEncoding: string): TransferDecoded {
  const bytes = bufferOn(encoded);
  switch (transferEncoding) {
    case 'base64':
      return decodeBase64(bytes);
    case 'quoted-printable':
      return { content: decodeQuotedPrintable(bytes) };
    case 'x-uuencode':
      return { content: decodeUuencode(bytes) ?? bytes };
    default:
      return { content: bytes };
  }
}

/** A character that base64 does not have, or a space between two that it has. */
const foreignToBase64 = /[^\w+/=\s]|_|[\w+/=][ \t]+(?=[\w+/=])/;
const base64Word = /^[A-Za-z0-9+/]+={0,2}$/;
/** Encoders fill lines of 76 or 64 characters (RFC 2045 section 6.8); few words of a text are half as long. */
const base64WordCharacters = 32;

function decodeBase64(bytes: Buffer): TransferDecoded {
  const text = standardAlphabet(bytes.toString('latin1'));
  const foreignAt = text.search(foreignToBase64);
  if (foreignAt < 0) return { content: decodeBase64Text(text) };
  const tailStart = text.lastIndexOf('\n', foreignAt) + 1;
  // RFC 2045 section 6.8: characters outside the alphabet are ignored, as long as it is base64 that they stand in.
  if (isMostlyBase64(text.slice(tailStart))) return { content: decodeBase64Text(text.replaceAll(/[^\w+/=]|_/g, '')) };
  const head = text.slice(0, tailStart).trim();
  const isEncoded = head.length >= base64WordCharacters || (head.length % 4 === 0 && head.endsWith('='));
  if (!isEncoded) return { content: Buffer.alloc(0), plainTail: bytes };
  return { content: decodeBase64Text(head), plainTail: bytes.subarray(tailStart) };
}

/** The alphabet of addresses (RFC 4648 section 5), which some programs write into mail. */
function standardAlphabet(text: string): string {
  if (!/[-_]/.test(text) || /[^\w\s=-]/.test(text)) return text;
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return isMostlyBase64(standard) ? standard : text;
}

function isMostlyBase64(text: string): boolean {
  let encodedCharacters = 0;
  for (const [word] of text.matchAll(/[^\s]+/g)) {
    if (word.length >= base64WordCharacters && base64Word.test(word)) encodedCharacters += word.length;
  }
  return encodedCharacters > text.length / 2;
}

/** Some mailers pad every line; Node's decoder would stop at the first of them. */
function decodeBase64Text(text: string): Buffer {
  const padding = text.indexOf('=');
  if (padding < 0 || !/[^=\s]/.test(text.slice(padding))) return Buffer.from(text, 'base64');
  return Buffer.concat(text.split(/=+/).map((piece) => Buffer.from(piece, 'base64')));
}

const equalsSign = 0x3d;

/** RFC 2045 section 6.7. What is no code stays as it stands. */
function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let position = 0;
  while (position < bytes.length) {
    const byte = bytes[position] ?? 0;
    if (byte === equalsSign) {
      const code = hexByte(bytes, position + 1);
      const lineEnd = code === undefined ? lineEndBehind(bytes, position + 1) : undefined;
      if (lineEnd === undefined) decoded[length++] = code ?? byte;
      position = lineEnd?.next ?? position + (code === undefined ? 1 : 3);
    } else if (isBlank(byte)) {
      // Spaces at the end of a line were added on the way (rule 3).
      const lineEnd = lineEndBehind(bytes, position);
      const end = lineEnd?.textEnd ?? endOfBlanks(bytes, position);
      if (lineEnd === undefined) length += bytes.copy(decoded, length, position, end);
      position = end;
    } else {
      decoded[length++] = byte;
      position += 1;
    }
  }
  return decoded.subarray(0, length);
}

function endOfBlanks(bytes: Buffer, start: number): number {
  let end = start;
  while (isBlank(bytes[end])) end += 1;
  return end;
}

/** The end of the line, if nothing but blanks stands before it. */
function lineEndBehind(bytes: Buffer, start: number): { readonly textEnd: number; readonly next: number } | undefined {
  const textEnd = endOfBlanks(bytes, start);
  if (textEnd === bytes.length) return { textEnd, next: textEnd };
  let next = textEnd;
  while (bytes[next] === carriageReturn) next += 1;
  return bytes[next] === lineFeed ? { textEnd, next: next + 1 } : undefined;
}

function hexByte(bytes: Buffer, position: number): number | undefined {
  const high = hexDigit(bytes[position]);
  const low = hexDigit(bytes[position + 1]);
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexDigit(byte = 0): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const upper = byte & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : undefined;
}
