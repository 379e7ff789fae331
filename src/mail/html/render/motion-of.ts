import { degreesOf, initialLengths } from '../css/length.ts';
import { parsePosition, type Point, type Room } from '../css/position.ts';
import { parseShape } from '../css/shape.ts';
import { quotedPathPoints } from '../css/svg-path.ts';
import { identity, multiply, type Matrix } from '../css/transform.ts';
import type { FunctionValue, Value } from '../css/tokens.ts';
import { screen } from '../css/length.ts';
import type { Rectangle } from '../layout/geometry.ts';
import { resolveLength, type ComputedStyle } from '../style/computed-style.ts';

/** A path to move along: its corners, and whether they are from the box's own corner or from the page's. */
interface MotionPath {
  readonly points: readonly Point[];
  readonly isOwn: boolean;
}

/** As far as a ray goes that is said to end at a side, which depends on the box around. */
const rayPixels = 400;

/** The map that a motion path makes of a box (Motion Path 1), around its `origin`; undefined where it has none that is known. */
export function motionOf(style: ComputedStyle, box: Rectangle, origin: Point): Matrix | undefined {
  const { offsetPath, offsetDistance, offsetRotate, offsetAnchor } = style;
  const lengths = { ...initialLengths, fontSize: style.fontSize };
  const [shape] = offsetPath;
  const path = shape?.kind === 'function' ? pathOf(shape, style, { ...screen, lengths }) : undefined;
  if (path === undefined) return undefined;
  const length = lengthOf(path.points);
  const place = pointAt(path.points, resolveLength(offsetDistance, length === Infinity ? rayPixels : length));
  if (place === undefined) return undefined;
  const { width, height } = box;
  const anchor = parsePosition(offsetAnchor, { width, height, lengths }) ?? origin;
  const corner = path.isOwn ? { x: 0, y: 0 } : box;
  const [e, f] = [place.x - corner.x - anchor.x, place.y - corner.y - anchor.y];
  const degrees = rotationOf(offsetRotate, place.degrees);
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const [across, down] = [anchor.x - origin.x, anchor.y - origin.y];
  const turn = multiply({ a: cos, b: sin, c: -sin, d: cos, e: across, f: down }, { ...identity, e: -across, f: -down });
  return multiply({ ...identity, e, f }, turn);
}

function pathOf(shape: FunctionValue, style: ComputedStyle, page: Room): MotionPath | undefined {
  if (shape.name === 'path') {
    const points = quotedPathPoints(shape.values);
    return points === undefined || points.length === 0 ? undefined : { points, isOwn: true };
  }
  if (shape.name === 'ray') return rayOf(shape.values, style, page);
  const extent = parseShape(shape, page);
  if (extent === undefined || extent === 'unknown') return undefined;
  // Wherever on the shape the box is: no further to the right and down than its corner.
  return { points: [{ x: extent.right, y: extent.bottom }], isOwn: false };
}

/** Angles are clockwise, from up. */
function rayOf(values: readonly Value[], { offsetPosition }: ComputedStyle, page: Room): MotionPath | undefined {
  const degrees = values.map((value) => degreesOf(value)).find((one) => one !== undefined);
  if (degrees === undefined) return undefined;
  const at = values.findIndex((value) => value.kind === 'word' && value.name === 'at');
  const named = at < 0 ? offsetPosition : values.slice(at + 1);
  const from = parsePosition(named, page);
  const start = from ?? { x: 0, y: 0 };
  const radians = (degrees * Math.PI) / 180;
  const end = { x: start.x + Math.sin(radians) * far, y: start.y - Math.cos(radians) * far };
  return { points: [start, end], isOwn: from === undefined };
}

const far = 1_000_000;

function lengthOf(points: readonly Point[]): number {
  const whole = points.slice(1).reduce((sum, point, index) => sum + stepTo(points[index] ?? point, point), 0);
  return whole >= far ? Infinity : whole;
}

function stepTo(from: Point, to: Point): number {
  return Math.hypot(to.x - from.x, to.y - from.y);
}

/** The place at a distance from the start, and the direction of the path there. */
function pointAt(points: readonly Point[], distance: number): (Point & { readonly degrees: number }) | undefined {
  const [first] = points;
  if (first === undefined) return undefined;
  let left = Math.max(0, distance);
  let last = { ...first, degrees: 0 };
  for (const [index, point] of points.slice(1).entries()) {
    const from = points[index] ?? point;
    const step = stepTo(from, point);
    if (step === 0) continue;
    const degrees = (Math.atan2(point.y - from.y, point.x - from.x) * 180) / Math.PI;
    const share = Math.min(1, left / step);
    last = { x: from.x + (point.x - from.x) * share, y: from.y + (point.y - from.y) * share, degrees };
    if (left <= step) return last;
    left -= step;
  }
  return last;
}

/** `auto` follows the path, `reverse` looks back along it. */
function rotationOf(values: readonly Value[], degrees: number): number {
  const angle = values.map((value) => degreesOf(value)).find((one) => one !== undefined) ?? 0;
  const names = values.flatMap((value) => (value.kind === 'word' ? [value.name] : []));
  if (names.includes('reverse')) return degrees + 180 + angle;
  return values.length === 0 || names.includes('auto') ? degrees + angle : angle;
}
