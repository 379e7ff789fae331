import { isBox, type Box, type TextRun } from '../render/render-tree.ts';
import { isPlaced } from '../style/computed-style.ts';

/** Boxes in the flow of a flexible box or grid, in the order in which they are laid out (CSS Flexbox 1, section 5.4). */
export function orderedItems(box: Box): readonly Box[] {
  const items = box.children.filter(isBox).filter((child) => !isPlaced(child.style));
  return items.some(({ style }) => style.order !== 0)
    ? items.toSorted((one, other) => one.style.order - other.style.order)
    : items;
}

/** What is in a box, from above to below: a flexible column may have its boxes in another order than the document. */
export function flowChildren(box: Box): readonly (Box | TextRun)[] {
  if (!box.style.display.endsWith('flex')) return box.children;
  const items = orderedItems(box);
  const placed = new Set<Box | TextRun>(items);
  const inOrder = box.style.flexDirection === 'column-reverse' ? items.toReversed() : items;
  return [...box.children.filter((child) => !placed.has(child)), ...inOrder];
}
