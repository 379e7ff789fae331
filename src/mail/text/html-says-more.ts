import { blockText, type Block, type Inline } from '../blocks/block.ts';
import { namesAnotherHost } from '../blocks/named-host.ts';
import { shownAddress } from '../blocks/shown-address.ts';
import { wordsOf } from './compare-texts.ts';

/**
 * Whether HTML says more than a plain text of the same words: where a link leads, which cells are one row, which words are
 * struck out.
 */
export function htmlSaysMore(blocks: readonly Block[], plain: string): boolean {
  const contents = blocks.flatMap(contentsOf);
  if (contents.some((inline) => isUntoldLink(inline, plain))) return true;
  if (!plain.includes('~~') && contents.some((inline) => inline.text.includes('~~'))) return true;
  const rows = blocks.filter(({ kind }) => kind === 'row');
  if (rows.length === 0) return false;
  const lines = plain.split('\n').map((line) => ` ${wordsOf(line).join(' ')} `);
  return rows.some((row) => {
    const words = ` ${wordsOf(blockText(row)).join(' ')} `;
    return !lines.some((line) => line.includes(words));
  });
}

function contentsOf(block: Block): readonly Inline[] {
  switch (block.kind) {
    case 'rule':
      return [];
    case 'row':
      return block.cells.flat();
    case 'paragraph':
    case 'heading':
    case 'item':
    case 'preformatted':
      return block.content;
  }
}

function isUntoldLink(inline: Inline, plain: string): boolean {
  if (inline.kind !== 'link' || inline.text.trim() === '') return false;
  const { target, text } = inline;
  const host = URL.parse(target)?.hostname ?? '';
  if (host !== '' && namesAnotherHost(text, host)) return true;
  return shownAddress(target, `${text} ${plain}`) !== undefined;
}
