import { isAscii, isUtf8 } from 'node:buffer';
import { bufferOn, escapeByte } from './bytes.ts';
import { charsetName } from './charset-names.ts';
import type { Charsets } from './charsets.ts';
import { charsetInHtml, wordsOfHtml } from './html-charset.ts';

/** What is known of a text's charset beside its bytes. */
export interface CharsetHints {
  /** What the header of the part names. */
  readonly declared?: string;
  /** The text may name its charset itself, in a `<meta>` or an XML declaration. */
  readonly isHtml?: boolean;
  /** What other text of the same message is written in. */
  readonly nearby?: string;
}

/**
 * The text of bytes, decided in this order: a byte order mark; UTF-8 with characters outside ASCII, which no other text
 * looks like; the declared charset, if the bytes can be of it; ISO 2022 and UTF-16, which show in the bytes; what the HTML
 * declares; the charset of the text around; the likeliest by statistics.
 */
export function decodeText(input: Uint8Array, hints: CharsetHints, charsets: Charsets): string {
  const bytes = bufferOn(input);
  const declared = hints.declared === undefined ? undefined : charsetName(hints.declared);
  if (isAscii(bytes)) return decodeSevenBit(bytes, declared, charsets);
  const marked = charsetOfMark(bytes);
  if (marked === undefined && isSurelyUtf8(bytes, declared)) return bytes.toString('utf8');
  const candidates = [marked, declared, charsetOfZeros(bytes), 'utf-8', inHtml(bytes, hints), hints.nearby];
  for (const charset of candidates) {
    if (charset === undefined || charset === 'us-ascii') continue;
    const text = charsets.decode(bytes, charset);
    if (text !== undefined && fits(text, charset)) return text;
  }
  const words = hints.isHtml === true ? wordsOfHtml(bytes) : bytes;
  return charsets.decode(bytes, charsets.detect(words.subarray(0, sampleBytes))) ?? bytes.toString('latin1');
}

/** The statistics are clear long before this. */
const sampleBytes = 64 * 1024;

function inHtml(bytes: Buffer, { isHtml }: CharsetHints): string | undefined {
  const label = isHtml === true ? charsetInHtml(bytes) : undefined;
  const charset = label === undefined ? undefined : charsetName(label);
  // What could be read so far is no UTF-16 (HTML Living Standard, "prescan a byte stream").
  return charset?.startsWith('utf-16') === true ? undefined : charset;
}

/** Charsets that are written in seven bits. */
const sevenBit: ReadonlySet<string> = new Set(['iso-2022-jp', 'iso-2022-kr', 'iso-2022-cn', 'hz-gb-2312', 'utf-7']);

function decodeSevenBit(bytes: Buffer, declared: string | undefined, charsets: Charsets): string {
  const isDeclared = declared !== undefined && sevenBit.has(declared);
  const charset = isDeclared ? declared : (charsetOfEscapes(bytes) ?? charsetOfZeros(bytes, declared));
  const text = charset === undefined ? undefined : charsets.decode(bytes, charset);
  return text !== undefined && fits(text, charset) ? text : bytes.toString('latin1');
}

// oxlint-disable-next-line no-control-regex -- ESC begins the sequences of ISO 2022
const japaneseEscape = /\u001B\$[@B]|\u001B\([IJ]/;

/** The sequences that choose a set of characters (RFC 1468, RFC 1557, RFC 1922). */
function charsetOfEscapes(bytes: Buffer): string | undefined {
  const found = bytes.indexOf(escapeByte);
  if (found < 0) return undefined;
  const sequences = bytes.toString('latin1', found);
  if (japaneseEscape.test(sequences)) return 'iso-2022-jp';
  if (sequences.includes('\u001B$)C')) return 'iso-2022-kr';
  return sequences.includes('\u001B$)A') ? 'iso-2022-cn' : undefined;
}

/** Zeros beside ASCII characters: two bytes a character, or four. */
function charsetOfZeros(bytes: Buffer, declared?: string): string | undefined {
  if (!bytes.includes(0)) return undefined;
  if (declared?.startsWith('utf-16') === true || declared?.startsWith('utf-32') === true) return declared;
  const sample = bytes.subarray(0, 4096);
  const zeros = [0, 0, 0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 4] = (zeros[index % 4] ?? 0) + 1;
  const [a, b, c, d] = zeros.map((count) => count > sample.length / 8);
  if (a === true && b === true && c === true) return 'utf-32be';
  if (b === true && c === true && d === true) return 'utf-32le';
  if (b === true && d === true) return 'utf-16le';
  return a === true && c === true ? 'utf-16be' : undefined;
}

const marks: readonly (readonly [charset: string, mark: Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-32le', Buffer.from([0xff, 0xfe, 0, 0])],
  ['utf-32be', Buffer.from([0, 0, 0xfe, 0xff])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];

function charsetOfMark(bytes: Buffer): string | undefined {
  return marks.find(([, mark]) => bytes.subarray(0, mark.length).equals(mark))?.[0];
}

/** In other charsets than the Latin ones, one pair of letters may look like a character of UTF-8; several never do. */
const minCharacters = 2;

function isSurelyUtf8(bytes: Buffer, declared: string | undefined): boolean {
  const whole = withoutCutCharacter(bytes);
  if (!isUtf8(whole)) return false;
  const isLatin = declared === undefined || /^(?:utf-8|us-ascii|windows-1252|iso-8859-15)$/.test(declared);
  let characters = isLatin ? minCharacters - 1 : 0;
  for (const byte of whole) {
    if (byte >= 0xc2) characters += 1;
    if (characters >= minCharacters) return true;
  }
  return false;
}

/** A text that was cut off may end inside a character. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? bytes.subarray(0, bytes.length - back) : bytes;
    }
    if (byte < 0x80) return bytes;
  }
  return bytes;
}

/**
 * A few damaged characters do not speak against a charset; where they are a fifth of all, it is another one. Of UTF-8 each
 * whole character is two bytes or more that fit together, so that it speaks for it louder.
 */
const maxDamagedShare = 0.2;
const maxDamagedShareOfUtf8 = 1 / 3;

function fits(text: string, charset: string | undefined): boolean {
  const damaged = text.match(/\ufffd/g)?.length ?? 0;
  if (damaged === 0) return true;
  const outsideAscii = text.match(/[^\0-\u007f]/g)?.length ?? 0;
  return damaged <= outsideAscii * (charset === 'utf-8' ? maxDamagedShareOfUtf8 : maxDamagedShare);
}
