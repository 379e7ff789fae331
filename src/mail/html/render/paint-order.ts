import { isBlockBox } from '../blocks/box-kind.ts';
import type { ComputedStyle } from '../style/computed-style.ts';
import { isBox, type Box, type TextRun } from './render-tree.ts';

/** Which of two things is painted later, and so on top: the one with the higher number. */
export type PaintOrder = ReadonlyMap<Box | TextRun, number>;

/** The order in which a page is painted (CSS 2.2, appendix E). */
export function paintOrder(root: Box): PaintOrder {
  const order = new Map<Box | TextRun, number>();
  const paint = (context: Box): void => {
    order.set(context, order.size);
    const [below, above, contexts]: [Box[], Box[], Box[]] = [[], [], []];
    const grounds: Box[] = [];
    const lines: (Box | TextRun)[] = [];
    const gather = (parent: Box): void => {
      for (const child of parent.children) {
        if (!isBox(child)) lines.push(child);
        else if (isContext(child)) {
          const level = levelOf(child);
          (level < 0 ? below : level > 0 ? above : contexts).push(child);
        } else {
          (isBlockBox(child) ? grounds : lines).push(child);
          gather(child);
        }
      }
    };
    gather(context);
    byLevel(below).forEach(paint);
    for (const one of [...grounds, ...lines]) order.set(one, order.size);
    contexts.forEach(paint);
    byLevel(above).forEach(paint);
  };
  paint(root);
  return order;
}

function byLevel(boxes: readonly Box[]): readonly Box[] {
  return boxes.toSorted((one, other) => levelOf(one) - levelOf(other));
}

/** Whether a box is painted with all that is in it, above what is not. */
function isContext({ style, parent }: Box): boolean {
  return style.position !== 'static' || isIsolated(style) || isFlexItem(parent);
}

function isIsolated(style: ComputedStyle): boolean {
  const { opacity, transform, translate, rotate, scale, filter, clipPath, maskImage, mixBlendMode } = style;
  const lists = [transform, translate, rotate, scale, filter, clipPath, maskImage];
  return opacity < 1 || mixBlendMode !== 'normal' || lists.some((list) => list.length > 0);
}

function isFlexItem(parent: Box | undefined): boolean {
  return parent !== undefined && /(?:flex|grid)$/.test(parent.style.display);
}

function levelOf({ style, parent }: Box): number {
  if (style.zIndex === 'auto' || (style.position === 'static' && !isFlexItem(parent))) return 0;
  return style.zIndex;
}
