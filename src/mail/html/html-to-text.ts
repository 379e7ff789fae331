import { writeText } from '../blocks/write-text.ts';
import { blocksOfHtml } from './blocks-of-html.ts';

/** The text of an HTML mail. */
export interface HtmlText {
  readonly text: string;
  /** Characters that the mail keeps from its reader's eye, and that are left out here. */
  readonly hiddenCharacters: number;
}

/** The text of HTML as a person sees it, with the addresses of links behind their words. */
export function htmlToText(html: string): HtmlText {
  const { blocks, hiddenCharacters } = blocksOfHtml(html);
  return { text: writeText(blocks), hiddenCharacters };
}
