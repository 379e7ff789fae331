import { black, isSameColor, parseColor, white, type Color } from '../css/color.ts';
import { pixelsOf } from '../css/length.ts';
import { splitAtCommas } from '../css/tokens.ts';
import { attributeOf, svgNamespace } from '../dom/html-document.ts';
import type { Rectangle } from '../layout/geometry.ts';
import type { ComputedStyle, Paint } from '../style/computed-style.ts';
import { blurPixels, filterColor } from './filter.ts';
import type { Ground, Pictures } from './ground.ts';
import { filterAll, type PaintState } from './paint.ts';
import type { Box } from './render-tree.ts';

/** What is at least so opaque hides what is behind it. */
export const coverOpacity = 0.95;
/** Thinner borders cover no letters. */
const minPixels = 6;
/** A wider blur leaves nothing of letters. */
const maxBlurPixels = 8;

/** Something opaque that a box paints besides its background. */
export interface Cover {
  readonly rectangle: Rectangle;
  /** Its colour, undefined where that is not known. */
  readonly color: Ground;
}

/** What of a box can hide what is behind it: its picture, borders, the spread of its shadows, drawn rectangles. */
export function coversOf(
  box: Box,
  { opacity, filters }: PaintState,
  rectangle: Rectangle | undefined,
  pictures: Pictures,
): readonly Cover[] {
  if (rectangle === undefined || opacity < coverOpacity) return [];
  const { style, element } = box;
  const paint = (color: Color): Ground => [filterAll(color, filters)];
  if (element.node.namespaceURI === svgNamespace) {
    const fill = element.name === 'rect' && style.fillOpacity >= coverOpacity ? opaque(style.fill, style) : undefined;
    return fill === undefined ? [] : [{ rectangle, color: paint(fill) }];
  }
  const picture = element.name === 'img' ? pictures(attributeOf(element.node, 'src') ?? '') : undefined;
  const colors = typeof picture === 'object' ? picture.colors : undefined;
  const isSolid = colors !== undefined && colors.length > 0 && colors.every(({ alpha }) => alpha >= coverOpacity);
  return [
    ...(isSolid ? [{ rectangle, color: colors.flatMap((color) => paint(color) ?? []) }] : []),
    ...borders(style, rectangle, paint),
    ...shadows(style, rectangle, paint),
    ...outlines(style, rectangle, paint),
    ...(isBackdropGone(style) ? [{ rectangle, color: undefined }] : []),
  ];
}

function opaque(paint: Paint | 'none', style: ComputedStyle): Color | undefined {
  const color = paint === 'currentcolor' ? style.color : paint;
  return typeof color === 'object' && color.alpha >= coverOpacity ? color : undefined;
}

function borders(style: ComputedStyle, { x, y, width, height }: Rectangle, paint: (color: Color) => Ground): Cover[] {
  const { borderTop, borderRight, borderBottom, borderLeft } = style;
  const sides = [
    ['Top', borderTop, { x, y, width, height: borderTop }],
    ['Right', borderRight, { x: x + width - borderRight, y, width: borderRight, height }],
    ['Bottom', borderBottom, { x, y: y + height - borderBottom, width, height: borderBottom }],
    ['Left', borderLeft, { x, y, width: borderLeft, height }],
  ] as const;
  return sides.flatMap(([side, pixels, rectangle]) => {
    const color = pixels < minPixels ? undefined : opaque(style[`border${side}Color`], style);
    return color === undefined ? [] : [{ rectangle, color: paint(color) }];
  });
}

/** More values of one shadow are those of a hostile style. */
const maxShadowValues = 64;

/** Around the box; inside of it there is none. */
function shadows(style: ComputedStyle, box: Rectangle, paint: (color: Color) => Ground): Cover[] {
  if (style.boxShadow.length === 0) return [];
  const layers = splitAtCommas(style.boxShadow.slice(0, maxShadowValues));
  return layers.flatMap((shadow) => {
    const isInset = shadow.some((value) => value.kind === 'word' && value.name === 'inset');
    const [across = 0, down = 0, blur = 0, spread = 0] = shadow.flatMap((value) => pixelsOf(value) ?? []);
    const named = shadow.map((value) => (pixelsOf(value) === undefined ? parseColor(value) : undefined));
    const color = opaque(named.find((one) => one !== undefined) ?? 'currentcolor', style);
    const out = spread - blur;
    if (color === undefined || out < minPixels) return [];
    if (isInset) return out * 2 < Math.min(box.width, box.height) ? [] : [{ rectangle: box, color: paint(color) }];
    return frame(box, out, across, down).map((rectangle) => ({ rectangle, color: paint(color) }));
  });
}

/** What is between a box and a larger one around it, which may be moved. */
function frame(box: Rectangle, out: number, across: number, down: number): readonly Rectangle[] {
  const outer = { left: box.x + across - out, right: box.x + box.width + across + out };
  const [top, bottom] = [box.y + down - out, box.y + box.height + down + out];
  const wide = outer.right - outer.left;
  const around = [
    { x: outer.left, y: top, width: wide, height: box.y - top },
    { x: outer.left, y: box.y + box.height, width: wide, height: bottom - box.y - box.height },
    { x: outer.left, y: top, width: box.x - outer.left, height: bottom - top },
    { x: box.x + box.width, y: top, width: outer.right - box.x - box.width, height: bottom - top },
  ];
  return around.filter(({ width, height }) => width > 0 && height > 0);
}

/** An outline is painted around the box, over whatever is there. */
function outlines(style: ComputedStyle, box: Rectangle, paint: (color: Color) => Ground): Cover[] {
  const { outlineStyle, outlineWidth, outlineOffset, outlineColor } = style;
  if (/^(?:none|auto|dotted|dashed)$/.test(outlineStyle) || outlineWidth < minPixels) return [];
  const color = opaque(outlineColor, style);
  if (color === undefined) return [];
  return frame(box, outlineWidth + outlineOffset, 0, 0).map((rectangle) => ({ rectangle, color: paint(color) }));
}

/** Whether what is behind a box is blurred, or made one colour, where it shines through. */
function isBackdropGone({ backdropFilter }: ComputedStyle): boolean {
  if (backdropFilter.length === 0) return false;
  if (blurPixels(backdropFilter) > maxBlurPixels) return true;
  return isSameColor(filterColor(black, backdropFilter), filterColor(white, backdropFilter));
}
