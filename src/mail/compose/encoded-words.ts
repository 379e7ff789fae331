/** `=?UTF-8?Q?` and `?=`. */
const frameCharacters = 12;

/** RFC 2047 section 2: the longest encoded word. */
export const maxEncodedWordCharacters = 75;

/** What may stand for itself in an encoded word anywhere in a header (RFC 2047 section 5, rule 3). */
const safe = /^[A-Za-z0-9!*+/-]$/;

/**
 * Encoded words (RFC 2047) that decode to `text` when they are put one after the other: UTF-8, each of whole characters,
 * the first at most `firstWidth` characters long, the others at most `width`. Quoted-printable where that is shorter,
 * which also keeps Latin scripts readable, else base64.
 */
export function encodeWords(text: string, firstWidth: number, width: number): string[] {
  const characters = Array.from(text);
  const quotedLength = characters.reduce((sum, character) => sum + quote(character).length, 0);
  const isQuoted = quotedLength <= (Buffer.byteLength(text) * 4) / 3;
  const lengthOf = isQuoted ? (piece: string): number => quoteAll(piece).length : base64Length;
  const words: string[] = [];
  let piece = '';
  for (const character of characters) {
    const room = (words.length === 0 ? firstWidth : width) - frameCharacters;
    if (piece !== '' && lengthOf(piece + character) > room) {
      words.push(wrap(piece, isQuoted));
      piece = '';
    }
    piece += character;
  }
  return [...words, wrap(piece, isQuoted)];
}

function wrap(piece: string, isQuoted: boolean): string {
  return isQuoted ? `=?UTF-8?Q?${quoteAll(piece)}?=` : `=?UTF-8?B?${Buffer.from(piece).toString('base64')}?=`;
}

function quoteAll(text: string): string {
  return Array.from(text, quote).join('');
}

function quote(character: string): string {
  if (safe.test(character)) return character;
  if (character === ' ') return '_';
  return Array.from(Buffer.from(character), (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function base64Length(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3) * 4;
}
