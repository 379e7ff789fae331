import type { Box } from '../render/render-tree.ts';
import { cutsOverflow } from '../style/computed-style.ts';
import { askedWidth, definite, distance, edgesOf } from './box-sizes.ts';
import type { ContentWidths } from './content-width.ts';
import { orderedItems } from './flow-children.ts';

/** A box of a flexible row: where its margin begins in the row, and how wide its border box is. */
export interface RowItem {
  readonly box: Box;
  readonly x: number;
  readonly width: number;
}

/** What is left of a text's width where each of its words has a line: an estimate. */
const wrappedShare = 0.25;

/** The lines of a flexible row (CSS Flexbox 1, section 9): what is in them, grown or shrunk to the room. */
export function rowLines(box: Box, room: number, contents: ContentWidths): readonly (readonly RowItem[])[] {
  const { flexWrap, flexDirection, justifyContent, columnGap } = box.style;
  const gap = distance(columnGap, room);
  const lines: Box[][] = [];
  let left = 0;
  for (const item of orderedItems(box)) {
    const width = baseWidth(item, room, contents) + marginsOf(item, room) + gap;
    if (lines.length === 0 || (flexWrap !== 'nowrap' && width - gap > left + 0.5)) {
      lines.push([]);
      left = room;
    }
    left -= width;
    lines.at(-1)?.push(item);
  }
  const isReversed = flexDirection === 'row-reverse';
  return lines.map((items) => {
    const widths = flexibleWidths(items, room - gap * (items.length - 1), contents);
    const outer = widths.map((width, index) => width + marginsOf(items[index] ?? box, room) + gap);
    const free = room - outer.reduce((sum, one) => sum + one, -gap);
    const isAtEnd = /^(?:flex-)?end$|^right$/.test(justifyContent) !== isReversed;
    let x = justifyContent === 'center' ? free / 2 : isAtEnd ? free : 0;
    const placed = isReversed ? items.entries().toArray().toReversed() : items.entries().toArray();
    return placed.map(([index, item]) => {
      const start = x;
      x += outer[index] ?? 0;
      return { box: item, x: start, width: widths[index] ?? 0 };
    });
  });
}

function marginsOf({ style }: Box, room: number): number {
  return distance(style.marginLeft, room) + distance(style.marginRight, room);
}

/** How wide a box is before it grows or shrinks. */
function baseWidth(box: Box, room: number, contents: ContentWidths): number {
  const { style } = box;
  const basis = definite(style.flexBasis, room);
  if (basis === undefined) return askedWidth(style, room, contents.of(box));
  return askedWidth({ ...style, width: { pixels: basis, share: 0 } }, room, 0);
}

function flexibleWidths(items: readonly Box[], room: number, contents: ContentWidths): readonly number[] {
  const bases = items.map((item) => baseWidth(item, room, contents));
  const free = room - items.reduce((sum, item, index) => sum + (bases[index] ?? 0) + marginsOf(item, room), 0);
  const weights = items.map(({ style }, index) => (free > 0 ? style.flexGrow : style.flexShrink * (bases[index] ?? 0)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const share = sum === 0 ? 0 : free / (free > 0 ? Math.max(1, sum) : sum);
  return items.map((item, index) => {
    const width = (bases[index] ?? 0) + (weights[index] ?? 0) * share;
    const most = definite(item.style.maxWidth, room) ?? Number.POSITIVE_INFINITY;
    return Math.max(leastWidth(item, room, contents), Math.min(most, width));
  });
}

/** Boxes do not shrink below their content, unless they cut it off or say so. */
function leastWidth(item: Box, room: number, contents: ContentWidths): number {
  const { style } = item;
  const asked = definite(style.minWidth, room);
  if (asked !== undefined || cutsOverflow(style)) {
    const { left, right } = edgesOf(style, room);
    return Math.max(asked ?? 0, left + right);
  }
  const content = contents.of(item) * (style.isWrapped ? wrappedShare : 1);
  return Math.min(content, definite(style.width, room) ?? content);
}
