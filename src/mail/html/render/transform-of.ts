import { degreesOf, initialLengths } from '../css/length.ts';
import { identity, multiply, parseTransform, rotation, scaling, translation, type Matrix } from '../css/transform.ts';
import type { ComputedStyle } from '../style/computed-style.ts';

/** Inline boxes that are no boxes of their own cannot be transformed. */
const untransformed = new Set(['inline', 'contents', 'table-column', 'table-column-group', 'ruby', 'ruby-text']);

/** The map that the transform properties of a box of this size make; undefined where it has none. */
export function transformOf(style: ComputedStyle, width: number, height: number): Matrix | undefined {
  const { translate, rotate, scale, transform, display } = style;
  if (translate.length + rotate.length + scale.length + transform.length === 0 || untransformed.has(display))
    return undefined;
  const box = { lengths: { ...initialLengths, fontSize: style.fontSize }, width, height };
  const zero = { kind: 'number', value: 0 } as const;
  const axis = rotate.find((value) => value.kind === 'word');
  const angle = rotate.at(-1);
  const steps = [
    translate.length === 0 ? identity : translation(translate[0], translate[1] ?? zero, box),
    angle === undefined ? identity : rotation(axis?.kind === 'word' ? axis.name : '', angle),
    scale.length === 0 ? identity : scaling(scale[0], scale[1] ?? scale[0]),
    transform.length === 0 ? identity : parseTransform(transform, box),
  ];
  return steps.reduce<Matrix>((product, step) => multiply(product, step ?? identity), identity);
}

/** How much of its smaller side a transform leaves of a square: 0 where it is folded flat. */
export function smallestScale({ a, b, c, d }: Matrix): number {
  const sum = a * a + b * b + c * c + d * d;
  const determinant = Math.abs(a * d - b * c);
  return Math.sqrt(Math.max(0, (sum - Math.sqrt(Math.max(0, sum * sum - 4 * determinant * determinant))) / 2));
}

/** Whether a transform turns the back of a box to the reader, and that back is not shown. */
export function showsBack({ backfaceVisibility, transform }: ComputedStyle): boolean {
  if (backfaceVisibility !== 'hidden') return false;
  const turns = transform.flatMap((value) =>
    value.kind === 'function' && /^rotate[xy]$/.test(value.name)
      ? value.values.map((angle) => degreesOf(angle) ?? 0)
      : [],
  );
  return turns.filter((degrees) => Math.cos((degrees * Math.PI) / 180) < 0).length % 2 === 1;
}
