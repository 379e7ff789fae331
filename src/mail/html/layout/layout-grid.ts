import { isBox, type Box } from '../render/render-tree.ts';
import { cutsOverflow } from '../style/computed-style.ts';
import { askedWidth, distance, relativeShift } from './box-sizes.ts';
import type { ContentWidths } from './content-width.ts';
import type { Rectangle } from './geometry.ts';
import { placeItems, type GridItem } from './grid-places.ts';
import { areaRows, gridAreas, ofContent, readTracks, type Track } from './grid-tracks.ts';

/** What a grid needs of the layout around it. */
export interface GridContext {
  readonly contents: ContentWidths;
  /** Lays out a box whose border box begins at the place and is `width` wide; returns its height. */
  readonly layOutBox: (box: Box, x: number, y: number, width: number, height: number | undefined) => number;
  /** Makes a box that was laid out so high. */
  readonly setHeight: (box: Box, height: number) => void;
}

/** Whether a box is a grid whose content is boxes alone. */
export function isGrid({ style, children }: Box): boolean {
  return (
    /^(?:inline-)?grid$/.test(style.display) && children.every((child) => isBox(child) || child.text.trim() === '')
  );
}

/**
 * Lays out the boxes of a grid in its columns and rows. `height` is that of the grid inside, where it is known. Returns the
 * height of the rows.
 */
export function layOutGrid(
  box: Box,
  inside: Omit<Rectangle, 'height'>,
  height: number | undefined,
  context: GridContext,
): number {
  const { style } = box;
  const explicitColumns = readTracks(style.gridColumns, inside.width, style.fontSize);
  const explicitRows = readTracks(style.gridRows, height, style.fontSize);
  const named = areaRows(style.gridAreas);
  const columnCount = Math.max(1, explicitColumns.length, ...named.map((names) => names.length));
  const rowCount = Math.max(explicitRows.length, named.length);
  const items = placeItems(box, gridAreas(named), columnCount, rowCount);
  const columnGap = distance(style.columnGap, inside.width);
  const rowGap = distance(style.rowGap, height ?? 0);
  const autoColumns = readTracks(style.gridAutoColumns, inside.width, style.fontSize);
  const columns = columnSizes(withImplicit(explicitColumns, autoColumns, columnCount, items, 'columnEnd'), {
    items,
    room: inside.width - columnGap * (columnCount - 1),
    contents: context.contents,
  });
  const starts = lineStarts(columns, columnGap);
  const autoRows = readTracks(style.gridAutoRows, height, style.fontSize);
  const rows = withImplicit(explicitRows, autoRows, rowCount, items, 'rowEnd');

  const layOutItem = ({ box: item, column, columnEnd }: GridItem, y: number, rowHeight: number | undefined): number => {
    const room = (starts[columnEnd - 1] ?? inside.width) - (starts[column - 1] ?? 0) - columnGap;
    const margins = { left: distance(item.style.marginLeft, room), top: distance(item.style.marginTop, room) };
    const outside = margins.left + distance(item.style.marginRight, room);
    const shift = relativeShift(item.style, room);
    const width = askedWidth(item.style, room, Math.max(0, room - outside));
    const x = inside.x + (starts[column - 1] ?? 0) + margins.left + shift.x;
    const own = context.layOutBox(item, x, y + margins.top + shift.y, width, rowHeight);
    return own + margins.top + distance(item.style.marginBottom, room);
  };

  const free = Math.max(0, (height ?? 0) - rows.reduce((sum, { pixels }) => sum + (pixels ?? 0) + rowGap, -rowGap));
  const fractions = rows.reduce((sum, { fraction }) => sum + fraction, 0);
  const byRow = Map.groupBy(items, ({ row }) => row);
  let y = inside.y;
  for (const [index, track] of rows.entries()) {
    const share =
      height === undefined || !track.isFlexible ? undefined : (free * track.fraction) / Math.max(1, fractions);
    const known = track.pixels ?? share;
    const laidOut = (byRow.get(index + 1) ?? []).map((item) => ({ item, height: layOutItem(item, y, known) }));
    const single = laidOut.filter(({ item }) => item.rowEnd === item.row + 1);
    // Nothing keeps a row of no share open but what cannot be cut off.
    const kept =
      track.isFlexible && track.fraction === 0 ? single.filter(({ item }) => !cutsOverflow(item.box.style)) : single;
    let rowHeight = known ?? kept.reduce((most, one) => Math.max(most, one.height), 0);
    for (const { item } of single) if (item.box.style.height === 'auto') context.setHeight(item.box, rowHeight);
    // What reaches over several rows to the last makes the one that it begins in as high as it needs.
    for (const { item, height: needed } of laidOut) {
      if (item.rowEnd - item.row > 1 && rows.length <= item.rowEnd) rowHeight = Math.max(rowHeight, needed);
    }
    y += rowHeight + rowGap;
  }
  return y - inside.y - (rows.length > 0 ? rowGap : 0);
}

/** Where the lines of a grid are, from the first on, each behind the gap. */
function lineStarts(sizes: readonly number[], gap: number): readonly number[] {
  const starts = [0];
  for (const size of sizes) starts.push((starts.at(-1) ?? 0) + size + gap);
  return starts;
}

/** The tracks that are named, and as many more as the boxes need. */
function withImplicit(
  explicit: readonly Track[],
  implicit: readonly Track[],
  least: number,
  items: readonly GridItem[],
  end: 'columnEnd' | 'rowEnd',
): readonly Track[] {
  const count = items.reduce((most, item) => Math.max(most, item[end] - 1), Math.max(least, explicit.length));
  return Array.from({ length: count }, (_, index) => {
    return explicit[index] ?? implicit[(index - explicit.length) % Math.max(1, implicit.length)] ?? ofContent;
  });
}

function columnSizes(
  tracks: readonly Track[],
  {
    items,
    room,
    contents,
  }: { readonly items: readonly GridItem[]; readonly room: number; readonly contents: ContentWidths },
): readonly number[] {
  const liked = tracks.map(({ pixels, isFlexible }) => pixels ?? (isFlexible ? 0 : undefined));
  const needed = tracks.map(() => 0);
  for (const { box, column, columnEnd } of items) {
    if (columnEnd - column === 1) needed[column - 1] = Math.max(needed[column - 1] ?? 0, contents.of(box));
  }
  const fixed = liked.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const content = liked.reduce<number>((sum, size, index) => sum + (size === undefined ? (needed[index] ?? 0) : 0), 0);
  const fractions = tracks.reduce((sum, { fraction }) => sum + fraction, 0);
  const free = Math.max(0, room - fixed - content);
  const openCount = liked.filter((size) => size === undefined).length;
  // Without `fr`, columns that follow from their content share what is left; where it does not fit, they are narrower.
  const factor = content > 0 ? Math.min(1, Math.max(0, room - fixed) / content) : 1;
  const stretch = fractions === 0 && openCount > 0 ? free / openCount : 0;
  return tracks.map(({ fraction, isFlexible }, index) => {
    if (isFlexible) return (free * fraction) / Math.max(1, fractions);
    return liked[index] ?? (needed[index] ?? 0) * factor + stretch;
  });
}
