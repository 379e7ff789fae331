import { spanOf } from '../dom/span-of.ts';
import { isBox, type Box } from '../render/render-tree.ts';

/** The cells of a table by rows; undefined where a cell of a row above or to the left reaches. */
export interface TableRows {
  readonly rows: readonly (readonly (Box | undefined)[])[];
  readonly captions: readonly Box[];
}

/** Gaps in one table; where spans make more of them, the rest of its cells counts as one column wide and one row high. */
const maxGaps = 100_000;

const groupDisplays = new Set(['table-row-group', 'table-header-group', 'table-footer-group']);

/** The rows of a table, or of a part of one that stands alone. */
export function tableRows(table: Box): TableRows {
  const captions: Box[] = [];
  const rows: Box[][] = [];
  const gather = (box: Box): void => {
    const { display } = box.style;
    if (display === 'table-cell') rows.push([box]);
    else if (display === 'table-row') rows.push(box.children.filter(isBox));
    else {
      let loose: Box[] = [];
      for (const child of box.children.filter(isBox)) {
        if (child.style.display === 'table-caption') captions.push(child);
        else if (groupDisplays.has(child.style.display) || child.style.display === 'table-row') {
          loose = [];
          gather(child);
        } else if (!child.style.display.startsWith('table-column')) {
          // Cells without a row around them are in one.
          if (loose.length === 0) rows.push(loose);
          loose.push(child);
        }
      }
    }
  };
  gather(table);
  return { rows: withSpans(rows), captions };
}

/** Puts gaps where cells of rows above reach down, so that columns keep their places. */
function withSpans(rows: readonly (readonly Box[])[]): readonly (readonly (Box | undefined)[])[] {
  const reaching: number[] = [];
  let gaps = 0;
  return rows.map((cells) => {
    const row: (Box | undefined)[] = [];
    const skipReached = () => {
      while ((reaching[row.length] ?? 0) > 0 && gaps < maxGaps) {
        gaps += 1;
        reaching[row.length] = (reaching[row.length] ?? 0) - 1;
        row.push(undefined);
      }
    };
    for (const cell of cells) {
      skipReached();
      const column = row.length;
      const down = gaps < maxGaps ? spanOf(cell.element.node, 'rowspan') : 1;
      const across = gaps < maxGaps ? spanOf(cell.element.node, 'colspan') : 1;
      gaps += across - 1;
      for (let index = 0; index < across; index += 1) {
        reaching[column + index] = down - 1;
        row.push(index === 0 ? cell : undefined);
      }
    }
    skipReached();
    return row;
  });
}
