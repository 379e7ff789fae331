import type { Block } from '../blocks/block.ts';
import { buildBlocks } from './blocks/build-blocks.ts';
import { readPage, type HtmlOptions } from './html-page.ts';

/** An HTML mail as a person sees it. */
export interface HtmlBlocks {
  readonly blocks: readonly Block[];
  /** Characters that the mail keeps from its reader's eye, and that are not among the blocks. */
  readonly hiddenCharacters: number;
  /** What is hidden, one text after the other. */
  readonly hiddenText: string;
  /** Pictures that are there to be seen. */
  readonly pictures: number;
  /** What was not understood or not read, in sentences for the reader. */
  readonly notes: readonly string[];
}

/** Reads HTML as a browser shows it in a window of 800 pixels, and leaves out what cannot be seen there. */
export function blocksOfHtml(html: string, options: HtmlOptions = {}): HtmlBlocks {
  const { root, visibility, unplaced, unreadCharacters, isStyleCut } = readPage(html, options);
  const { blocks, hidden, invisibleCharacters, pictures } = buildBlocks(root, visibility);
  const notes = [
    ...(unreadCharacters === 0 ? [] : [`${unreadCharacters} more characters of HTML were not read.`]),
    ...(isStyleCut ? ['Its style sheets are too large to be followed in full.'] : []),
    ...(visibility.uncertainCharacters === 0
      ? []
      : [`${visibility.uncertainCharacters} of the characters shown may be hidden: their style is not understood.`]),
  ];
  const parts = [...unplaced, ...hidden].map((text) => text.replaceAll(/\s+/g, ' ').trim());
  const hiddenCharacters = parts.reduce((sum, part) => sum + part.length, invisibleCharacters);
  return { blocks, hiddenCharacters, hiddenText: parts.filter((part) => part !== '').join('\n'), pictures, notes };
}
