import { initialLengths, screen } from '../css/length.ts';
import { parseClip, parseShape, type Shape, type ShapeBox } from '../css/shape.ts';
import { lineHeightOf, resolveLength, type ComputedStyle, type Size } from '../style/computed-style.ts';
import { isMaskedAway } from './mask.ts';
import { smallestScale, transformOf } from './transform-of.ts';
import type { Box } from './render-tree.ts';

/** Where a box is, as far as can be said without laying out what is around it; in pixels. */
export interface Place {
  /** It is clipped, folded or moved away, with all that is in it. */
  readonly isCutAway: boolean;
  /** How far the box is from where it would be without anything moving it. */
  readonly right: number;
  readonly down: number;
  readonly width: number;
}

export const pagePlace: Place = { isCutAway: false, right: 0, down: 0, width: screen.width };

/** Text that is moved further up or to the left has left the page. */
const offPagePixels = 400;
/** A box that is no wider or flatter than this, and cuts off what stands out, shows no text. */
const minBoxPixels = 4;
/** What is scaled below this share of its size, in either direction, cannot be read. */
const minScale = 0.08;

const unclipped = new Set(['inline', 'contents', 'table-row', 'table-row-group']);

/** The place of what is in a box. */
export function placeInside(outer: Place, { style }: Box): Place {
  if (outer.isCutAway) return outer;
  const width = sizeOf(style.width, outer.width) ?? outer.width;
  const height = heightOf(style.height) ?? lineHeightOf(style);
  const matrix = transformOf(style, width, height);
  const shifted = shiftOf(style, outer.width);
  const right = outer.right + shifted.right + (matrix?.e ?? 0);
  const down = outer.down + shifted.down + (matrix?.f ?? 0);
  const indent = resolveLength(style.textIndent, width);
  const isOff =
    right + Math.min(0, indent) <= -offPagePixels || right + indent >= screen.width || down <= -offPagePixels;
  const isSkipped = style.contentVisibility === 'hidden' && style.display !== 'inline';
  const isFlat = matrix !== undefined && smallestScale(matrix) < minScale;
  const isCutAway =
    isOff ||
    isFlat ||
    isSkipped ||
    isShrunk(style, outer.width) ||
    isClipped(style, width, height) ||
    isMaskedAway(style);
  return { isCutAway, right, down, width };
}

function sizeOf(size: Size, base: number): number | undefined {
  return size === 'auto' ? undefined : resolveLength(size, base);
}

/** A share of a height depends on what is around, mostly on the content itself. */
function heightOf(size: Size): number | undefined {
  return size === 'auto' || size.share !== 0 ? undefined : size.pixels;
}

function shiftOf(style: ComputedStyle, outerWidth: number): { readonly right: number; readonly down: number } {
  const isInline = style.display === 'inline';
  const margin = {
    right: sizeOf(style.marginLeft, outerWidth) ?? 0,
    down: isInline ? 0 : (sizeOf(style.marginTop, outerWidth) ?? 0),
  };
  if (style.position === 'static') return margin;
  const left = sizeOf(style.left, outerWidth);
  const top = sizeOf(style.top, screen.height);
  // A distance from the far edge moves the other way; how far depends on the box around, so that only much counts.
  const fromRight = sizeOf(style.right, outerWidth);
  const fromBottom = sizeOf(style.bottom, screen.height);
  return {
    right: margin.right + (left ?? (fromRight === undefined ? 0 : -fromRight)),
    down: margin.down + (top ?? (fromBottom === undefined ? 0 : -fromBottom)),
  };
}

function isCut(overflow: string): boolean {
  return overflow !== 'visible';
}

function isSmall(sizes: readonly (number | undefined)[], paddings: number): boolean {
  return sizes.some((size) => size !== undefined && size + paddings < minBoxPixels);
}

/** Whether nothing is left of a box that cuts off what stands out of it. */
function isShrunk(style: ComputedStyle, outerWidth: number): boolean {
  if (unclipped.has(style.display)) return false;
  const across = resolveLength(style.paddingLeft, outerWidth) + resolveLength(style.paddingRight, outerWidth);
  const down = resolveLength(style.paddingTop, outerWidth) + resolveLength(style.paddingBottom, outerWidth);
  const heights = [style.height, style.maxHeight].map(heightOf);
  if (isCut(style.overflowY) && (isSmall(heights, down) || lineHeightOf(style) < 1)) return true;
  return (
    isCut(style.overflowX) && isSmall([sizeOf(style.width, outerWidth), sizeOf(style.maxWidth, outerWidth)], across)
  );
}

function isClipped(style: ComputedStyle, width: number, height: number): boolean {
  const box: ShapeBox = { width, height, lengths: { ...initialLengths, fontSize: style.fontSize } };
  const isPlaced = style.position === 'absolute' || style.position === 'fixed';
  const [clip] = isPlaced ? style.clip : [];
  if (clip !== undefined && isEmpty(parseClip(clip, box))) return true;
  return style.display !== 'inline' && style.clipPath.some((value) => isEmpty(parseShape(value, box)));
}

function isEmpty(shape: Shape | undefined): boolean {
  if (shape === undefined || shape === 'unknown') return false;
  return shape.right - shape.left < minBoxPixels || shape.bottom - shape.top < minBoxPixels;
}
