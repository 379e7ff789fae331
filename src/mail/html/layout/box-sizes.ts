import { screen } from '../css/length.ts';
import { lineHeightOf, resolveLength, type ComputedStyle, type Size } from '../style/computed-style.ts';

/** A size in pixels; undefined where it follows from the content. `base` is what percentages are of, if that is known. */
export function definite(size: Size, base: number | undefined): number | undefined {
  if (size === 'auto') return undefined;
  if (size.share !== 0 && base === undefined) return undefined;
  return resolveLength(size, base ?? 0);
}

/** Pixels between the border box and the content, by side. */
export interface Edges {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Border and padding; percentages are of the width around. */
export function edgesOf(style: ComputedStyle, outerWidth: number): Edges {
  return {
    left: style.borderLeft + resolveLength(style.paddingLeft, outerWidth),
    right: style.borderRight + resolveLength(style.paddingRight, outerWidth),
    top: style.borderTop + resolveLength(style.paddingTop, outerWidth),
    bottom: style.borderBottom + resolveLength(style.paddingBottom, outerWidth),
  };
}

/** The border box width that a style asks for; `auto` is that of the content or of the room, as the caller knows. */
export function askedWidth(style: ComputedStyle, outerWidth: number, auto: number): number {
  const edges = edgesOf(style, outerWidth);
  const sides = edges.left + edges.right;
  const outside = (size: number | undefined) =>
    size === undefined
      ? undefined
      : Math.max(0, style.boxSizing === 'border-box' ? Math.max(size, sides) : size + sides);
  const width = outside(definite(style.width, outerWidth)) ?? auto;
  const most = outside(definite(style.maxWidth, outerWidth)) ?? Number.POSITIVE_INFINITY;
  const least = outside(definite(style.minWidth, outerWidth)) ?? 0;
  return Math.max(least, Math.min(most, width));
}

/** The border box height of a box whose content, with its edges, is `auto` high. */
export function askedHeight(
  style: ComputedStyle,
  outerWidth: number,
  outerHeight: number | undefined,
  auto: number,
): number {
  const edges = edgesOf(style, outerWidth);
  const sides = edges.top + edges.bottom;
  const outside = (size: number | undefined) =>
    size === undefined
      ? undefined
      : Math.max(0, style.boxSizing === 'border-box' ? Math.max(size, sides) : size + sides);
  const height =
    outside(definite(style.height, outerHeight)) ??
    Math.min(isSizeContained(style) ? sides : auto, sides + clampedHeight(style));
  const most = outside(definite(style.maxHeight, outerHeight)) ?? Number.POSITIVE_INFINITY;
  const least = outside(definite(style.minHeight, outerHeight)) ?? 0;
  return Math.max(least, Math.min(most, height));
}

/** Whether a box is as high as if it were empty (CSS Containment 2, section 3.1). */
export function isSizeContained({ contain, containerType, display }: ComputedStyle): boolean {
  const isContained = contain.some((word) => /^(?:strict|size)$/.test(word)) || containerType.includes('size');
  return isContained && !/^(?:inline|contents|table.*|ruby.*)$/.test(display);
}

/** What `-webkit-line-clamp` leaves of a box, which is a `-webkit-box` then; infinite without it. */
function clampedHeight(style: ComputedStyle): number {
  const isClamped = style.lineClamp > 0 && style.display === 'flow-root';
  return isClamped ? style.lineClamp * lineHeightOf(style) : Number.POSITIVE_INFINITY;
}

/** The height inside of a box where that does not depend on its content. */
export function innerHeight(
  style: ComputedStyle,
  outerWidth: number,
  outerHeight: number | undefined,
): number | undefined {
  const height = definite(style.height, outerHeight);
  if (height === undefined) return undefined;
  const edges = edgesOf(style, outerWidth);
  return style.boxSizing === 'border-box' ? Math.max(0, height - edges.top - edges.bottom) : height;
}

/** What a margin or distance measures; `auto` counts as nothing. */
export function distance(size: Size, base: number): number {
  return size === 'auto' ? 0 : resolveLength(size, base);
}

/** How far a relative position moves a box. */
export function relativeShift(style: ComputedStyle, outerWidth: number): { readonly x: number; readonly y: number } {
  if (style.position !== 'relative') return { x: 0, y: 0 };
  const [left, right] = [definite(style.left, outerWidth), definite(style.right, outerWidth)];
  const [top, bottom] = [definite(style.top, screen.height), definite(style.bottom, screen.height)];
  return { x: left ?? -(right ?? 0), y: top ?? -(bottom ?? 0) };
}
