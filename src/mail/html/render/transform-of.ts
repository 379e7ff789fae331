import { degreesOf, initialLengths } from '../css/length.ts';
import { identity, multiply, parseTransform, rotation, scaling, translation, type Matrix } from '../css/transform.ts';
import { parsePosition, type Point } from '../css/position.ts';
import type { Rectangle } from '../layout/geometry.ts';
import type { ComputedStyle } from '../style/computed-style.ts';
import type { Box } from './render-tree.ts';
import { motionOf } from './motion-of.ts';

/** Inline boxes that are no boxes of their own cannot be transformed. */
const untransformed = new Set(['inline', 'contents', 'table-column', 'table-column-group', 'ruby', 'ruby-text']);

/** Where in a box its transforms have their origin. */
export function originOf({ transformOrigin, fontSize }: ComputedStyle, { width, height }: Rectangle): Point {
  const lengths = { ...initialLengths, fontSize };
  return parsePosition(transformOrigin, { width, height, lengths }) ?? { x: width / 2, y: height / 2 };
}

/** The map around its origin that the transform properties of a box make; undefined where it has none. */
export function transformOf(style: ComputedStyle, rectangle: Rectangle): Matrix | undefined {
  const { translate, rotate, scale, transform, display } = style;
  if (untransformed.has(display)) return undefined;
  const motion = style.offsetPath.length === 0 ? undefined : motionOf(style, rectangle, originOf(style, rectangle));
  if (translate.length + rotate.length + scale.length + transform.length === 0) return motion;
  const { width, height } = rectangle;
  const box = { lengths: { ...initialLengths, fontSize: style.fontSize }, width, height };
  const zero = { kind: 'number', value: 0 } as const;
  const axis = rotate.find((value) => value.kind === 'word');
  const angle = rotate.at(-1);
  const steps = [
    translate.length === 0 ? identity : translation(translate[0], translate[1] ?? zero, box),
    angle === undefined ? identity : rotation(axis?.kind === 'word' ? axis.name : '', angle),
    scale.length === 0 ? identity : scaling(scale[0], scale[1] ?? scale[0]),
    motion,
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

/** Whether transforms turn the back of a box to the reader, and that back is not shown. */
export function showsBack(box: Box): boolean {
  if (box.style.backfaceVisibility !== 'hidden') return false;
  let turns = 0;
  // The room that a box has in common with the one around it is turned with that one.
  for (let one: Box | undefined = box; one !== undefined; one = one.parent) {
    turns += turnsOf(one.style);
    if (one.parent?.style.transformStyle !== 'preserve-3d') break;
  }
  return turns % 2 === 1;
}

function turnsOf({ transform }: ComputedStyle): number {
  const turns = transform.flatMap((value) =>
    value.kind === 'function' && /^rotate[xy]$/.test(value.name)
      ? value.values.map((angle) => degreesOf(angle) ?? 0)
      : [],
  );
  return turns.filter((degrees) => Math.cos((degrees * Math.PI) / 180) < 0).length;
}
