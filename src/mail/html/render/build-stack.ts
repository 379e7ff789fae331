import type { Color } from '../css/color.ts';
import { screen } from '../css/length.ts';
import { intersect, type Geometry, type Rectangle } from '../layout/geometry.ts';
import type { ComputedStyle } from '../style/computed-style.ts';
import { backgroundOver, type Pictures } from './ground.ts';
import { coverOpacity, coversOf } from './covers.ts';
import { mapRectangle } from './map-rectangle.ts';
import { filterAll } from './paint.ts';
import { paintOrder } from './paint-order.ts';
import type { Placement } from './placement.ts';
import type { Box } from './render-tree.ts';
import { Stack, type Layer } from './stack.ts';
import type { BoxState } from './visibility.ts';

/** More grounds are those of a hostile page. */
const maxLayers = 5000;

/** The grounds of a page, in the order in which they are painted. */
export function buildStack(
  root: Box,
  states: ReadonlyMap<Box, BoxState>,
  { boxes }: Geometry,
  page: Color,
  pictures: Pictures,
): Stack {
  const order = paintOrder(root);
  const layers: Layer[] = [];
  for (const [box, state] of states) {
    if (layers.length >= maxLayers) break;
    const own = order.get(box);
    if (own === undefined || state.placement.isGone || box.style.visibility !== 'visible') continue;
    const layer = layerOf(box, state, boxes.get(box), own, pictures);
    if (layer !== undefined) layers.push(layer);
    for (const { rectangle, color } of coversOf(box, state.paint, boxes.get(box), pictures)) {
      const place = seenPart(rectangle, state.placement);
      if (place !== undefined)
        layers.push({ box, rectangle: place, order: own, isPart: true, isOpaque: true, paint: () => color });
    }
  }
  return new Stack(layers, order, page);
}

function layerOf(
  box: Box,
  { paint: { filters, opacity }, placement }: BoxState,
  rectangle: Rectangle | undefined,
  order: number,
  pictures: Pictures,
): Layer | undefined {
  const { style } = box;
  if (style.backgroundClip.includes('text')) return undefined;
  const own = (color: Color): Color => {
    const filtered = filterAll(color, filters);
    return { ...filtered, alpha: filtered.alpha * opacity };
  };
  // Over nothing known, a ground that is known hides all behind it.
  const alone = backgroundOver(undefined, style, own, pictures);
  if (!alone.isPainted) return undefined;
  const place = placeOf(box, rectangle, placement);
  if (place === undefined) return undefined;
  return {
    box,
    rectangle: place,
    order,
    isPart: false,
    isOpaque: alone.ground !== undefined || (opacity >= coverOpacity && hasOpaqueColor(style)),
    paint: (behind) => backgroundOver(behind, style, own, pictures).ground,
  };
}

function hasOpaqueColor({ backgroundColor }: ComputedStyle): boolean {
  return typeof backgroundColor === 'object' && backgroundColor.alpha >= coverOpacity;
}

/** The ground of the root and the body is that of the whole page. */
function placeOf(box: Box, rectangle: Rectangle | undefined, placement: Placement): Rectangle | undefined {
  if (box.parent === undefined || box.element.name === 'body') {
    return { x: -screen.width, y: -1_000_000, width: 100 * screen.width, height: 10_000_000 };
  }
  if (rectangle === undefined || rectangle.width <= 0 || rectangle.height <= 0) return undefined;
  return seenPart(rectangle, placement);
}

/** Where a rectangle of the laid-out page is on the one that is seen, as far as it is not cut off. */
function seenPart(rectangle: Rectangle, { matrix, clip }: Placement): Rectangle | undefined {
  if (clip === 'empty') return undefined;
  const seen = mapRectangle(rectangle, matrix);
  return clip === undefined ? seen : intersect(seen, clip);
}
