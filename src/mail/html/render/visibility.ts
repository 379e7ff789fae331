import { black, white, type Color } from '../css/color.ts';
import { tableRows } from '../blocks/table-rows.ts';
import { svgNamespace } from '../dom/html-document.ts';
import type { Fragment, Geometry, Rectangle } from '../layout/geometry.ts';
import { spanAt } from '../layout/column-widths.ts';
import { layOutPage } from '../layout/layout-page.ts';
import { blurPixels } from './filter.ts';
import type { Pictures } from './ground.ts';
import { isLegible, pagePaint, paintInside, type PaintState } from './paint.ts';
import { pageNeeds } from './page-needs.ts';
import { isInView, pagePlacement, placementInside, viewEnd, type Placement } from './placement.ts';
import { isBox, type Box, type TextRun } from './render-tree.ts';
import { resolveLength, type ComputedStyle } from '../style/computed-style.ts';
import { buildStack } from './build-stack.ts';
import { coverOpacity } from './covers.ts';
import type { Stack } from './stack.ts';
import { mapRectangle } from './map-rectangle.ts';

/** Text that is drawn no larger cannot be read. */
const tinyPixels = 1.5;
/** With less opacity nothing is seen of a picture. */
const minOpacity = 0.1;

/** What decides about the text in a box. */
export interface BoxState {
  readonly paint: PaintState;
  readonly placement: Placement;
  readonly blur: number;
  /** Whether a line through it covers its letters. */
  readonly isStruck: boolean;
  readonly isUncertain: boolean;
}

/** What is known about the visibility of a document's texts. */
export interface Visibility {
  /** Texts that have a place on the page and cannot be seen there. */
  readonly hidden: ReadonlySet<TextRun>;
  /** Texts that are cut off somewhere, and where. */
  readonly cutAt: ReadonlyMap<TextRun, number>;
  /** Pictures and fields that cannot be seen. */
  readonly hiddenBoxes: ReadonlySet<Box>;
  /** Characters that are shown although something about them is not understood. */
  readonly uncertainCharacters: number;
}

const nothingHidden: Visibility = {
  hidden: new Set(),
  cutAt: new Map(),
  hiddenBoxes: new Set(),
  uncertainCharacters: 0,
};
const noGeometry: Geometry = { boxes: new Map(), texts: new Map() };

/** Decides which texts of a page a person sees. */
export function decideVisibility(
  root: Box | undefined,
  pictures: Pictures,
  blankFonts: ReadonlySet<string>,
): Visibility {
  if (root === undefined) return nothingHidden;
  const needs = pageNeeds(root);
  const laidOut = needs.layout ? layOutPage(root) : noGeometry;
  const geometry = laidOut ?? noGeometry;
  const page = root.style.isDark ? black : white;
  // A page that takes too long to lay out is shown, whatever is moved or cut off in it.
  const states = boxStates(root, geometry, page, pictures, laidOut === undefined);
  const stack = needs.stack && laidOut !== undefined ? buildStack(root, states, geometry, page, pictures) : undefined;
  return judge(states, geometry, stack, blankFonts);
}

function boxStates(
  root: Box,
  geometry: Geometry,
  page: Color,
  pictures: Pictures,
  isUncertain: boolean,
): ReadonlyMap<Box, BoxState> {
  const states = new Map<Box, BoxState>();
  const folded = new Set<Box>();
  const visit = (box: Box, outer: BoxState): void => {
    for (const cell of foldedCells(box)) folded.add(cell);
    const placement = placementInside(outer.placement, box, geometry.boxes.get(box));
    const state: BoxState = {
      paint: paintInside(outer.paint, box.style, pictures),
      placement: folded.has(box) ? { ...placement, isGone: true } : placement,
      blur: Math.max(outer.blur, blurPixels(box.style.filter)),
      isStruck: outer.isStruck || isStruckOut(box.style),
      isUncertain: outer.isUncertain || box.style.isUncertain,
    };
    states.set(box, state);
    for (const child of box.children) if (isBox(child)) visit(child, state);
  };
  visit(root, { paint: pagePaint(page), placement: pagePlacement, blur: 0, isStruck: false, isUncertain });
  return states;
}

function judge(
  states: ReadonlyMap<Box, BoxState>,
  { boxes, texts }: Geometry,
  stack: Stack | undefined,
  blankFonts: ReadonlySet<string>,
): Visibility {
  const hidden = new Set<TextRun>();
  const cutAt = new Map<TextRun, number>();
  const hiddenBoxes = new Set<Box>();
  let uncertainCharacters = 0;
  const tops = new Map<Box, number | undefined>();
  const topOf = (box: Box): number | undefined => {
    if (!tops.has(box)) tops.set(box, firstTop(box, texts));
    return tops.get(box);
  };
  for (const [box, state] of states) {
    if (box.children.length === 0 && isBoxHidden(box, state, boxes.get(box))) hiddenBoxes.add(box);
    const isDrawn = areLettersDrawn(box, state, blankFonts);
    for (const run of box.children) {
      if (isBox(run)) continue;
      const fragments = texts.get(run);
      const isSeen = isDrawn && !isInHiddenLine(run, state, fragments, topOf);
      const end = isSeen ? visibleEnd(run, state, fragments, stack) : 0;
      if (end === 0) hidden.add(run);
      else if (end < run.text.length) cutAt.set(run, end);
      if (end > 0 && (state.isUncertain || state.paint.ground === undefined))
        uncertainCharacters += run.text.trim().length;
    }
  }
  return { hidden, cutAt, hiddenBoxes, uncertainCharacters };
}

/** A box without text of its own, such as a picture. */
function isBoxHidden({ style }: Box, { paint, placement }: BoxState, rectangle: Rectangle | undefined): boolean {
  if (style.visibility !== 'visible' || paint.opacity < minOpacity || placement.isGone) return true;
  return rectangle !== undefined && rectangle.width > 0 && !isInView(rectangle, placement);
}

/** Whether letters in a box are drawn large and sharp enough to be read, whatever their colour and place. */
function areLettersDrawn(
  { style }: Box,
  { placement, blur, isStruck }: BoxState,
  blankFonts: ReadonlySet<string>,
): boolean {
  if (placement.isGone || style.visibility !== 'visible' || style.textSecurity !== 'none' || isStruck) return false;
  if (isTiny(style) || blur > style.fontSize / 2) return false;
  // Each letter begins in front of the one before.
  if (style.letterSpacing <= -style.fontSize) return false;
  return style.fontFamily[0] === undefined || !blankFonts.has(style.fontFamily[0]);
}

/** Letters are half as high as the size of most fonts. */
const usualAspect = 0.5;

function isTiny({ fontSize, fontSizeAdjust }: ComputedStyle): boolean {
  return fontSize * (fontSizeAdjust === 'none' ? 1 : fontSizeAdjust / usualAspect) <= tinyPixels;
}

/** A line through letters that is so thick leaves nothing of them, whatever its colour. */
const coverThickness = 0.9;

function isStruckOut({
  textDecoration,
  textDecorationColor,
  textDecorationThickness,
  fontSize,
}: ComputedStyle): boolean {
  if (!textDecoration.includes('line-through') || textDecorationThickness === 'auto') return false;
  const isOpaque = typeof textDecorationColor !== 'object' || textDecorationColor.alpha >= coverOpacity;
  return isOpaque && resolveLength(textDecorationThickness, fontSize) >= fontSize * coverThickness;
}

/** The cells of a table that are in columns that are folded away. */
function foldedCells(table: Box): readonly Box[] {
  const { collapsedColumns } = table;
  if (collapsedColumns === undefined) return [];
  return tableRows(table).rows.flatMap((row) =>
    row.flatMap((cell, column) => {
      if (cell === undefined) return [];
      const columns = Array.from({ length: spanAt(row, column) }, (_, index) => column + index);
      return columns.every((one) => collapsedColumns[one] === true) ? [cell] : [];
    }),
  );
}

/** Whether a text is in the first line of a block, whose letters cannot be seen there. */
function isInHiddenLine(
  run: TextRun,
  { paint }: BoxState,
  fragments: readonly Fragment[] | undefined,
  topOf: (box: Box) => number | undefined,
): boolean {
  if (fragments === undefined) return false;
  for (let box: Box | undefined = run.parent; box !== undefined; box = box.parent) {
    const { firstLine } = box;
    if (firstLine !== undefined) {
      const top = topOf(box);
      if (top === undefined || !fragments.every(({ y, height }) => y < top + height / 2)) return false;
      return isTiny(firstLine) || !isLegible(firstLine, paint, false);
    }
    if (box.style.display !== 'inline') return false;
  }
  return false;
}

function firstTop(box: Box, texts: Geometry['texts']): number | undefined {
  for (const child of box.children) {
    const top = isBox(child) ? firstTop(child, texts) : texts.get(child)?.[0]?.y;
    if (top !== undefined) return top;
  }
  return undefined;
}

/** The end of the word that is cut at a place. */
function wordEnd(text: string, end: number): number {
  if (end <= 0 || end >= text.length) return end;
  const space = /\s/.exec(text.slice(end));
  return space === null ? text.length : end + space.index;
}

/** Where in a text what is seen of it ends. */
function visibleEnd(
  run: TextRun,
  { paint, placement }: BoxState,
  fragments: readonly Fragment[] | undefined,
  stack: Stack | undefined,
): number {
  const { style, element } = run.parent;
  const isSvg = element.node.namespaceURI === svgNamespace;
  const whole = run.text.length;
  if (fragments === undefined) return placement.clip === 'empty' || !isLegible(style, paint, isSvg) ? 0 : whole;
  const end = wordEnd(run.text, viewEnd(fragments, placement));
  if (end === 0) return 0;
  if (stack === undefined) return isLegible(style, paint, isSvg) ? end : 0;
  const isSeen = fragments.some((fragment) => {
    const place = mapRectangle(fragment, placement.matrix);
    if (!isInView(fragment, placement) || stack.isCovered(place, run)) return false;
    return isLegible(style, { ...paint, ...stack.groundBehind(place, run) }, isSvg);
  });
  return isSeen ? end : 0;
}
