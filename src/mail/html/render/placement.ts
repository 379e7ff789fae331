import { screen } from '../css/length.ts';
import type { Point } from '../css/position.ts';
import { identity, type Matrix } from '../css/transform.ts';
import { distance } from '../layout/box-sizes.ts';
import { intersect, type Fragment, type Rectangle } from '../layout/geometry.ts';
import { cutsOverflow, type ComputedStyle } from '../style/computed-style.ts';
import { narrowed, overflowClip, shapeClip, type Clip } from './clips.ts';
import { isFilteredAway } from './svg-filter.ts';
import { mapInside, mapRectangle } from './map-rectangle.ts';
import { isMaskedAway } from './mask.ts';
import type { Box } from './render-tree.ts';
import { originOf, showsBack, smallestScale, transformOf } from './transform-of.ts';

/** What happens to the place of a box on its way to the eye. */
export interface Placement {
  /** From the laid-out page to the one that is seen. */
  readonly matrix: Matrix;
  /** What is left of the page for what is in the box. */
  readonly clip: Clip;
  /** The same for placed boxes inside, which do not follow boxes that are not their containing block. */
  readonly placedClip: Clip;
  /** Something moves the box: what is right of the window was put there. */
  readonly isShifted: boolean;
  /** Nothing in it can be seen, wherever it is. */
  readonly isGone: boolean;
}

export const pagePlacement: Placement = {
  matrix: identity,
  clip: undefined,
  placedClip: undefined,
  isShifted: false,
  isGone: false,
};

/** What is scaled below this share of its size, in either direction, cannot be read. */
const minScale = 0.08;

/** Layouts move things by less. */
const shiftPixels = 300;

/** The placement of what is in a box; `rectangle` is its border box. */
export function placementInside(outer: Placement, box: Box, rectangle: Rectangle | undefined): Placement {
  const { style } = box;
  const isGone =
    outer.isGone ||
    isMaskedAway(box, rectangle) ||
    isFilteredAway(box) ||
    (style.contentVisibility === 'hidden' && style.display !== 'inline');
  if (rectangle === undefined) return isGone === outer.isGone ? outer : { ...outer, isGone };
  const own = transformOf(style, rectangle);
  const matrix = own === undefined ? outer.matrix : mapInside(outer.matrix, own, originOnPage(style, rectangle));
  const isTurned = (own !== undefined && smallestScale(matrix) < minScale) || showsBack(box);
  const shape = shapeClip(box, rectangle, matrix);
  const base = style.position === 'fixed' ? undefined : style.position === 'absolute' ? outer.placedClip : outer.clip;
  const whole = narrowed(base, shape);
  // What the root and the body cut off is the window's, which is scrolled.
  const isViewport = box.parent === undefined || (box.element.name === 'body' && !isCuttingRoot(box.parent));
  const clip = isViewport ? whole : narrowed(whole, overflowClip(style, rectangle, matrix));
  const isContaining = style.position !== 'static' || own !== undefined;
  const placedClip = isContaining ? clip : narrowed(outer.placedClip, shape);
  return { matrix, clip, placedClip, isShifted: outer.isShifted || isShifting(style, own), isGone: isGone || isTurned };
}

function originOnPage(style: ComputedStyle, rectangle: Rectangle): Point {
  const { x, y } = originOf(style, rectangle);
  return { x: rectangle.x + x, y: rectangle.y + y };
}

/** Where the root cuts off, it speaks for the window, and the body for itself. */
function isCuttingRoot({ style, parent }: Box): boolean {
  return parent === undefined && cutsOverflow(style);
}

function isShifting(style: ComputedStyle, own: Matrix | undefined): boolean {
  const isPlaced = style.position !== 'static' && (style.left !== 'auto' || style.right !== 'auto');
  if (isPlaced || (own !== undefined && own.e !== 0)) return true;
  const indent = style.textIndent.pixels + style.textIndent.share * screen.width;
  return [distance(style.marginLeft, screen.width), indent].some((pixels) => Math.abs(pixels) > shiftPixels);
}

/** Of a line, at least this much of its height has to be seen. */
const minSeenHeight = 0.3;
/** And this much of its width, in pixels; less is not even a letter. */
const minSeenPixels = 3;

/** Whether letters at a place can be read there. */
export function isInView(fragment: Rectangle, { matrix, clip, isShifted, isGone }: Placement): boolean {
  if (isGone || clip === 'empty') return false;
  const seen = mapRectangle(fragment, matrix);
  if (seen.x + seen.width <= 0 || seen.y + seen.height <= 0) return false;
  if (isShifted && seen.x >= screen.width) return false;
  if (clip === undefined) return true;
  const common = intersect(seen, clip);
  if (common === undefined) return false;
  return common.height >= seen.height * minSeenHeight && common.width >= Math.min(minSeenPixels, seen.width);
}

/** A line is cut where less than this of its width is in view; so much wider or narrower it may be than is estimated. */
const leastWholeShare = 0.6;
const estimateFactor = 1.3;

/** How much of a line's width is in view, from its beginning. */
function seenShare(line: Rectangle, { matrix, clip }: Placement): number {
  if (clip === undefined || clip === 'empty') return 1;
  const seen = mapRectangle(line, matrix);
  return seen.width <= 0 || clip.x > seen.x ? 1 : (clip.x + clip.width - seen.x) / seen.width;
}

/** Lower letters cannot be read. */
const minLetterPixels = 1.5;

/** How far a text is in view: where in it the last line that can be read ends; 0 where none can. */
export function viewEnd(fragments: readonly Fragment[], placement: Placement): number {
  const last = fragments.findLastIndex(
    (fragment) => isInView(fragment, placement) && mapRectangle(fragment, placement.matrix).height >= minLetterPixels,
  );
  const line = fragments[last];
  if (line === undefined) return 0;
  if (fragments.length > 1) {
    const next = fragments[last + 1];
    if (next === undefined) return Number.POSITIVE_INFINITY;
    // Widths are estimates: the line behind may still belong to it, but not what stands far off in the same line.
    return next.y === line.y ? line.end : next.end;
  }
  const share = seenShare(line, placement);
  return share < leastWholeShare ? Math.ceil(line.end * share * estimateFactor) : Number.POSITIVE_INFINITY;
}
