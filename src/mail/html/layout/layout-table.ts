import { tableRows } from '../blocks/table-rows.ts';
import { isBox, type Box } from '../render/render-tree.ts';
import { isPlaced } from '../style/computed-style.ts';
import { definite, relativeShift } from './box-sizes.ts';
import { columnWidths, spanAt } from './column-widths.ts';
import type { Rectangle } from './geometry.ts';
import type { GridContext } from './layout-grid.ts';

/** What a table needs of the layout around it. */
export interface TableContext extends GridContext {
  /** The boxes that were laid out. */
  readonly boxes: ReadonlyMap<Box, Rectangle>;
  readonly place: (box: Box, rectangle: Rectangle) => void;
  /** Leaves a placed box for later, which would be at the place if it were not. */
  readonly defer: (box: Box, x: number, y: number) => void;
}

/** Lays out the captions, rows and cells of a table. `height` is that of the table inside, where it is known. Returns the height. */
export function layOutTable(
  box: Box,
  inside: Omit<Rectangle, 'height'>,
  height: number | undefined,
  context: TableContext,
): number {
  const { rows, captions } = tableRows(box);
  let y = inside.y;
  const layOutCaptions = (side: string): void => {
    for (const caption of captions)
      if (caption.style.captionSide === side) y += context.layOutBox(caption, inside.x, y, inside.width, height);
  };
  layOutCaptions('top');
  const spacing = box.style.borderSpacing;
  y += spacing;
  const widths = columnWidths(rows, inside.width, box.style.width !== 'auto', context.contents);
  for (const row of rows) {
    let [x, rowHeight] = [inside.x, 0];
    for (const [column, cell] of row.entries()) {
      const span = spanAt(row, column);
      const width = widths.slice(column, column + span).reduce((sum, one) => sum + one, 0);
      if (cell !== undefined) rowHeight = Math.max(rowHeight, layOutCell(cell, x, y, width, inside.width, context));
      x += widths[column] ?? 0;
    }
    const parent = row.find((cell) => cell !== undefined)?.parent;
    const asked = parent === undefined || parent === box ? 0 : (definite(parent.style.height, undefined) ?? 0);
    rowHeight = Math.max(rowHeight, asked);
    for (const cell of row) if (cell !== undefined) context.setHeight(cell, rowHeight);
    if (parent !== undefined && parent !== box)
      context.place(parent, { x: inside.x, y, width: inside.width, height: rowHeight });
    y += rowHeight + spacing;
  }
  for (const group of box.children.filter(isBox)) {
    if (!context.boxes.has(group) && group.style.display.startsWith('table-'))
      context.place(group, { x: inside.x, y: inside.y, width: inside.width, height: y - inside.y });
  }
  layOutCaptions('bottom');
  return y - inside.y;
}

function layOutCell(cell: Box, x: number, y: number, width: number, tableWidth: number, context: TableContext): number {
  if (isPlaced(cell.style)) {
    context.defer(cell, x, y);
    return 0;
  }
  const shift = relativeShift(cell.style, tableWidth);
  return context.layOutBox(cell, x + shift.x, y + shift.y, width, undefined);
}
