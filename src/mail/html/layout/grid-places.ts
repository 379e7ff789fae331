import type { Box } from '../render/render-tree.ts';
import { orderedItems } from './flow-children.ts';
import { gridLine, type GridArea } from './grid-tracks.ts';

/** A box in a grid, and the lines that it is between. */
export interface GridItem extends GridArea {
  readonly box: Box;
}

/** Cells that are looked at for a free place in one grid; behind them, places are not looked for. */
const maxProbes = 20_000;

/** Where the boxes of a grid are, row after row: those that say so there, the others in what is free behind the last. */
export function placeItems(
  box: Box,
  areas: ReadonlyMap<string, GridArea>,
  columnCount: number,
  rowCount: number,
): readonly GridItem[] {
  const taken = new Set<string>();
  const budget = { left: maxProbes };
  const isFree = ({ row, rowEnd, column, columnEnd }: GridArea): boolean => {
    if (budget.left <= 0) return true;
    for (let y = row; y < rowEnd; y += 1) {
      for (let x = column; x < columnEnd; x += 1) {
        budget.left -= 1;
        if (budget.left > 0 && taken.has(`${y},${x}`)) return false;
      }
    }
    return true;
  };
  const take = ({ row, rowEnd, column, columnEnd }: GridArea): void => {
    if (taken.size >= maxProbes) return;
    for (let y = row; y < rowEnd; y += 1)
      for (let x = column; x < columnEnd && taken.size < maxProbes; x += 1) taken.add(`${y},${x}`);
  };
  const wishes = orderedItems(box).map((item) => wishOf(item, areas, columnCount, rowCount));
  for (const { row, column, rows, columns } of wishes)
    if (row !== undefined && column !== undefined) take(areaOf(row, column, rows, columns));
  const cursor = { row: 1, column: 1 };
  return wishes.map(({ box: item, row, column, rows, columns }) => {
    if (row !== undefined && column !== undefined) return { box: item, ...areaOf(row, column, rows, columns) };
    const isInRow = row !== undefined;
    let place = areaOf(row ?? cursor.row, column ?? (isInRow ? 1 : cursor.column), rows, columns);
    if (column !== undefined && column < cursor.column) place = areaOf(place.row + 1, column, rows, columns);
    while (budget.left > 0 && (!isFree(place) || (place.columnEnd > columnCount + 1 && place.column > 1))) {
      const isRowLeft = place.columnEnd <= columnCount || isInRow;
      place =
        column === undefined && isRowLeft
          ? areaOf(place.row, place.column + 1, rows, columns)
          : areaOf(place.row + 1, column ?? 1, rows, columns);
    }
    take(place);
    if (!isInRow) [cursor.row, cursor.column] = [place.row, place.column];
    return { box: item, ...place };
  });
}

function areaOf(row: number, column: number, rows: number, columns: number): GridArea {
  return { row, rowEnd: row + rows, column, columnEnd: column + columns };
}

/** What a box says about its place. */
interface Wish {
  readonly box: Box;
  readonly row: number | undefined;
  readonly column: number | undefined;
  readonly rows: number;
  readonly columns: number;
}

function wishOf(box: Box, areas: ReadonlyMap<string, GridArea>, columnCount: number, rowCount: number): Wish {
  const { gridRowStart, gridRowEnd, gridColumnStart, gridColumnEnd } = box.style;
  const [name] = gridRowStart;
  const area = name?.kind === 'word' ? areas.get(name.name) : undefined;
  if (area !== undefined)
    return {
      box,
      row: area.row,
      column: area.column,
      rows: area.rowEnd - area.row,
      columns: area.columnEnd - area.column,
    };
  const [row, rows] = extentOf(gridLine(gridRowStart, rowCount), gridLine(gridRowEnd, rowCount));
  const [column, columns] = extentOf(gridLine(gridColumnStart, columnCount), gridLine(gridColumnEnd, columnCount));
  return { box, row, column, rows, columns };
}

type Line = ReturnType<typeof gridLine>;

function extentOf(start: Line, end: Line): readonly [line: number | undefined, span: number] {
  const span = start !== undefined && 'span' in start ? start.span : end !== undefined && 'span' in end ? end.span : 1;
  const first = start !== undefined && 'line' in start ? start.line : undefined;
  const last = end !== undefined && 'line' in end ? end.line : undefined;
  if (first === undefined) return [last === undefined ? undefined : Math.max(1, last - span), span];
  if (last === undefined) return [first, span];
  return [Math.min(first, last), Math.max(1, Math.abs(last - first))];
}
