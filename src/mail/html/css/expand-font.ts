import type { Longhands } from './shorthand.ts';
import type { Value } from './tokens.ts';
import { isPositiveLength, isPositiveNumber } from './value-tests.ts';

const sizeWords = new Set('xx-small x-small small medium large x-large xx-large xxx-large smaller larger'.split(' '));
const frontWords = new Set(
  'normal italic oblique small-caps bold bolder lighter ultra-condensed extra-condensed condensed semi-condensed semi-expanded expanded extra-expanded ultra-expanded'.split(
    ' ',
  ),
);
const systemFonts = new Set('caption icon menu message-box small-caption status-bar'.split(' '));

/** `font`: style, variant, weight and stretch in any order, then the size, a line height, and families. */
export function expandFont(values: readonly Value[]): Longhands | undefined {
  const [first] = values;
  if (values.length === 1 && first?.kind === 'word' && systemFonts.has(first.name)) {
    return [
      ['font-size', undefined],
      ['line-height', undefined],
      ['font-family', undefined],
    ];
  }
  let at = 0;
  while (isFront(values[at], values[at + 1])) at += 1;
  const size = values[at];
  if (size === undefined || at > 5) return undefined;
  if (!isPositiveLength(size) && !(size.kind === 'word' && sizeWords.has(size.name))) return undefined;
  at += 1;
  const slash = values[at];
  const hasLineHeight = slash?.kind === 'mark' && slash.mark === '/';
  const lineHeight = hasLineHeight ? values[at + 1] : undefined;
  const isNormal = lineHeight?.kind === 'word' && lineHeight.name === 'normal';
  const isHeight = lineHeight !== undefined && (isPositiveNumber(lineHeight) || isPositiveLength(lineHeight));
  if (hasLineHeight && !isNormal && !isHeight) return undefined;
  const families = values.slice(hasLineHeight ? at + 2 : at);
  if (families.length === 0 || !families.every(isFamilyPart)) return undefined;
  return [
    ['font-size', [size]],
    ['line-height', isHeight && lineHeight !== undefined ? [lineHeight] : undefined],
    ['font-family', families],
  ];
}

/** A word, or a weight such as 700, which only something can follow that is no family. */
function isFront(value: Value | undefined, next: Value | undefined): boolean {
  if (value?.kind === 'word') return frontWords.has(value.name);
  return value?.kind === 'number' && value.value >= 1 && next !== undefined && value.value <= 1000;
}

function isFamilyPart(value: Value): boolean {
  return value.kind === 'word' || value.kind === 'text' || (value.kind === 'mark' && value.mark === ',');
}
