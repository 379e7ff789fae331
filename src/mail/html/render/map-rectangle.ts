import type { Point } from '../css/position.ts';
import { identity, multiply, type Matrix } from '../css/transform.ts';
import type { Rectangle } from '../layout/geometry.ts';

/** The rectangle around what a map makes of a rectangle. */
export function mapRectangle(rectangle: Rectangle, matrix: Matrix): Rectangle {
  if (matrix === identity) return rectangle;
  const { x, y, width, height } = rectangle;
  const corners = [
    [x, y],
    [x + width, y],
    [x, y + height],
    [x + width, y + height],
  ].map(([left = 0, top = 0]) => [
    matrix.a * left + matrix.c * top + matrix.e,
    matrix.b * left + matrix.d * top + matrix.f,
  ]);
  const [xs, ys] = [0, 1].map((index) => corners.map((corner) => corner[index] ?? 0));
  const [left, top] = [Math.min(...(xs ?? [])), Math.min(...(ys ?? []))];
  return { x: left, y: top, width: Math.max(...(xs ?? [])) - left, height: Math.max(...(ys ?? [])) - top };
}

/** A map around a place of the page, inside of an outer map. */
export function mapInside(outer: Matrix, own: Matrix, { x, y }: Point): Matrix {
  const to = { ...identity, e: x, f: y };
  const from = { ...identity, e: -x, f: -y };
  return multiply(outer, multiply(to, multiply(own, from)));
}
