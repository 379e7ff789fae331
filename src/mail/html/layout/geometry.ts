import type { Box, TextRun } from '../render/render-tree.ts';

/** A rectangle in pixels; y grows downwards. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part of a text that is on one line. */
export interface Fragment extends Rectangle {
  /** Where in the text it ends. */
  readonly end: number;
}

/** Where everything is on a page before transforms, as far as it can be estimated without the fonts. */
export interface Geometry {
  /** The border boxes of all boxes that are not parts of a line. */
  readonly boxes: ReadonlyMap<Box, Rectangle>;
  /** The lines of texts; a text of white space has none. */
  readonly texts: ReadonlyMap<TextRun, readonly Fragment[]>;
}

/** What a rectangle and another have in common; undefined where nothing. */
export function intersect(one: Rectangle, other: Rectangle): Rectangle | undefined {
  const [x, y] = [Math.max(one.x, other.x), Math.max(one.y, other.y)];
  const width = Math.min(one.x + one.width, other.x + other.width) - x;
  const height = Math.min(one.y + one.height, other.y + other.height) - y;
  return width <= 0 || height <= 0 ? undefined : { x, y, width, height };
}

/** How much of a rectangle is inside of another, from 0 to 1. */
export function sharedFraction(rectangle: Rectangle, other: Rectangle): number {
  const common = intersect(rectangle, other);
  if (common === undefined) return 0;
  return (common.width * common.height) / (rectangle.width * rectangle.height);
}
