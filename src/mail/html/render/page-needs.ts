import { svgNamespace } from '../dom/html-document.ts';
import { isSizeContained } from '../layout/box-sizes.ts';
import { cutsOverflow, isPlaced, type ComputedStyle, type Size } from '../style/computed-style.ts';
import { isBox, type Box } from './render-tree.ts';

/** What deciding about a page takes; most pages take neither. */
export interface PageNeeds {
  /** Something is cut off, moved or drawn at a place of its own: places have to be known. */
  readonly layout: boolean;
  /** Boxes may lie over each other: what is behind and over a text has to be looked for. */
  readonly stack: boolean;
}

/** A box that paints a ground and is no larger is none for the text that stands out of it. */
const minGroundPixels = 16;

/** Looks through a page for what needs more than the styles of boxes. */
export function pageNeeds(root: Box): PageNeeds {
  let [layout, stack] = [false, false];
  const visit = (box: Box): void => {
    const { style } = box;
    const overlaps = isMoved(style) || hasSmallGround(style) || isPlacedInGrid(style) || paintsOver(box);
    stack ||= overlaps;
    layout ||=
      overlaps ||
      isCut(style) ||
      isCuttingItem(box) ||
      box.firstLine !== undefined ||
      box.element.node.namespaceURI === svgNamespace;
    for (const child of box.children) if (isBox(child)) visit(child);
  };
  visit(root);
  return { layout, stack };
}

function isNegative(size: Size): boolean {
  return size !== 'auto' && (size.pixels < -1 || size.share < 0);
}

/** Whether a box may be elsewhere than the flow puts it, or what is in it may. */
export function isMoved(style: ComputedStyle): boolean {
  const { position, left, right, top, bottom, marginTop, marginBottom, marginLeft, marginRight } = style;
  if (isPlaced(style)) return true;
  if (position === 'relative' && [left, right, top, bottom].some((size) => size !== 'auto')) return true;
  if (position !== 'static' && style.zIndex !== 'auto' && style.zIndex < 0) return true;
  return [marginTop, marginBottom, marginLeft, marginRight].some(isNegative) || isTransformed(style);
}

function isTransformed({ transform, translate, rotate, scale, offsetPath }: ComputedStyle): boolean {
  return transform.length + translate.length + rotate.length + scale.length + offsetPath.length > 0;
}

/** Boxes of a grid may be put into the same cell. */
function isPlacedInGrid({ gridRowStart, gridColumnStart }: ComputedStyle): boolean {
  return gridRowStart.length > 0 && gridColumnStart.length > 0;
}

/** What is painted over boxes that are not moved: the spread of shadows, and drawings, whose parts lie over each other. */
function paintsOver({ style, element }: Box): boolean {
  return (
    style.boxShadow.length > 0 ||
    style.outlineStyle !== 'none' ||
    (element.node.namespaceURI === svgNamespace && element.name === 'rect')
  );
}

/** A box that cuts off and whose size a flexible box or grid gives. */
function isCuttingItem({ style, parent }: Box): boolean {
  return parent !== undefined && /(?:flex|grid)$/.test(parent.style.display) && isCutting(style);
}

function isCutting(style: ComputedStyle): boolean {
  return cutsOverflow(style) || style.contain.length > 0;
}

function isSmall(size: Size): boolean {
  return size !== 'auto' && size.share === 0 && size.pixels < minGroundPixels;
}

function hasSmallGround({
  backgroundColor,
  backgroundImage,
  width,
  height,
  maxHeight,
  display,
}: ComputedStyle): boolean {
  const paints = backgroundImage.length > 0 || typeof backgroundColor === 'string' || backgroundColor.alpha > 0;
  return paints && display !== 'inline' && display !== 'table-cell' && [width, height, maxHeight].some(isSmall);
}

function isCut(style: ComputedStyle): boolean {
  const isLimited =
    style.lineClamp > 0 || [style.width, style.height, style.maxWidth, style.maxHeight].some((size) => size !== 'auto');
  const isIndented = Math.abs(style.textIndent.pixels) + Math.abs(style.textIndent.share) > 0;
  const isThin =
    'factor' in style.lineHeight ? style.lineHeight.factor < 0.5 : style.lineHeight.pixels < style.fontSize / 2;
  return (
    (isCutting(style) && (isLimited || isThin || isSizeContained(style))) ||
    isIndented ||
    style.clipPath.length > 0 ||
    style.clip.length > 0 ||
    style.maskImage.length > 0
  );
}
