import { definite } from './box-sizes.ts';
import type { ContentWidths } from './content-width.ts';
import type { Box } from '../render/render-tree.ts';

/** The widths of a table's columns in `room` pixels: what they ask for, and for the others what their content likes. */
export function columnWidths(
  rows: readonly (readonly (Box | undefined)[])[],
  room: number,
  isFilled: boolean,
  contents: ContentWidths,
): readonly number[] {
  const count = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const asked = Array.from({ length: count }, (): number | undefined => undefined);
  const liked = Array.from({ length: count }, () => 1);
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      // A cell over several columns says nothing about each of them.
      if (cell === undefined || (row[column + 1] === undefined && column + 1 < row.length)) continue;
      const width = definite(cell.style.width, room);
      if (width !== undefined) asked[column] = Math.max(asked[column] ?? 0, width);
      liked[column] = Math.max(liked[column] ?? 0, contents.of(cell));
    }
  }
  const taken = asked.reduce<number>((sum, width) => sum + (width ?? 0), 0);
  const free = Math.max(0, room - taken);
  const wanted = liked.reduce((sum, width, column) => sum + (asked[column] === undefined ? width : 0), 0);
  const factor = wanted > free || isFilled ? free / Math.max(1, wanted) : 1;
  return liked.map((width, column) => asked[column] ?? width * factor);
}

/** How many columns a cell is wide: itself, and the gaps behind it. */
export function spanAt(row: readonly (Box | undefined)[], column: number): number {
  let end = column + 1;
  while (end < row.length && row[end] === undefined) end += 1;
  return row[column] === undefined ? 1 : end - column;
}
