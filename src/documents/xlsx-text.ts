import type { BoundedZip } from './bounded-zip.ts';
import { readRelationships } from './relationships.ts';
import { columnOf, formatNumber, numberKind, type NumberKind } from './spreadsheet-cells.ts';
import { readXml } from './xml-events.ts';

/** Rows of one sheet and cells of one row that are shown; what is left out is said. */
const maxRows = 20_000;
const maxColumns = 200;

const workbookPart = 'xl/workbook.xml';

interface Sheet {
  readonly name: string;
  readonly target: string;
  readonly isHidden: boolean;
}

interface Workbook {
  readonly sheets: readonly Sheet[];
  readonly is1904: boolean;
}

async function readWorkbook(zip: BoundedZip): Promise<Workbook> {
  const targets = new Map((await readRelationships(zip, workbookPart)).map(({ id, target }) => [id, target]));
  const sheets: Sheet[] = [];
  let is1904 = false;
  await readXml((await zip.read(workbookPart)) ?? new Uint8Array(), {
    open(name, attributes) {
      if (name === 'workbookPr') is1904 = attributes.date1904 === '1' || attributes.date1904 === 'true';
      const target = name === 'sheet' ? targets.get(attributes['r:id'] ?? '') : undefined;
      if (target === undefined) return;
      const isHidden = attributes.state === 'hidden' || attributes.state === 'veryHidden';
      sheets.push({ name: attributes.name ?? '', target, isHidden });
    },
  });
  return { sheets, is1904 };
}

/** Texts that cells refer to by number; readings for Asian words (`rPh`) are not part of them. */
async function readSharedStrings(zip: BoundedZip): Promise<readonly string[]> {
  const strings: string[] = [];
  let text = '';
  let isText = false;
  let isReading = false;
  await readXml((await zip.read('xl/sharedStrings.xml')) ?? new Uint8Array(), {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') isReading = true;
      else if (name === 't') isText = !isReading;
    },
    text(piece) {
      if (isText) text += piece;
    },
    close(name) {
      if (name === 't') isText = false;
      else if (name === 'rPh') isReading = false;
      else if (name === 'si') strings.push(text);
    },
  });
  return strings;
}

/** How the number of a cell is meant, by the style that the cell names. */
async function readStyles(zip: BoundedZip): Promise<readonly NumberKind[]> {
  const codes = new Map<number, string>();
  const kinds: NumberKind[] = [];
  let isCellFormats = false;
  await readXml((await zip.read('xl/styles.xml')) ?? new Uint8Array(), {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (name === 'cellXfs') isCellFormats = true;
      else if (name === 'xf' && isCellFormats) {
        const id = Number(attributes.numFmtId ?? 0);
        kinds.push(numberKind(id, codes.get(id)));
      }
    },
    close(name) {
      if (name === 'cellXfs') isCellFormats = false;
    },
  });
  return kinds;
}

interface SheetRows {
  readonly rows: readonly string[];
  readonly hasMoreRows: boolean;
  readonly hasMoreColumns: boolean;
}

/** The rows of a sheet as lines: cells divided by ` | `, empty ones kept so that a column keeps its place. */
async function readRows(
  bytes: Uint8Array,
  { strings, kinds, is1904 }: { strings: readonly string[]; kinds: readonly NumberKind[]; is1904: boolean },
): Promise<SheetRows> {
  const rows: string[] = [];
  let cells: string[] = [];
  let cell = { type: '', style: 0, column: 0, text: '' };
  let isValue = false;
  let hasMoreColumns = false;
  let hasMoreRows = false;
  await readXml(
    bytes,
    {
      open(name, attributes) {
        if (name === 'row') cells = [];
        else if (name === 'c') {
          const column = columnOf(attributes.r) ?? cells.length;
          cell = { type: attributes.t ?? 'n', style: Number(attributes.s ?? 0), column, text: '' };
        } else if (name === 'v' || name === 't') isValue = true;
      },
      text(piece) {
        if (isValue) cell.text += piece;
      },
      close(name) {
        if (name === 'v' || name === 't') isValue = false;
        else if (name === 'c') {
          if (cell.column >= maxColumns) hasMoreColumns = true;
          else if (cell.text !== '') {
            while (cells.length < cell.column) cells.push('');
            cells[cell.column] = shown(cell)
              .replaceAll(/\s+/g, (space) => (space.includes('\n') ? ' ' : space))
              .trim();
          }
        } else if (name === 'row' && cells.length > 0) {
          if (rows.length < maxRows) rows.push(cells.join(' | '));
          else hasMoreRows = true;
        }
      },
    },
    () => hasMoreRows,
  );
  return { rows, hasMoreRows, hasMoreColumns };

  function shown({ type, style, text }: typeof cell): string {
    if (type === 's') return strings[Number(text)] ?? '';
    if (type === 'b') return text === '1' ? 'TRUE' : 'FALSE';
    return type === 'n' ? formatNumber(text, kinds[style] ?? 'number', is1904) : text;
  }
}

/** The text of a spreadsheet: each sheet under its name, one line a row. Values are those that were last computed. */
export async function* xlsxText(zip: BoundedZip, notes: string[]): AsyncGenerator<string> {
  const { sheets, is1904 } = await readWorkbook(zip);
  const context = { strings: await readSharedStrings(zip), kinds: await readStyles(zip), is1904 };
  const hidden = sheets.filter(({ isHidden }) => isHidden).length;
  notes.push(
    `${sheets.length} ${sheets.length === 1 ? 'sheet' : 'sheets'}${hidden === 0 ? '' : `, ${hidden} of them hidden`}`,
  );
  for (const [index, { name, target, isHidden }] of sheets.entries()) {
    const bytes = await zip.read(target);
    if (bytes === undefined) continue;
    const { rows, hasMoreRows, hasMoreColumns } = await readRows(bytes, context);
    if (hasMoreRows) notes.push(`sheet ${index + 1} has more than ${maxRows} rows; the rest is not shown`);
    if (hasMoreColumns) notes.push(`sheet ${index + 1} has more than ${maxColumns} columns; the rest is not shown`);
    const title = `Sheet ${index + 1}: ${name}${isHidden ? ' (hidden)' : ''}`;
    yield `${index === 0 ? '' : '\n\n'}${title}\n`;
    // In pieces, so that somebody who wants the first lines does not wait for all.
    for (let at = 0; at < rows.length; at += 500) yield `${rows.slice(at, at + 500).join('\n')}\n`;
  }
}
