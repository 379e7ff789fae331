import { initialLengths, pixelsOf, type LengthContext } from './length.ts';
import type { Point } from './position.ts';
import { quotedPathPoints } from './svg-path.ts';
import { splitAtCommas, type Value } from './tokens.ts';

/** The box of an element, in pixels, that a shape is laid on. */
export interface ShapeBox {
  readonly width: number;
  readonly height: number;
  readonly lengths: LengthContext;
}

/** The rectangle around what a shape leaves, in pixels from the box's upper left corner; `unknown` for other shapes. */
export type Shape =
  | { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }
  | 'unknown';

/** More corners than these are not computed. */
const maxPoints = 1000;

const anyBox: ShapeBox = { width: 100, height: 100, lengths: initialLengths };

/** A basic shape of `clip-path` (CSS Shapes 1); undefined where it is invalid. */
export function parseShape(value: Value, box: ShapeBox = anyBox): Shape | undefined {
  if (value.kind !== 'function') return undefined;
  const across = (one: Value | undefined) => pixels(one, box, box.width);
  const down = (one: Value | undefined) => pixels(one, box, box.height);
  switch (value.name) {
    case 'inset':
      return inset(value.values, box);
    case 'rect': {
      const [top, right, bottom, left] = value.values;
      return edges(
        isAuto(top) ? 0 : down(top),
        isAuto(right) ? box.width : across(right),
        isAuto(bottom) ? box.height : down(bottom),
        isAuto(left) ? 0 : across(left),
      );
    }
    case 'xywh': {
      const [x, y, width, height] = value.values;
      const [left, top, wide, high] = [across(x), down(y), across(width), down(height)];
      if (left === undefined || top === undefined || wide === undefined || high === undefined) return undefined;
      return { left, top, right: left + wide, bottom: top + high };
    }
    case 'circle':
    case 'ellipse':
      return round(value.name, value.values, box);
    case 'polygon':
      return polygon(value.values, box);
    case 'path':
      return path(value.values);
    case 'shape':
      return drawn(value.values, box);
    default:
      return undefined;
  }
}

function pixels(value: Value | undefined, { lengths }: ShapeBox, percentBase: number): number | undefined {
  return value === undefined ? undefined : pixelsOf(value, { ...lengths, percentBase });
}

function isAuto(value: Value | undefined): boolean {
  return value?.kind === 'word' && value.name === 'auto';
}

function edges(
  top: number | undefined,
  right: number | undefined,
  bottom: number | undefined,
  left: number | undefined,
): Shape | undefined {
  if (top === undefined || right === undefined || bottom === undefined || left === undefined) return undefined;
  return { left, top, right, bottom };
}

function inset(values: readonly Value[], box: ShapeBox): Shape | undefined {
  const rounding = values.findIndex((value) => value.kind === 'word' && value.name === 'round');
  const own = rounding < 0 ? values : values.slice(0, rounding);
  if (own.length === 0 || own.length > 4) return undefined;
  const [first, second = first, third = first, fourth = second] = own;
  const [top, bottom] = [pixels(first, box, box.height), pixels(third, box, box.height)];
  const [right, left] = [pixels(second, box, box.width), pixels(fourth, box, box.width)];
  if (top === undefined || right === undefined || bottom === undefined || left === undefined) return undefined;
  return { left, top, right: box.width - right, bottom: box.height - bottom };
}

/** Words such as `closest-side` leave a circle that is no smaller than the box is wide or high. */
function round(name: string, values: readonly Value[], box: ShapeBox): Shape | undefined {
  const at = values.findIndex((value) => value.kind === 'word' && value.name === 'at');
  const radii = at < 0 ? values : values.slice(0, at);
  if (radii.length > (name === 'circle' ? 1 : 2)) return undefined;
  if (radii.length === 0 || radii.some((value) => value.kind === 'word')) return 'unknown';
  const base = name === 'circle' ? Math.hypot(box.width, box.height) / Math.SQRT2 : box.width;
  const across = pixels(radii[0], box, base);
  const down = name === 'circle' ? across : pixels(radii[1], box, box.height);
  if (across === undefined || down === undefined || across < 0 || down < 0) return undefined;
  if (at < 0) return around(box.width / 2, box.height / 2, across, down);
  const [x, y] = [pixels(values[at + 1], box, box.width), pixels(values[at + 2], box, box.height)];
  if (x !== undefined && y !== undefined) return around(x, y, across, down);
  return across === 0 || down === 0 ? around(0, 0, across, down) : 'unknown';
}

function around(x: number, y: number, across: number, down: number): Shape {
  return { left: x - across, top: y - down, right: x + across, bottom: y + down };
}

function polygon(values: readonly Value[], box: ShapeBox): Shape | undefined {
  const parts = splitAtCommas(values);
  const isRule = parts[0]?.length === 1 && parts[0][0]?.kind === 'word';
  if (parts.length > maxPoints) return 'unknown';
  const corners = parts.slice(isRule ? 1 : 0);
  const points = corners.flatMap(([first, second]) => {
    const [x, y] = [pixels(first, box, box.width), pixels(second, box, box.height)];
    return x === undefined || y === undefined ? [] : [{ x, y }];
  });
  return points.length === corners.length ? aroundPoints(points) : undefined;
}

/** The rectangle around points; one without area where there are none. */
export function aroundPoints(points: readonly Point[]): Shape {
  if (points.length === 0) return { left: 0, top: 0, right: 0, bottom: 0 };
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function path(values: readonly Value[]): Shape | undefined {
  if (!values.some((value) => value.kind === 'text')) return undefined;
  const points = quotedPathPoints(values);
  return points === undefined ? 'unknown' : aroundPoints(points);
}

/** `shape()` of straight lines (CSS Shapes 2); with curves it is not computed. */
function drawn(values: readonly Value[], box: ShapeBox): Shape {
  const points: Point[] = [];
  let here: Point = { x: 0, y: 0 };
  for (const part of splitAtCommas(values).slice(0, maxPoints)) {
    const [name, ...args] = part.filter(
      (value) => !(value.kind === 'word' && /^(?:evenodd|nonzero)$/.test(value.name)),
    );
    if (name?.kind !== 'word' || !/^(?:from|move|line|hline|vline|close)$/.test(name.name)) return 'unknown';
    if (name.name === 'close') continue;
    const isBy = args[0]?.kind === 'word' && args[0].name === 'by';
    const [first, second] = args.filter((value) => value.kind !== 'word');
    const across = name.name === 'vline' ? 0 : pixels(first, box, box.width);
    const down = name.name === 'hline' ? 0 : pixels(name.name === 'vline' ? first : second, box, box.height);
    if (across === undefined || down === undefined) return 'unknown';
    here = {
      x: name.name === 'vline' ? here.x : across + (isBy ? here.x : 0),
      y: name.name === 'hline' ? here.y : down + (isBy ? here.y : 0),
    };
    points.push(here);
  }
  return aroundPoints(points);
}

/** The rectangle of `clip: rect(…)`, which knows no percentages; undefined where it is invalid. */
export function parseClip(value: Value, box: ShapeBox): Shape | undefined {
  if (value.kind !== 'function' || value.name !== 'rect') return undefined;
  const args = value.values.filter((one) => one.kind !== 'mark');
  if (args.length !== 4) return undefined;
  const [top, right, bottom, left] = args.map((one) => (isAuto(one) ? 'auto' : pixelsOf(one, box.lengths)));
  if (top === undefined || right === undefined || bottom === undefined || left === undefined) return undefined;
  return {
    left: left === 'auto' ? 0 : left,
    top: top === 'auto' ? 0 : top,
    right: right === 'auto' ? box.width : right,
    bottom: bottom === 'auto' ? box.height : bottom,
  };
}
