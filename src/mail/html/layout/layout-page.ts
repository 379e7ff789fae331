import { screen } from '../css/length.ts';
import { isBlockBox, isFlexRow, isTableBox } from '../blocks/box-kind.ts';
import { svgNamespace } from '../dom/html-document.ts';
import { isBox, type Box, type TextRun } from '../render/render-tree.ts';
import { isPlaced } from '../style/computed-style.ts';
import { askedHeight, askedWidth, definite, distance, edgesOf, innerHeight, relativeShift } from './box-sizes.ts';
import { ContentWidths } from './content-width.ts';
import type { Fragment, Geometry, Rectangle } from './geometry.ts';
import { flowChildren } from './flow-children.ts';
import { isGrid, layOutGrid } from './layout-grid.ts';
import { rowLines } from './layout-row.ts';
import { layOutTable, type TableContext } from './layout-table.ts';
import { layOutLines, type LineContext } from './inline-layout.ts';
import { pictureSize } from './picture-size.ts';
import { placedBox } from './placed-box.ts';
import { layOutSvg } from './svg-layout.ts';

/** The room that a box is laid out in. */
interface Room {
  readonly width: number;
  /** Undefined where it follows from the content. */
  readonly height: number | undefined;
}

interface Deferred {
  readonly box: Box;
  /** Where it would be if it were not placed. */
  readonly x: number;
  readonly y: number;
}

/** Boxes, words and moves in one page; real mail needs under 50,000. */
const maxSteps = 400_000;

class TooMuch extends Error {}

/**
 * Lays a page out in a window of 800 pixels. Fonts are not known, so that widths and heights of texts are estimates;
 * whatever styles give in pixels is exact. Undefined for a page that would take too long.
 */
export function layOutPage(root: Box): Geometry | undefined {
  const boxes = new Map<Box, Rectangle>();
  const texts = new Map<TextRun, readonly Fragment[]>();
  const contents = new ContentWidths();
  /** Placed boxes that wait for their containing block, the innermost of these at the end. */
  const waiting: Deferred[][] = [[]];

  const defer = (box: Box, x: number, y: number): void => {
    const list = box.style.position === 'fixed' ? waiting[0] : waiting.at(-1);
    list?.push({ box, x, y });
  };

  const deferPlaced = (box: Box, { x, y }: Omit<Rectangle, 'height'>): void => {
    for (const child of box.children.filter(isBox)) if (isPlaced(child.style)) defer(child, x, y);
  };

  let steps = 0;
  const spend = (count: number): void => {
    steps += count;
    if (steps > maxSteps) throw new TooMuch();
  };

  const place = (box: Box, rectangle: Rectangle): Rectangle => {
    spend(1);
    boxes.set(box, rectangle);
    return rectangle;
  };

  /** A box whose border box begins at the place and is `width` wide; returns its height. */
  const layOutBox = (box: Box, x: number, y: number, width: number, room: Room): number => {
    const { style } = box;
    const isContaining = style.position !== 'static' || style.transform.length > 0 || style.filter.length > 0;
    if (isContaining) waiting.push([]);
    const edges = edgesOf(style, room.width);
    const inside = { x: x + edges.left, y: y + edges.top, width: Math.max(0, width - edges.left - edges.right) };
    const inner: Room = { width: inside.width, height: innerHeight(style, room.width, room.height) };
    const content = layOutContent(box, inside, inner);
    // Heights of tables and their cells are the least ones.
    const height = isTableBox(box)
      ? Math.max(content + edges.top + edges.bottom, definite(style.height, room.height) ?? 0)
      : askedHeight(style, room.width, room.height, content + edges.top + edges.bottom);
    const rectangle = place(box, { x, y, width, height });
    if (isContaining) layOutDeferred(waiting.pop() ?? [], rectangle);
    return height;
  };

  const layOutContent = (box: Box, inside: Omit<Rectangle, 'height'>, inner: Room): number => {
    if (box.element.node.namespaceURI === svgNamespace)
      return layOutSvg(box, inside.x, inside.y, {
        placeBox: place,
        placeText: (run, all) => texts.set(run, all),
        layOutBox: (child, x, y, width) => layOutBox(child, x, y, width, { width, height: undefined }),
      });
    if (isTableBox(box) && box.style.display !== 'table-cell')
      return layOutTable(box, inside, inner.height, partContext);
    if (isFlexRow(box)) return layOutRow(box, inside, inner);
    if (isGrid(box)) {
      deferPlaced(box, inside);
      return layOutGrid(box, inside, inner.height, partContext);
    }
    return layOutFlow(box, inside, inner);
  };

  /** Blocks below each other, lines between them. Returns the height of the content. */
  const layOutFlow = (box: Box, inside: Omit<Rectangle, 'height'>, inner: Room): number => {
    let y = inside.y;
    let margin = 0;
    let line: (Box | TextRun)[] = [];
    const floats = { left: inside.x, right: inside.x + inside.width, top: y, bottom: y };
    const endLines = (): void => {
      const isBlank = line.every((node) => !isBox(node) && node.text.trim() === '');
      if (!isBlank) {
        y += margin;
        margin = 0;
        y += layOutLines(line, { x: inside.x, y, width: inside.width }, box.style, lineContext);
      }
      line = [];
    };
    for (const child of flowChildren(box)) {
      if (!isBox(child) || !isBlockBox(child)) line.push(child);
      else if (isPlaced(child.style)) {
        endLines();
        defer(child, inside.x, y + margin);
      } else if (child.style.float !== 'none') {
        endLines();
        layOutFloat(child, floats, y + margin, inner);
      } else {
        endLines();
        const top = distance(child.style.marginTop, inner.width);
        y += collapse(margin, top);
        y += layOutBlock(child, inside.x, y, inner);
        margin = distance(child.style.marginBottom, inner.width);
      }
    }
    endLines();
    const isClosed =
      edgesOf(box.style, 0).bottom > 0 || box.style.overflowY !== 'visible' || box.style.display !== 'block';
    const bottom = y + (isClosed ? margin : 0);
    return Math.max(isClosed ? floats.bottom : 0, bottom) - inside.y;
  };

  /** A block in the flow, as wide as the room where it does not ask for less. */
  const layOutBlock = (child: Box, x: number, y: number, inner: Room): number => {
    const { style } = child;
    const [left, right] = [distance(style.marginLeft, inner.width), distance(style.marginRight, inner.width)];
    const isShrunk = isTableBox(child);
    const liked = isShrunk
      ? Math.min(contents.of(child), Math.max(0, inner.width - left - right))
      : Math.max(0, inner.width - left - right);
    const width = askedWidth(style, inner.width, liked);
    const isCentered = style.marginLeft === 'auto' && style.marginRight === 'auto';
    const before = isCentered
      ? Math.max(0, (inner.width - width) / 2)
      : style.marginLeft === 'auto'
        ? Math.max(0, inner.width - width - right)
        : left;
    const shift = relativeShift(style, inner.width);
    return layOutBox(child, x + before + shift.x, y + shift.y, width, inner);
  };

  const layOutFloat = (
    child: Box,
    floats: { left: number; right: number; top: number; bottom: number },
    y: number,
    inner: Room,
  ): void => {
    const { style } = child;
    const width = askedWidth(style, inner.width, Math.min(contents.of(child), inner.width));
    const [before, behind] = [distance(style.marginLeft, inner.width), distance(style.marginRight, inner.width)];
    floats.top = Math.max(floats.top, y);
    if (width > floats.right - floats.left) {
      [floats.left, floats.right] = [
        Math.min(floats.left, floats.right - inner.width),
        Math.max(floats.right, floats.left + inner.width),
      ];
      floats.top = Math.max(floats.top, floats.bottom);
    }
    const isRight = style.float === 'right' || style.float === 'inline-end';
    const x = isRight ? floats.right - width - behind : floats.left + before;
    const top = floats.top + distance(style.marginTop, inner.width);
    const height = layOutBox(child, x, top, width, inner);
    if (isRight) floats.right = x - before;
    else floats.left = x + width + behind;
    floats.bottom = Math.max(floats.bottom, top + height + distance(style.marginBottom, inner.width));
  };

  /** Boxes side by side, in one line or several. */
  const layOutRow = (box: Box, inside: Omit<Rectangle, 'height'>, inner: Room): number => {
    deferPlaced(box, inside);
    let y = inside.y;
    for (const line of rowLines(box, inner.width, contents)) {
      let tallest = 0;
      for (const { box: child, x, width } of line) {
        const top = distance(child.style.marginTop, inner.width);
        const shift = relativeShift(child.style, inner.width);
        const left = inside.x + x + distance(child.style.marginLeft, inner.width);
        const height = layOutBox(child, left + shift.x, y + top + shift.y, width, inner);
        tallest = Math.max(tallest, height + top + distance(child.style.marginBottom, inner.width));
      }
      y += tallest;
    }
    return y - inside.y;
  };

  /** The grids and tables of the page are laid out with this. */
  const partContext: TableContext = {
    boxes,
    contents,
    defer,
    place,
    layOutBox: (box, x, y, width, height) => layOutBox(box, x, y, width, { width, height }),
    setHeight: (box, height) => {
      const rectangle = boxes.get(box);
      if (rectangle !== undefined) place(box, { ...rectangle, height });
    },
  };

  const layOutPiece = (
    box: Box,
    x: number,
    y: number,
    room: number,
  ): { readonly width: number; readonly height: number } => {
    const size = pictureSize(box);
    if (size !== undefined && box.children.length === 0) {
      place(box, { x, y, ...size });
      return size;
    }
    const width = size?.width ?? askedWidth(box.style, room, Math.min(contents.of(box), Math.max(0, room)));
    const height = layOutBox(box, x, y, width, { width: room, height: undefined });
    return { width, height };
  };

  const lineContext: LineContext = {
    spend,
    layOutPiece,
    defer,
    placeBox: place,
    placeText: (run, all) => texts.set(run, all),
  };

  /** Placed boxes, when the box that contains them is known. */
  const layOutDeferred = (list: readonly Deferred[], around: Rectangle): void => {
    for (const { box, x, y } of list) {
      const start = placedBox(box.style, around, { x, y }, contents.of(box));
      const room: Room = { width: around.width, height: around.height };
      const height = layOutBox(box, start.x, start.y, start.width, room);
      if (start.height !== undefined && box.style.height === 'auto')
        place(box, { x: start.x, y: start.y, width: start.width, height: start.height });
      // From below, the height has to be known first: all that was laid out is moved.
      if (start.bottom !== undefined) move(box, start.bottom - height - start.y);
    }
  };

  const move = (box: Box, down: number): void => {
    const rectangle = boxes.get(box);
    if (rectangle !== undefined) place(box, { ...rectangle, y: rectangle.y + down });
    for (const child of box.children) {
      if (isBox(child)) move(child, down);
      else {
        const fragments = texts.get(child);
        spend(fragments?.length ?? 0);
        if (fragments !== undefined)
          texts.set(
            child,
            fragments.map((fragment) => ({ ...fragment, y: fragment.y + down })),
          );
      }
    }
  };

  const page: Room = { width: screen.width, height: screen.height };
  try {
    const height = layOutBox(root, 0, 0, screen.width, page);
    layOutDeferred(waiting[0] ?? [], { x: 0, y: 0, width: screen.width, height: Math.max(height, screen.height) });
    return { boxes, texts };
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return undefined;
  }
}

/** Two margins that meet are one: the larger, less what is negative of them. */
function collapse(one: number, other: number): number {
  return Math.max(one, other, 0) + Math.min(one, other, 0);
}
