import { removeInvisible } from './invisible-characters.ts';

/** Line breaks by any name: of DOS and old Macs, vertical tab, form feed, next line, line and paragraph separators. */
const lineBreak = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;

/** Spaces of other widths, and those that do not break: they look like a space and cost more tokens. */
const otherSpaces = /(?! )\p{Zs}/gu;

/** C0 and C1 but tab and line feed. */
const controls = /(?![\t\n])\p{Cc}/gu;

/** What needs a second look: everything but printable ASCII, tab and line feed. */
const anythingOdd = /[^\t\n\x20-\x7e]/;

/**
 * A text with nothing in it that a terminal obeys or a reader cannot see: controls, marks and overrides of writing
 * direction, joiners and fillers, tag characters, variation selectors without a symbol are left out; every kind of line
 * break becomes a line feed, every kind of space a space, and half a surrogate pair U+FFFD. What every exit for mail goes
 * through.
 */
export function printableText(text: string): string {
  if (!anythingOdd.test(text)) return text;
  const { text: visible } = removeInvisible(text.replaceAll(lineBreak, '\n').toWellFormed());
  return visible.replaceAll(controls, '').replaceAll(otherSpaces, ' ');
}

/** {@link printableText} as part of one line: runs of white space are one space. */
export function printableLine(text: string): string {
  return printableText(text).replaceAll(/\s+/g, ' ').trim();
}
