import { initialLengths } from '../css/length.ts';
import { parseClip, parseShape, type Shape } from '../css/shape.ts';
import type { Matrix } from '../css/transform.ts';
import { intersect, type Rectangle } from '../layout/geometry.ts';
import { isPlaced, type ComputedStyle } from '../style/computed-style.ts';
import { mapRectangle } from './map-rectangle.ts';

/** What is left of the page for a box; `empty` where nothing is, undefined where all of it. */
export type Clip = Rectangle | 'empty' | undefined;

/** Further than any page goes. */
const far = 1_000_000;

/** Boxes that cannot cut off anything. */
const unclippable = new Set(
  'inline contents table table-row table-row-group table-header-group table-footer-group ruby'.split(' '),
);

/** A box with bars is read by scrolling, unless there is hardly anything to scroll in. */
const minScrolledPixels = 30;

/** What two clips leave. */
export function narrowed(one: Clip, other: Clip): Clip {
  if (one === undefined) return other;
  if (other === undefined) return one;
  return one === 'empty' || other === 'empty' ? 'empty' : (intersect(one, other) ?? 'empty');
}

function isAxisCut(own: string, across: string): boolean {
  return own !== 'visible' || across !== 'clip';
}

/** What a box leaves of its content by its overflow. */
export function overflowClip(style: ComputedStyle, box: Rectangle, matrix: Matrix): Clip {
  if (unclippable.has(style.display)) return undefined;
  const isContained = style.contain.some((word) => /^(?:strict|content|paint)$/.test(word));
  const [overflowX, overflowY] = isContained ? ['clip', 'clip'] : [style.overflowX, style.overflowY];
  if (overflowX === 'visible' && overflowY === 'visible') return undefined;
  const isScrolled = [overflowX, overflowY].some((overflow) => /^(?:auto|scroll|overlay)$/.test(overflow));
  if (isScrolled && box.width >= minScrolledPixels && box.height >= minScrolledPixels) return undefined;
  // Unless an axis is `clip`, one that is cut makes the other cut too.
  const [cutsX, cutsY] = [isAxisCut(overflowX, overflowY), isAxisCut(overflowY, overflowX)];
  const inside = {
    x: cutsX ? box.x + style.borderLeft : -far,
    y: cutsY ? box.y + style.borderTop : -far,
    width: cutsX ? box.width - style.borderLeft - style.borderRight : 2 * far,
    height: cutsY ? box.height - style.borderTop - style.borderBottom : 2 * far,
  };
  return inside.width <= 0 || inside.height <= 0 ? 'empty' : mapRectangle(inside, matrix);
}

/** What `clip` and `clip-path` leave of a box and everything in it. */
export function shapeClip(style: ComputedStyle, box: Rectangle, matrix: Matrix): Clip {
  const shapeBox = { width: box.width, height: box.height, lengths: { ...initialLengths, fontSize: style.fontSize } };
  const shapes: (Shape | undefined)[] = [
    ...(isPlaced(style) ? style.clip.map((value) => parseClip(value, shapeBox)) : []),
    ...(style.display === 'inline' && !isPlaced(style)
      ? []
      : style.clipPath.map((value) => parseShape(value, shapeBox))),
  ];
  return shapes.reduce<Clip>((clip, shape) => narrowed(clip, clipOf(shape, box, matrix)), undefined);
}

function clipOf(shape: Shape | undefined, box: Rectangle, matrix: Matrix): Clip {
  if (shape === undefined || shape === 'unknown') return undefined;
  const { left, top, right, bottom } = shape;
  if (right <= left || bottom <= top) return 'empty';
  return mapRectangle({ x: box.x + left, y: box.y + top, width: right - left, height: bottom - top }, matrix);
}
