import { svgNamespace } from '../dom/html-document.ts';
import { isBox, type Box, type TextRun } from '../render/render-tree.ts';
import { isPlaced, lineHeightOf, resolveLength, type ComputedStyle } from '../style/computed-style.ts';
import { distance, relativeShift } from './box-sizes.ts';
import type { Fragment, Rectangle } from './geometry.ts';
import { textWidth } from './text-width.ts';

/** What a line needs of the layout around it. */
export interface LineContext {
  /** Counts steps, and throws when there are too many. */
  readonly spend: (count: number) => void;
  /** Lays out a box that is a piece of a line, its upper left corner at the place; returns its size. */
  readonly layOutPiece: (
    box: Box,
    x: number,
    y: number,
    room: number,
  ) => { readonly width: number; readonly height: number };
  /** A box without a place in the line: it is laid out when its containing block is known. */
  readonly defer: (box: Box, x: number, y: number) => void;
  readonly placeBox: (box: Box, rectangle: Rectangle) => void;
  readonly placeText: (run: TextRun, fragments: readonly Fragment[]) => void;
}

/** Words with a wider space between them are seen or not each by itself. */
const widestSpaceEms = 4;

/** A piece of a line: of a text, or a box. */
interface Piece {
  readonly run: TextRun | undefined;
  readonly box: Box | undefined;
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  readonly shift: { readonly x: number; readonly y: number };
  readonly end: number;
}

/**
 * Lays out what is in lines: words after words, a new line where the room is used up. Returns the height of the lines.
 */
export function layOutLines(
  nodes: readonly (Box | TextRun)[],
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
  container: ComputedStyle,
  context: LineContext,
): number {
  const fragments = new Map<TextRun, Fragment[]>();
  // Where lines begin on the right, an indent moves them there, and what is too long is cut off on the left.
  const isRightToLeft = container.direction === 'rtl';
  const indent = isRightToLeft ? 0 : resolveLength(container.textIndent, width);
  let [lineX, lineY] = [indent, y];
  let pieces: Piece[] = [];
  let hasSpace = false;
  let spaceWidth = 0;

  const endLine = (leastHeight: number): void => {
    const start = isRightToLeft ? Math.min(0, width - lineX) : 0;
    const height = pieces.reduce((most, piece) => Math.max(most, piece.height), leastHeight);
    for (const piece of pieces) {
      // Letters stand in the middle of their line's height.
      const glyphs = {
        x: x + start + piece.x + piece.shift.x,
        y: lineY + piece.shift.y + (height - piece.fontSize) / 2,
        width: piece.width,
        height: piece.fontSize,
      };
      if (piece.run === undefined) continue;
      const known = fragments.get(piece.run);
      if (known === undefined) fragments.set(piece.run, [{ ...glyphs, end: piece.end }]);
      else known.push({ ...glyphs, end: piece.end });
    }
    pieces = [];
    lineY += height;
    lineX = 0;
    hasSpace = false;
  };

  const addPiece = (piece: Omit<Piece, 'x'>, isWrapped: boolean): void => {
    const gap = hasSpace && pieces.length > 0 ? spaceWidth : 0;
    if (isWrapped && pieces.length > 0 && lineX + gap + piece.width > width) endLine(0);
    else lineX += gap;
    const last = pieces.at(-1);
    const isSame =
      last !== undefined &&
      last.run !== undefined &&
      last.run === piece.run &&
      last.height === piece.height &&
      gap <= widestSpaceEms * piece.fontSize;
    if (isSame) pieces[pieces.length - 1] = { ...last, width: lineX + piece.width - last.x, end: piece.end };
    else pieces.push({ ...piece, x: lineX });
    lineX += piece.width;
    hasSpace = false;
  };

  const addText = (run: TextRun, shift: Piece['shift']): void => {
    const { style } = run.parent;
    const height = lineHeightOf(style);
    const isKept = style.whiteSpace !== 'collapse';
    for (const match of run.text.matchAll(/[ \t\r\n\f]+|[^ \t\r\n\f]+/g)) {
      const [part] = match;
      context.spend(1);
      if (/^[ \t\r\n\f]/.test(part)) {
        const breaks = isKept ? part.split('\n').length - 1 : 0;
        for (let count = 0; count < breaks; count += 1) endLine(height);
        hasSpace = breaks === 0;
        spaceWidth = spaceIn(part, style);
        continue;
      }
      const { fontSize } = style;
      const end = match.index + part.length;
      addPiece({ run, box: undefined, width: textWidth(part, style), height, fontSize, shift, end }, style.isWrapped);
    }
  };

  const addBox = (box: Box, shift: Piece['shift']): void => {
    const { style, element } = box;
    if (isPlaced(style)) return context.defer(box, x + lineX, lineY);
    if (element.name === 'br') return endLine(lineHeightOf(style));
    const own = relativeShift(style, width);
    const raised = style.display.startsWith('table') ? 0 : resolveLength(style.verticalShift, lineHeightOf(style));
    const moved = { x: shift.x + own.x, y: shift.y + own.y - raised };
    const [before, behind] = [distance(style.marginLeft, width), distance(style.marginRight, width)];
    const isAtomic =
      style.display.startsWith('inline-') || element.name === 'img' || element.node.namespaceURI === svgNamespace;
    if (isAtomic) {
      const place = { x: x + lineX + before + moved.x, y: lineY + moved.y };
      const size = context.layOutPiece(box, place.x, place.y, width);
      addPiece(
        {
          run: undefined,
          box,
          width: size.width + before + behind,
          height: size.height,
          fontSize: 0,
          shift: moved,
          end: 0,
        },
        true,
      );
      return;
    }
    const start = { x: x + lineX, y: lineY };
    lineX += before + style.paddingLeft.pixels;
    for (const child of box.children) add(child, moved);
    lineX += behind + style.paddingRight.pixels;
    const height = lineHeightOf(style);
    context.placeBox(box, {
      x: Math.min(start.x, x + lineX) + moved.x,
      y: start.y + moved.y,
      width: Math.abs(x + lineX - start.x),
      height: lineY - start.y + height,
    });
  };

  const add = (node: Box | TextRun, shift: Piece['shift']): void => {
    if (isBox(node)) addBox(node, shift);
    else addText(node, shift);
  };

  for (const node of nodes) add(node, { x: 0, y: 0 });
  if (pieces.length > 0) endLine(0);
  for (const [run, all] of fragments) context.placeText(run, all);
  return lineY - y;
}

/** How wide a piece of white space is: a space, or what is kept of it. */
function spaceIn(part: string, style: ComputedStyle): number {
  const one = textWidth(' ', style) + style.wordSpacing;
  if (style.whiteSpace !== 'preserve') return one;
  const tabs = part.split('\t').length - 1;
  return (part.length - tabs) * one + tabs * style.tabSize * one;
}
