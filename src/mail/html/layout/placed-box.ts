import type { ComputedStyle } from '../style/computed-style.ts';
import { askedWidth, definite, distance } from './box-sizes.ts';
import type { Rectangle } from './geometry.ts';

/** Where a placed box begins, and what of its size does not depend on its content. */
export interface PlacedBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Where the distances from above and below give one. */
  readonly height: number | undefined;
  /** The lower edge, where that is what is known. */
  readonly bottom: number | undefined;
}

/**
 * The place of a box with `position: absolute` or `fixed` in the box that contains it. `flow` is where it would be
 * without, and `content` how wide its content likes to be.
 */
export function placedBox(
  style: ComputedStyle,
  around: Rectangle,
  flow: { readonly x: number; readonly y: number },
  content: number,
): PlacedBox {
  const [left, right] = [definite(style.left, around.width), definite(style.right, around.width)];
  const [top, bottom] = [definite(style.top, around.height), definite(style.bottom, around.height)];
  const [marginLeft, marginRight, marginTop, marginBottom] = [
    style.marginLeft,
    style.marginRight,
    style.marginTop,
    style.marginBottom,
  ].map((margin) => distance(margin, around.width));
  const before = { x: marginLeft ?? 0, y: marginTop ?? 0 };
  const behind = { x: marginRight ?? 0, y: marginBottom ?? 0 };
  const isStretched = left !== undefined && right !== undefined;
  const liked = isStretched
    ? Math.max(0, around.width - left - right - before.x - behind.x)
    : Math.min(content, Math.max(around.width - (left ?? right ?? 0), 0));
  const width = askedWidth(style, around.width, liked);
  const fromRight = right === undefined ? undefined : around.x + around.width - right - width - behind.x;
  const x = left === undefined ? (fromRight ?? flow.x + before.x) : around.x + left + before.x;
  const isHigh = top !== undefined && bottom !== undefined;
  return {
    x,
    y: top === undefined ? flow.y + before.y : around.y + top + before.y,
    width,
    height: isHigh ? Math.max(0, around.height - top - bottom - before.y - behind.y) : undefined,
    bottom: top === undefined && bottom !== undefined ? around.y + around.height - bottom - behind.y : undefined,
  };
}
