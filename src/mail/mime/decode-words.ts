import { escapeByte } from './bytes.ts';
import { charsetName } from './charset-names.ts';
import type { Charsets } from './charsets.ts';
import { decodeText } from './decode-text.ts';

/** What header text is read with: charsets, and the name of the one that the message's own text is in. */
export interface HeaderReader {
  readonly charsets: Charsets;
  readonly nearby?: string;
}

/** Bytes that stand in a header as they are (RFC 6532, and what came before it): text of one character a byte, decoded. */
export function decodeRawHeader(latin1: string, { charsets, nearby }: HeaderReader): string {
  const isDecoded = !/[\u0080-\u00ff]/.test(latin1) && !latin1.includes(String.fromCodePoint(escapeByte));
  if (isDecoded) return latin1;
  return decodeText(Buffer.from(latin1, 'latin1'), nearby === undefined ? {} : { nearby }, charsets);
}

/** RFC 2047 section 2, with the language of RFC 2231 section 5. */
const wordStart = /=\?([\w.:+'-]{1,60})(?:\*[\w-]{0,60})?\?([bq])\?/iy;

interface EncodedWord {
  readonly charset: string;
  readonly encoding: string;
  readonly text: string;
}

/**
 * Decodes the encoded words (RFC 2047) of a header value. Words of one charset that stand side by side are one text, since
 * mailers cut them inside of characters. Words may hold what the RFC forbids, spaces for one; what is none stays.
 */
export function decodeEncodedWords(value: string, reader: HeaderReader): string {
  let start = value.indexOf('=?');
  if (start < 0) return value;
  let decoded = '';
  let words: EncodedWord[] = [];
  let copiedTo = 0;
  let end = -1;
  const endWords = (): void => {
    decoded += decodeRun(words, reader);
    words = [];
  };
  for (; start >= 0; start = value.indexOf('=?', start)) {
    wordStart.lastIndex = start;
    const [opening, charset = '', encoding = ''] = wordStart.exec(value) ?? [];
    const textStart = start + (opening?.length ?? 0);
    if (opening !== undefined && end < textStart) end = value.indexOf('?=', textStart);
    if (opening !== undefined && end < 0) break;
    const next = opening === undefined ? -1 : value.indexOf('=?', textStart);
    // The padding before an end (`=?=`) looks like a beginning.
    const isWord = opening !== undefined && (next < 0 || next >= end - 1);
    if (!isWord) {
      start += 2;
      continue;
    }
    const between = value.slice(copiedTo, start);
    const continues = words.at(-1)?.charset.toLowerCase() === charset.toLowerCase();
    if (words.length > 0 && /^\s*$/.test(between)) {
      if (!continues) endWords();
    } else {
      endWords();
      decoded += between;
    }
    words.push({ charset, encoding: encoding.toLowerCase(), text: value.slice(textStart, end) });
    start = end + 2;
    copiedTo = start;
  }
  endWords();
  return decoded + value.slice(copiedTo);
}

function decodeRun(words: readonly EncodedWord[], { charsets, nearby }: HeaderReader): string {
  const [first] = words;
  if (first === undefined) return '';
  const separate = Buffer.concat(words.map(decodeWord));
  const hints = { declared: first.charset, ...(nearby === undefined ? {} : { nearby }) };
  const isBase64 = words.every(({ encoding }) => encoding === 'b');
  const isCut = isBase64 && words.slice(0, -1).some(({ text }) => text.length % 4 !== 0);
  if (!isCut) return decodeText(separate, hints, charsets);
  // Some mailers cut the base64 of a long text wherever the line is full, others only forget its padding.
  const joined = Buffer.from(words.map(({ text }) => text).join(''), 'base64');
  return decodeText(isOfCharset(separate, first.charset, charsets) ? separate : joined, hints, charsets);
}

function isOfCharset(bytes: Buffer, label: string, charsets: Charsets): boolean {
  return charsets.decode(bytes, charsetName(label) ?? 'utf-8')?.includes('\ufffd') !== true;
}

function decodeWord({ encoding, text }: EncodedWord): Buffer {
  return encoding === 'b' ? Buffer.from(text, 'base64') : decodeQ(text);
}

/** RFC 2047 section 4.2. */
function decodeQ(text: string): Buffer {
  const latin1 = text
    .replaceAll('_', ' ')
    .replaceAll(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return Buffer.from(latin1, /[^\0-\u00ff]/.test(latin1) ? 'utf8' : 'latin1');
}

/** The charset that other text of a message is probably in, of what its header names: undefined where that says nothing. */
export function nearbyCharset(label: string | undefined): string | undefined {
  const charset = label === undefined ? undefined : charsetName(label);
  return charset === 'us-ascii' || charset === 'utf-8' ? undefined : charset;
}
