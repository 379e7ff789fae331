import type { Color } from '../css/color.ts';
import { gradientColors } from '../css/image.ts';
import { initialLengths, pixelsOf } from '../css/length.ts';
import { parsePosition } from '../css/position.ts';
import type { FunctionValue, Value } from '../css/tokens.ts';
import type { DomElement } from '../dom/dom-element.ts';
import { attributeOf } from '../dom/html-document.ts';
import type { Rectangle } from '../layout/geometry.ts';
import type { ComputedStyle } from '../style/computed-style.ts';
import { oncePer } from '../once-per.ts';
import { referencedElement } from './references.ts';
import type { Box } from './render-tree.ts';

/** Masks that leave less than this of a box show nothing. */
const minAlpha = 0.1;

/** The least and the most that a mask leaves of any place of a box, from 0 to 1. */
type Left = readonly [least: number, most: number];

const unknown: Left = [0, 1];
const nothing: Left = [0, 0];

/** More layers are not computed. */
const maxLayers = 16;

/** Whether a mask leaves nothing of a box: all its layers together. Pictures are not known. */
export function isMaskedAway({ style, element }: Box, rectangle: Rectangle | undefined): boolean {
  const { maskImage, maskComposite } = style;
  if (maskImage.length === 0 || maskImage.length > maxLayers) return false;
  const layers = maskImage.map(([image], index) => {
    const isGone = isLayerElsewhere(style, index, rectangle);
    return isGone ? nothing : leftByImage(image, wordOf(style.maskMode, index), element, isRepeated(style, index));
  });
  // The last layer is the lowest, the first lies over all.
  const whole = layers.reduceRight<Left | undefined>(
    (below, layer, index) => (below === undefined ? layer : composed(wordOf(maskComposite, index), layer, below)),
    undefined,
  );
  return whole !== undefined && whole[1] < minAlpha;
}

/** The values of a layer: lists that are shorter are repeated. */
function ofLayer(lists: readonly (readonly Value[])[], index: number): readonly Value[] {
  return lists[index % Math.max(1, lists.length)] ?? [];
}

function wordOf(lists: readonly (readonly Value[])[], index: number): string {
  const [value] = ofLayer(lists, index);
  return value?.kind === 'word' ? value.name : '';
}

function isRepeated({ maskRepeat }: ComputedStyle, index: number): boolean {
  return !ofLayer(maskRepeat, index).some((value) => value.kind === 'word' && value.name !== 'repeat');
}

/** Whether a layer has no size, or is placed beside the box. */
function isLayerElsewhere(style: ComputedStyle, index: number, rectangle: Rectangle | undefined): boolean {
  const size = ofLayer(style.maskSize, index);
  if (size.some((value) => pixelsOf(value, { ...initialLengths, percentBase: 100 }) === 0)) return true;
  if (rectangle === undefined || isRepeated(style, index)) return false;
  const { width, height } = rectangle;
  const lengths = { ...initialLengths, fontSize: style.fontSize };
  const of = (value: Value | undefined, whole: number) =>
    (value === undefined ? undefined : pixelsOf(value, { ...lengths, percentBase: whole })) ?? whole;
  const [wide, high] = [of(size[0], width), of(size[1] ?? size[0], height)];
  // Percentages are of the room that the layer leaves.
  const place = parsePosition(ofLayer(style.maskPosition, index), {
    width: width - wide,
    height: height - high,
    lengths,
  });
  if (place === undefined) return false;
  return place.x + wide <= 0 || place.y + high <= 0 || place.x >= width || place.y >= height;
}

function leftByImage(image: Value | undefined, mode: string, element: DomElement, isEverywhere: boolean): Left {
  if (image === undefined || (image.kind === 'word' && image.name === 'none')) return nothing;
  const referenced = referencedElement(image, element);
  if (referenced !== undefined) return referenced === 'missing' || isEmptyMask(referenced) ? nothing : unknown;
  const known = image.kind === 'function' ? colorsOf(image) : [];
  if (known.length === 0) return unknown;
  const shares = known.map((color) => (mode === 'luminance' ? luminance(color) : 1) * color.alpha);
  return [isEverywhere ? Math.min(...shares) : 0, Math.max(...shares)];
}

/** The colours of a gradient; none where one of them is not known. */
const colorsOf = oncePer((image: FunctionValue): readonly Color[] => {
  const colors = gradientColors(image) ?? [];
  const known = colors.flatMap((color) => (typeof color === 'object' ? [color] : []));
  return known.length < colors.length ? [] : known;
});

/** CSS Masking 1, section 7.10.1. */
function luminance({ red, green, blue }: Color): number {
  return (0.2125 * red + 0.7154 * green + 0.0721 * blue) / 255;
}

const shapes = new Set('rect circle ellipse path polygon line polyline'.split(' '));

/** Whether a `mask` of a drawing leaves nothing: it draws nothing, or nothing that is light. */
const isEmptyMask = oncePer(({ name, node, children }: DomElement): boolean => {
  const isOfLight =
    name === 'mask' && attributeOf(node, 'mask-type') === undefined && attributeOf(node, 'style') === undefined;
  return isOfLight && children.every((child) => shapes.has(child.name) && isDark(child));
});

/** Without a colour, shapes are black. */
function isDark({ node }: DomElement): boolean {
  const isPlain = ['style', 'class', 'stroke'].every((name) => attributeOf(node, name) === undefined);
  return isPlain && /^(?:|black|none|#000|#000000)$/.test(attributeOf(node, 'fill')?.trim().toLowerCase() ?? 'black');
}

/** What two layers leave together (CSS Masking 1, section 6.8): each operator is linear in both. */
function composed(operator: string, source: Left, below: Left): Left {
  const compose = operators[operator] ?? add;
  const corners = source.flatMap((one) => below.map((other) => compose(one, other)));
  return [Math.min(...corners), Math.max(...corners)];
}

type Compose = (source: number, below: number) => number;

const add: Compose = (source, below) => source + below - source * below;
const subtract: Compose = (source, below) => source * (1 - below);
const intersect: Compose = (source, below) => source * below;
const exclude: Compose = (source, below) => source * (1 - below) + below * (1 - source);

/** Also by the names of `-webkit-mask-composite`. */
const operators: Readonly<Record<string, Compose>> = {
  subtract,
  intersect,
  exclude,
  'source-out': subtract,
  'source-in': intersect,
  xor: exclude,
};
