import type { Color } from '../css/color.ts';
import { sharedFraction, type Rectangle } from '../layout/geometry.ts';
import { isTableBox } from '../blocks/box-kind.ts';
import type { ComputedStyle } from '../style/computed-style.ts';
import type { Ground } from './ground.ts';
import { isMoved } from './page-needs.ts';
import type { PaintOrder } from './paint-order.ts';
import type { Box, TextRun } from './render-tree.ts';

/** A box that paints a ground, where it is seen. */
export interface Layer {
  readonly box: Box;
  readonly rectangle: Rectangle;
  readonly order: number;
  /** Whether it is somewhere in the box, as a border is, and not behind all of it. */
  readonly isPart: boolean;
  /** Whether nothing shines through it. */
  readonly isOpaque: boolean;
  /** The ground that it makes of the one behind. */
  readonly paint: (behind: Ground) => Ground;
}

/** A ground counts as behind a text from this share of the text on, and as over it from that one on. */
const minBehind = 0.5;
const minOver = 0.85;

/** More comparisons of texts with grounds are not made in one document. */
const maxComparisons = 500_000;

/** The grounds of a page, to ask what is behind and over a place. */
export class Stack {
  readonly #layers: readonly Layer[];
  readonly #order: PaintOrder;
  readonly #page: Color;
  #comparisons = 0;

  constructor(layers: readonly Layer[], order: PaintOrder, page: Color) {
    this.#layers = layers.toSorted((one, other) => one.order - other.order);
    this.#order = order;
    this.#page = page;
  }

  /** Whether something opaque that is painted later covers a text at its place. */
  isCovered(place: Rectangle, run: TextRun): boolean {
    const order = this.#order.get(run);
    if (order === undefined || !this.#mayCompare()) return false;
    return this.#layers.some(
      (layer) => layer.order > order && layer.isOpaque && sharedFraction(place, layer.rectangle) >= minOver,
    );
  }

  /** The colours behind a text at its place; undefined where they cannot be known. */
  groundBehind(place: Rectangle, run: TextRun): { readonly ground: Ground; readonly isGroundPainted: boolean } {
    const order = this.#order.get(run);
    if (order === undefined || !this.#mayCompare()) return { ground: undefined, isGroundPainted: true };
    const around = groundsAround(run);
    const behind = this.#layers.filter(
      ({ box, order: own, rectangle, isPart }) =>
        own < order && ((around.has(box) && !isPart) || sharedFraction(place, rectangle) >= minBehind),
    );
    const lowest = Math.max(
      0,
      behind.findLastIndex(({ isOpaque }) => isOpaque),
    );
    const ground = behind.slice(lowest).reduce<Ground>((under, layer) => layer.paint(under), [this.#page]);
    return { ground, isGroundPainted: behind.length > 0 };
  }

  #mayCompare(): boolean {
    this.#comparisons += this.#layers.length;
    return this.#comparisons <= maxComparisons;
  }
}

/**
 * The boxes around a text that are behind it wherever it is: those in a line, whose rectangles say little of several
 * lines, and those that grow with what is in them.
 */
function groundsAround({ parent }: TextRun): ReadonlySet<Box> {
  const boxes = new Set<Box>();
  for (let box: Box | undefined = parent; box !== undefined; box = box.parent) {
    const { style } = box;
    if (style.display === 'inline' || isTableBox(box) || !hasOwnSize(style)) boxes.add(box);
    if (isMoved(style) || style.float !== 'none') break;
  }
  return boxes;
}

function hasOwnSize({ width, height, maxWidth, maxHeight, isWrapped }: ComputedStyle): boolean {
  return !isWrapped || [width, height, maxWidth, maxHeight].some((size) => size !== 'auto');
}
