import type { Block, Inline } from '../../blocks/block.ts';
import type { BlockPlace } from './block-builder.ts';

/** A cell of no more characters is short, whatever it is built of; of one line, it may be longer. */
const shortCellCharacters = 80;
const oneLineCharacters = 300;
const maxCellLines = 4;

/** A cell as the blocks in it. */
type Cell = readonly Block[];

/**
 * The blocks of a table: a row of short cells is one line, of any other the cells follow each other. Columns that are
 * empty in all rows keep distance, and are left out.
 */
export function rowBlocks(rows: readonly (readonly Cell[])[], place: BlockPlace): readonly Block[] {
  const isUsed = usedColumns(rows);
  const isData = rows.some((row) => row.filter((cell) => cell.length > 0).length > 1 && isShortRow(row));
  return rows.flatMap((row, index) => {
    const cells = row.filter((cell, column) => isUsed.has(column) || cell.length > 0);
    const filled = cells.filter((cell) => cell.length > 0);
    const isLine = isShortRow(filled) && (filled.length > 1 || (isData && filled[0] !== cells[0]));
    if (!isLine) return filled.flat();
    const gap = index === 0 ? filled.flat().reduce((most, block) => Math.max(most, block.gap), 0) : 0;
    const { quoteDepth, indent } = place;
    return filled.length === 0 ? [] : [{ kind: 'row', cells: cells.flatMap(cellContents), quoteDepth, indent, gap }];
  });
}

function usedColumns(rows: readonly (readonly Cell[])[]): ReadonlySet<number> {
  return new Set(rows.flatMap((row) => row.flatMap((cell, column) => (cell.length > 0 ? [column] : []))));
}

function isShortRow(cells: readonly Cell[]): boolean {
  if (cells.some((cell) => cell.some(({ kind }) => kind === 'rule' || kind === 'preformatted'))) return false;
  if (cells.every((cell) => cell.length <= maxCellLines && charactersOf(cell, shortCellCharacters) !== undefined))
    return true;
  let left = oneLineCharacters;
  return cells.every((cell) => {
    const characters = cell.length <= 1 ? charactersOf(cell, left) : undefined;
    left -= characters ?? 0;
    return characters !== undefined;
  });
}

/** How long the words of a cell are; undefined for more than `most` characters, which are not counted. */
function charactersOf(cell: Cell, most: number): number | undefined {
  let characters = Math.max(0, cell.length - 1);
  for (const block of cell) {
    for (const { text } of inlinesOf(block)) {
      characters += Math.max(1, text.length);
      if (characters > most) return undefined;
    }
  }
  return characters;
}

/** The pieces of a block one by one, so that nobody walks through a long one for its beginning. */
function* inlinesOf(block: Block): Generator<Pick<Inline, 'text'>> {
  if (block.kind === 'row') {
    for (const cell of block.cells) {
      yield* cell;
      yield { text: ' | ' };
    }
  } else if (block.kind !== 'rule') yield* block.content;
}

/** The contents of a cell: one, or those of the row that it consists of. */
function cellContents(cell: Cell): readonly (readonly Inline[])[] {
  const [first] = cell;
  if (cell.length === 1 && first?.kind === 'row') return first.cells;
  return [
    cell.flatMap((block, index) =>
      index === 0 ? contentOf(block) : [{ kind: 'text', text: '\n' } as const, ...contentOf(block)],
    ),
  ];
}

function contentOf(block: Block): readonly Inline[] {
  switch (block.kind) {
    case 'rule':
      return [];
    case 'row':
      return block.cells.flatMap((cell, index) =>
        index === 0 ? cell : [{ kind: 'text', text: ' | ' } as const, ...cell],
      );
    case 'item':
      return [{ kind: 'text', text: `${block.marker} ` }, ...block.content];
    case 'paragraph':
    case 'heading':
    case 'preformatted':
      return block.content;
  }
}
