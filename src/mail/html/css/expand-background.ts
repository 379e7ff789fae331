import { parseColor } from './color.ts';
import { isImage } from './image.ts';
import type { Longhands } from './shorthand.ts';
import { splitAtCommas, type Value } from './tokens.ts';
import { isLengthOrPercentage } from './value-tests.ts';

const boxes = new Set([
  'border-box',
  'padding-box',
  'content-box',
  'text',
  'fill-box',
  'stroke-box',
  'view-box',
  'no-clip',
]);
const repeats = new Set(['repeat', 'repeat-x', 'repeat-y', 'no-repeat', 'space', 'round']);
const sizeWords = new Set(['auto', 'cover', 'contain']);
const places = new Set('left right top bottom center'.split(' '));
const composites = new Set('add subtract intersect exclude'.split(' '));
const modes = new Set('alpha luminance match-source'.split(' '));
const otherWords = new Set('scroll fixed local none'.split(' '));

interface Layer {
  readonly image: readonly Value[];
  readonly repeat: readonly Value[];
  readonly size: readonly Value[];
  readonly clip: readonly Value[];
  readonly position: readonly Value[];
  readonly composite: readonly Value[];
  readonly mode: readonly Value[];
  readonly color: Value | undefined;
}

const comma: Value = { kind: 'mark', mark: ',' };

function word(name: string): Value {
  return { kind: 'word', name };
}

/** `background`: layers of images, the last with the colour. */
export function expandBackground(values: readonly Value[]): Longhands | undefined {
  const layers = layersOf(values);
  if (layers === undefined || layers.slice(0, -1).some(({ color }) => color !== undefined)) return undefined;
  const color = layers.at(-1)?.color;
  return [
    ['background-image', joined(layers.map(({ image }) => image))],
    ['background-repeat', joined(layers.map(({ repeat }) => repeat))],
    ['background-size', joined(layers.map(({ size }) => size))],
    ['background-clip', joined(layers.map(({ clip }) => clip))],
    ['background-color', color === undefined ? undefined : [color]],
  ];
}

/** `mask`: layers of images. */
export function expandMask(values: readonly Value[]): Longhands | undefined {
  const layers = layersOf(values);
  if (layers === undefined || layers.some(({ color }) => color !== undefined)) return undefined;
  return [
    ['mask-image', joined(layers.map(({ image }) => image))],
    ['mask-size', joined(layers.map(({ size }) => size))],
    ['mask-position', joined(layers.map(({ position }) => position))],
    ['mask-repeat', joined(layers.map(({ repeat }) => repeat))],
    ['mask-composite', joined(layers.map(({ composite }) => composite))],
    ['mask-mode', joined(layers.map(({ mode }) => mode))],
  ];
}

function joined(layers: readonly (readonly Value[])[]): readonly Value[] {
  return layers.flatMap((layer, index) => (index === 0 ? layer : [comma, ...layer]));
}

function layersOf(values: readonly Value[]): readonly Layer[] | undefined {
  const layers: Layer[] = [];
  for (const part of splitAtCommas(values)) {
    const layer = part.length === 0 ? undefined : layerOf(part);
    if (layer === undefined) return undefined;
    layers.push(layer);
  }
  return layers;
}

function layerOf(values: readonly Value[]): Layer | undefined {
  const [image, repeat, size, clip]: [Value[], Value[], Value[], Value[]] = [[], [], [], []];
  const [position, composite, mode]: [Value[], Value[], Value[]] = [[], [], []];
  let color: Value | undefined;
  let isSize = false;
  for (const value of values) {
    const name = value.kind === 'word' ? value.name : '';
    const isLength = isLengthOrPercentage(value);
    if (value.kind === 'mark' && value.mark === '/') isSize = true;
    else if (isSize && size.length < 2 && (isLength || sizeWords.has(name))) size.push(value);
    else if (isLength || places.has(name)) position.push(value);
    else if (composites.has(name)) composite.push(value);
    else if (modes.has(name)) mode.push(value);
    else if (otherWords.has(name)) isSize = false;
    else if (repeats.has(name)) repeat.push(value);
    else if (boxes.has(name)) clip.push(value);
    else if (isImage(value) && image.length === 0) image.push(value);
    else if (color === undefined && parseColor(value) !== undefined) color = value;
    else return undefined;
  }
  return {
    image: image.length === 0 ? [word('none')] : image,
    repeat: repeat.length === 0 ? [word('repeat')] : repeat,
    size: size.length === 0 ? [word('auto')] : size,
    // One box is for origin and clip, of two the second is the clip.
    clip: [clip.at(-1) ?? word('border-box')],
    position: position.length === 0 ? [word('left'), word('top')] : position,
    composite: composite.length === 0 ? [word('add')] : composite,
    mode: mode.length === 0 ? [word('match-source')] : mode,
    color,
  };
}
