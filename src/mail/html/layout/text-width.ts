import type { ComputedStyle } from '../style/computed-style.ts';

/** Widths of characters in shares of the font size, between those of Arial and of Times. */
const narrow = 0.26;
const ordinary = 0.5;
const wide = 0.68;
const square = 1;

/** The estimated width of a text on one line, in pixels. */
export function textWidth(text: string, { fontSize, letterSpacing }: ComputedStyle): number {
  let ems = 0;
  let characters = 0;
  for (const character of text) {
    ems += characterWidth(character.codePointAt(0) ?? 0);
    characters += 1;
  }
  return Math.max(0, ems * fontSize + characters * letterSpacing);
}

function characterWidth(code: number): number {
  if (code < 128) return asciiWidths[code] ?? ordinary;
  // Combining marks and what shows nothing.
  if ((code >= 0x300 && code < 0x370) || (code >= 0x200b && code < 0x2010) || code === 0xad) return 0;
  // Ideographs, kana, Hangul and most emoji.
  return (code >= 0x1100 && code < 0x1200) ||
    (code >= 0x2e80 && code < 0xa500) ||
    (code >= 0xac00 && code < 0xd7b0) ||
    code >= 0x1f000
    ? square
    : ordinary;
}

const asciiWidths: readonly number[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCodePoint(code);
  if (/[ !'(),./:;I[\\\]`fijlrt|]/.test(character)) return narrow;
  if (/[%&@A-HJ-Zmw]/.test(character)) return wide;
  return code < 32 ? 0 : ordinary;
});
