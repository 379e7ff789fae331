import { parseColor } from './color.ts';
import { degreesOf, initialLengths, numberOf, pixelsOf, shareOf } from './length.ts';
import type { Value } from './tokens.ts';

/** Whether a browser takes these values for a property. */
export type ValueTest = (values: readonly Value[]) => boolean;

/** Lengths are tested as if percentages were of this. */
const anyBase = { ...initialLengths, percentBase: 100 };

/** One value that passes `test`. */
export function one(test: (value: Value) => boolean): ValueTest {
  return (values) => values.length === 1 && values[0] !== undefined && test(values[0]);
}

/** One of these words. */
export function words(text: string): ValueTest {
  const known = new Set(text.split(' '));
  return one((value) => value.kind === 'word' && known.has(value.name));
}

/** Any number of these words, none twice. */
export function someWords(text: string): ValueTest {
  const known = new Set(text.split(' '));
  return (values) => {
    const names = values.map((value) => (value.kind === 'word' ? value.name : ''));
    return names.length > 0 && names.every((name) => known.has(name)) && new Set(names).size === names.length;
  };
}

/** Whichever of the tests passes. */
export function either(...tests: readonly ValueTest[]): ValueTest {
  return (values) => tests.some((test) => test(values));
}

export function isLength(value: Value): boolean {
  return value.kind !== 'percentage' && pixelsOf(value, anyBase) !== undefined;
}

export function isLengthOrPercentage(value: Value): boolean {
  return pixelsOf(value, anyBase) !== undefined;
}

/** Negative ones are invalid, except out of `calc()`, where they are cut off at 0. */
export function isPositiveLength(value: Value): boolean {
  const pixels = pixelsOf(value, anyBase);
  return pixels !== undefined && (pixels >= 0 || value.kind === 'function');
}

export function isNumber(value: Value): boolean {
  return numberOf(value) !== undefined;
}

export function isPositiveNumber(value: Value): boolean {
  const number = numberOf(value);
  return number !== undefined && (number >= 0 || value.kind === 'function');
}

export function isShare(value: Value): boolean {
  return shareOf(value) !== undefined;
}

export function isAngle(value: Value): boolean {
  return degreesOf(value) !== undefined;
}

export function isColor(value: Value): boolean {
  return parseColor(value) !== undefined;
}

/** Functions whose result only the browser knows: a value with one is taken, and its meaning is unknown. */
const unknownFunctions = new Set(
  'attr if inherit random random-item progress sibling-count sibling-index anchor anchor-size calc-size first-valid toggle ident'.split(
    ' ',
  ),
);

/** Whether a value depends on what is not known here. */
export function isUnknown(value: Value): boolean {
  if (value.kind === 'block') return value.values.some(isUnknown);
  if (value.kind !== 'function') return false;
  if (unknownFunctions.has(value.name) || value.name.startsWith('--')) return true;
  return value.values.some(isUnknown);
}
