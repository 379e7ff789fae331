import { TextDecoder } from 'node:util';
import { bufferOn, lineFeed } from './bytes.ts';

/** How bytes become text. Charsets have the names of `charsetName`. */
export interface Charsets {
  /** The text, with U+FFFD for each byte that means nothing there; undefined for an unknown charset. */
  readonly decode: (bytes: Uint8Array, charset: string) => string | undefined;
  /** The charset of a text that names none and is no UTF-8: the likeliest by its bytes. */
  readonly detect: (bytes: Uint8Array) => string;
}

/** Charsets that are at hand, and whether they were enough for what was asked of them. */
export interface BasicCharsets extends Charsets {
  readonly wereEnough: () => boolean;
}

/** In which every byte means something: of a text of nobody knows which charset, Latin letters can be read. */
const lastResort = 'windows-1252';

/** Those that Node's decoder gets wrong (ICU's tables are narrower than those that mail is written in), or lacks. */
const ofLibrary: ReadonlySet<string> = new Set([
  'euc-kr',
  'big5',
  'iso-2022-kr',
  'utf-7',
  'utf-32',
  'utf-32le',
  'utf-32be',
]);

/**
 * Those that Node brings. What they lack counts as unknown, a charset that has to be detected as windows-1252; then the
 * whole message is read once more with those of `charset-library.ts`, which take time and memory to load.
 */
export function basicCharsets(): BasicCharsets {
  let wereEnough = true;
  return {
    wereEnough: () => wereEnough,
    detect() {
      wereEnough = false;
      return lastResort;
    },
    decode(bytes, charset) {
      const text = ofLibrary.has(charset) ? undefined : decodeWithNode(bytes, charset);
      if (text === undefined) wereEnough = false;
      return text;
    },
  };
}

const decoders = new Map<string, TextDecoder>();

/** Undefined for a charset that Node does not know. */
export function decodeWithNode(bytes: Uint8Array, charset: string): string | undefined {
  if (charset === 'utf-16') return decodeWithNode(bytes, isBigEndian(bytes) ? 'utf-16be' : 'utf-16le');
  if (charset === 'hz-gb-2312') return decodeWithNode(eightBitOfHz(bufferOn(bytes)), 'gb18030');
  if (charset === 'iso-2022-cn') return decodeWithNode(eightBitOfShifts(bufferOn(bytes)), 'gb18030');
  if (charset === 'iso-2022-jp') return decoderOf(charset)?.decode(withoutIdleEscapes(bytes));
  return decoderOf(charset)?.decode(bytes);
}

function decoderOf(charset: string): TextDecoder | undefined {
  let decoder = decoders.get(charset);
  if (decoder === undefined) {
    try {
      decoder = new TextDecoder(charset);
    } catch {
      return undefined;
    }
    decoders.set(charset, decoder);
  }
  return decoder;
}

// oxlint-disable-next-line no-control-regex -- ESC begins the sequences of ISO 2022
const idleEscape = /\u001B[($][@-Z](?=\u001B[($])/g;

/**
 * Without the escape sequences that another one follows at once, as where two texts were put together: the decoder of the
 * Encoding Standard takes them for an attack.
 */
function withoutIdleEscapes(bytes: Uint8Array): Uint8Array {
  const latin1 = bufferOn(bytes).toString('latin1');
  return Buffer.from(latin1.replaceAll(idleEscape, ''), 'latin1');
}

/** By its mark or, without one, by where the zeros of ASCII characters stand; RFC 2781 section 4.3 has nothing better. */
function isBigEndian(bytes: Uint8Array): boolean {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return true;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return false;
  const sample = bytes.subarray(0, 1024);
  return sample.filter((byte, index) => byte === 0 && index % 2 === 0).length > sample.length / 8;
}

const shiftOut = 0x0e;
const shiftIn = 0x0f;
const escape = 0x1b;

/**
 * The eight-bit form of ISO 2022 with one other set (RFC 1557, RFC 1922): between shift out and shift in, at most to the
 * end of the line, each byte has its high bit. The escape sequences that choose the set go.
 */
export function eightBitOfShifts(bytes: Buffer): Buffer {
  const eightBit = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let isShifted = false;
  for (let position = 0; position < bytes.length; position += 1) {
    const byte = bytes[position] ?? 0;
    if (byte === escape && bytes[position + 1] === 0x24 && bytes[position + 2] === 0x29) position += 3;
    else if (byte === shiftOut) isShifted = true;
    else if (byte === shiftIn) isShifted = false;
    else {
      if (byte === lineFeed) isShifted = false;
      eightBit[length++] = isShifted && byte > 0x20 ? byte | 0x80 : byte;
    }
  }
  return eightBit.subarray(0, length);
}

const tilde = 0x7e;

/** RFC 1843: between `~{` and `~}` each byte has its high bit, `~~` is a tilde, one before a line break joins lines. */
function eightBitOfHz(bytes: Buffer): Buffer {
  const eightBit = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let isShifted = false;
  for (let position = 0; position < bytes.length; position += 1) {
    const byte = bytes[position] ?? 0;
    const next = bytes[position + 1];
    if (byte === tilde && (next === 0x7b || next === 0x7d)) {
      isShifted = next === 0x7b;
      position += 1;
    } else if (byte === tilde && !isShifted && (next === tilde || next === lineFeed)) {
      if (next === tilde) eightBit[length++] = tilde;
      position += 1;
    } else {
      if (byte === lineFeed) isShifted = false;
      eightBit[length++] = isShifted && byte > 0x20 ? byte | 0x80 : byte;
    }
  }
  return eightBit.subarray(0, length);
}
