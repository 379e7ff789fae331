import { isBox, type Box } from '../render/render-tree.ts';
import { isPlaced } from '../style/computed-style.ts';

const blockDisplays = new Set(
  'block flow-root list-item flex grid table table-caption table-cell table-row table-row-group table-header-group table-footer-group math-block'.split(
    ' ',
  ),
);
const tableDisplays = new Set(
  'table inline-table table-row table-cell table-row-group table-header-group table-footer-group'.split(' '),
);

/** Whether lines end before and behind a box. */
export function isBlockBox({ style }: Box): boolean {
  return blockDisplays.has(style.display) || style.float !== 'none' || isPlaced(style);
}

/** Whether a box is a table, or a part of one that stands outside of any. */
export function isTableBox({ style }: Box): boolean {
  return tableDisplays.has(style.display);
}

/** Whether a box is a line of boxes side by side. */
export function isFlexRow({ style }: Box): boolean {
  return style.display.endsWith('flex') && style.flexDirection.startsWith('row');
}

/** Whether a box stands beside others of its kind as columns do; one that is wider stands alone on its line. */
export function isFloatingColumn({ style }: Box): boolean {
  const { float, width } = style;
  return float !== 'none' && (width === 'auto' || width.share <= 0.5);
}

/** Elements that are part of a text even where they are boxes, such as the letters of a word. */
const textElements = new Set('a abbr b big code em font i mark s small span strong sub sup u'.split(' '));

/** Whether a box in a line is a block or a form control that only stands beside its neighbours: no part of their words. */
export function isApart({ element, style }: Box): boolean {
  return style.display.startsWith('inline-') && !textElements.has(element.name);
}

/** Whether a box that is in a line contains blocks, so that it is a column of its own. */
export function hasBlocksInside(box: Box): boolean {
  return box.children.some(
    (child) => isBox(child) && (isBlockBox(child) || isTableBox(child) || hasBlocksInside(child)),
  );
}
