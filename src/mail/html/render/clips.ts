import { initialLengths } from '../css/length.ts';
import { parseClip, parseShape, type Shape } from '../css/shape.ts';
import type { Value } from '../css/tokens.ts';
import type { DomElement } from '../dom/dom-element.ts';
import { svgNamespace } from '../dom/html-document.ts';
import type { Matrix } from '../css/transform.ts';
import { intersect, type Rectangle } from '../layout/geometry.ts';
import { isPlaced, type ComputedStyle } from '../style/computed-style.ts';
import { clipPathShape } from './drawn-shape.ts';
import { mapRectangle } from './map-rectangle.ts';
import { referencedElement } from './references.ts';
import type { Box } from './render-tree.ts';

/** What is left of the page for a box; `empty` where nothing is, undefined where all of it. */
export type Clip = Rectangle | 'empty' | undefined;

/** A shape, and the box that it is laid on. */
const maxShapes = 2;

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
  // Only what is not scrolled either way has room around it.
  const isClip = overflowX === 'clip' || overflowY === 'clip';
  const more = isClip ? style.overflowClipMargin : 0;
  const inside = {
    x: cutsX ? box.x + style.borderLeft - more : -far,
    y: cutsY ? box.y + style.borderTop - more : -far,
    width: cutsX ? box.width - style.borderLeft - style.borderRight + 2 * more : 2 * far,
    height: cutsY ? box.height - style.borderTop - style.borderBottom + 2 * more : 2 * far,
  };
  return inside.width <= 0 || inside.height <= 0 ? 'empty' : mapRectangle(inside, matrix);
}

/** What `clip` and `clip-path` leave of a box and everything in it. */
export function shapeClip({ style, element }: Box, box: Rectangle, matrix: Matrix): Clip {
  const shapeBox = { width: box.width, height: box.height, lengths: { ...initialLengths, fontSize: style.fontSize } };
  const shapes: (Shape | undefined)[] = [
    ...(isPlaced(style) ? style.clip.map((value) => parseClip(value, shapeBox)) : []),
    ...(style.display === 'inline' && !isPlaced(style) && element.isHtml
      ? []
      : style.clipPath
          .slice(0, maxShapes)
          .map((value) => parseShape(value, shapeBox) ?? drawnShape(value, element, box))),
  ];
  return shapes.reduce<Clip>((clip, shape) => narrowed(clip, clipOf(shape, box, matrix)), undefined);
}

/** A shape of the same document; one for a drawing's own parts has their coordinates, which only matter where it has area. */
function drawnShape(value: Value, element: DomElement, box: Rectangle): Shape | undefined {
  const clipPath = referencedElement(value, element);
  const shape = typeof clipPath === 'object' ? clipPathShape(clipPath, box) : undefined;
  if (shape === undefined || shape === 'unknown' || element.node.namespaceURI !== svgNamespace) return shape;
  return shape.right > shape.left && shape.bottom > shape.top ? 'unknown' : shape;
}

function clipOf(shape: Shape | undefined, box: Rectangle, matrix: Matrix): Clip {
  if (shape === undefined || shape === 'unknown') return undefined;
  const { left, top, right, bottom } = shape;
  if (right <= left || bottom <= top) return 'empty';
  return mapRectangle({ x: box.x + left, y: box.y + top, width: right - left, height: bottom - top }, matrix);
}
