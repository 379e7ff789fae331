import { trimEndOf } from '../core/trim-end-of.ts';
import type { BoundedZip } from './bounded-zip.ts';
import { readXml } from './xml-events.ts';

/** How often a cell or row that says it is repeated is shown: sheets end with a million empty ones. */
const maxRepeats = 50;
/** Elements that begin a line of their own. */
const blocks: ReadonlySet<string> = new Set(['text:p', 'text:h']);

/**
 * The text of an OpenDocument file (text, spreadsheet, presentation): a line for each paragraph, a line for each row of a
 * table with ` | ` between its cells (OASIS OpenDocument 1.3 part 3).
 */
export async function* odfText(zip: BoundedZip): AsyncGenerator<string> {
  const bytes = await zip.read('content.xml');
  if (bytes === undefined) return;
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  let notShown = 0;
  const tables: { cells: string[]; cell: string[]; repeats: number }[] = [];
  const endLine = (): void => {
    const table = tables.at(-1);
    if (table === undefined) lines.push(line.trimEnd());
    else table.cell.push(line.trim());
    line = '';
  };
  await readXml(bytes, {
    open(name, attributes) {
      // Comments and what was deleted with changes tracked are not what the document says.
      if (name === 'office:annotation' || name === 'text:tracked-changes') notShown += 1;
      if (name === 'draw:page') lines.push('', `Slide ${attributes['draw:name'] ?? ''}`.trimEnd());
      if (name === 'table:table') lines.push('', `Sheet ${attributes['table:name'] ?? ''}`.trimEnd());
      if (blocks.has(name) && notShown === 0) depth += 1;
      if (name === 'text:line-break') line += '\n';
      if (name === 'text:tab') line += '\t';
      if (name === 'text:s') line += ' '.repeat(Math.min(Number(attributes['text:c'] ?? 1), 100));
      if (name === 'table:table-row') tables.push({ cells: [], cell: [], repeats: 1 });
      if (name === 'table:table-cell') {
        const table = tables.at(-1);
        if (table !== undefined) {
          table.cell = [];
          table.repeats = Math.min(Number(attributes['table:number-columns-repeated'] ?? 1), maxRepeats);
        }
      }
    },
    text(text) {
      if (depth > 0 && notShown === 0) line += text.replaceAll(/\s+/g, ' ');
    },
    close(name) {
      if (name === 'office:annotation' || name === 'text:tracked-changes') notShown -= 1;
      if (blocks.has(name) && notShown === 0) {
        depth -= 1;
        endLine();
      }
      const table = tables.at(-1);
      if (name === 'table:table-cell' && table !== undefined) {
        const text = table.cell.join(' ').trim();
        for (let times = 0; times < table.repeats; times += 1) table.cells.push(text);
      }
      if (name === 'table:table-row' && table !== undefined) {
        tables.pop();
        const row = trimEndOf(table.cells.join(' | '), '| \t\n');
        if (row !== '') lines.push(row);
      }
    },
  });
  yield lines.join('\n').trim();
}
