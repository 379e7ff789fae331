import type { HtmlText } from '../html/html-to-text.ts';
import { htmlToText } from '../html/html-to-text.ts';
import { blocksOfText } from '../blocks/blocks-of-text.ts';
import { writeText } from '../blocks/write-text.ts';
import { removeInvisible } from './invisible-characters.ts';
import type { MailContent } from '../message.ts';

/** A plain text of this length is no stub, whatever the HTML holds: it is not even looked at. */
const surelyWholeCharacters = 2000;

/** HTML that says this many times as much, and this many characters more, makes the plain text a stub. */
const stubFactor = 3;
const stubMarginCharacters = 100;

/**
 * The text of a message for reading and for the index: the plain text, unless it is a stub ("your mail program cannot
 * show this …") of much richer HTML. Invisible characters and text that the HTML hides are left out and counted.
 */
export function bodyText({ text, html }: Pick<MailContent, 'text' | 'html'>): HtmlText {
  const plain = cleanPlain(text ?? '');
  if (html === undefined || plain.text.length >= surelyWholeCharacters) return plain;
  const rich = htmlToText(html);
  const isStub = wordCharacters(rich.text) > stubFactor * wordCharacters(plain.text) + stubMarginCharacters;
  return isStub || plain.text === '' ? rich : plain;
}

function cleanPlain(text: string): HtmlText {
  const { text: visible, removed } = removeInvisible(text);
  return { text: writeText(blocksOfText(visible)), hiddenCharacters: removed };
}

/** Letters and digits outside of addresses: a stub is often one long link. */
function wordCharacters(text: string): number {
  return text.replaceAll(/https?:\/\/\S+|[^\p{L}\p{N}]+/gu, '').length;
}
