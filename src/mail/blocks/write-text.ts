import type { Block, Inline } from './block.ts';
import type { LinkList } from './link-list.ts';
import { inlineWriter, type InlineWriter } from './write-inline.ts';

/** Deeper quotes and lists look like this many levels. */
export const maxQuoteMarks = 8;
const maxIndent = 7;

/** How blocks are written. */
export interface WritingOptions {
  /**
   * Where links get their numbers: each is written as `words [n]`, and what its number stands for is in the list.
   * Without, the address follows its words: `words (address)`.
   */
  readonly links?: LinkList;
}

/**
 * The text of blocks: paragraphs and lines, quotes behind `>`, list items behind their markers, the cells of a row on
 * one line with ` | ` between.
 */
export function writeText(blocks: readonly Block[], options: WritingOptions = {}): string {
  const writeInline = inlineWriter(options.links);
  const lines: string[] = [];
  let outerDepth = 0;
  for (const block of blocks) {
    const depth = Math.min(block.quoteDepth, maxQuoteMarks);
    const written = blockLines(block, writeInline);
    if (written.every((line) => line === '')) continue;
    // The line between a quote and what is around it belongs to what is around it.
    const gap = lines.length === 0 ? 0 : block.gap;
    for (let count = 0; count < gap; count += 1) lines.push('>'.repeat(Math.min(depth, outerDepth)));
    for (const line of written) lines.push(quoted(line, depth));
    outerDepth = depth;
  }
  return lines.join('\n');
}

/** RFC 3676 section 4.5: marks stand together, a space only behind the last. */
export function quoted(line: string, depth: number): string {
  if (depth === 0) return line;
  return line === '' ? '>'.repeat(depth) : `${'>'.repeat(depth)} ${line}`;
}

function blockLines(block: Block, writeInline: InlineWriter): readonly string[] {
  const indent = '  '.repeat(Math.min(block.indent, maxIndent));
  switch (block.kind) {
    case 'rule':
      return [`${indent}---`];
    case 'row':
      return [indent + rowLine(block.cells, writeInline)];
    case 'heading':
    case 'paragraph':
      return textLines(writeInline(block.content)).map((line) => indent + line);
    case 'item': {
      const marker = block.marker === '' ? '' : `${block.marker} `;
      const lines = textLines(writeInline(block.content));
      return lines.map((line, index) => indent + (index === 0 ? marker : ' '.repeat(marker.length)) + line);
    }
    case 'preformatted':
      return writeInline(block.content)
        .split('\n')
        .map((line) => indent + line.trimEnd());
  }
}

/** Lines without space at their ends, none of them empty at the beginning or the end. */
function textLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+/, '')
    .trimEnd()
    .split('\n');
}

/** Empty cells keep their place, those at the end excepted: nothing behind them could shift. */
function rowLine(cells: readonly (readonly Inline[])[], writeInline: InlineWriter): string {
  const texts = cells.map((cell) =>
    writeInline(cell)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join(' / '),
  );
  const last = texts.findLastIndex((text) => text !== '');
  return texts
    .slice(0, last + 1)
    .join(' | ')
    .replaceAll('|  |', '| |')
    .replace(/^ \|/, '|');
}
