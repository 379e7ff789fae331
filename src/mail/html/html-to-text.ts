import type { Declarations } from './css-declarations.ts';
import type { Visibility } from './css-visibility.ts';
import { applyStyle, initialVisibility, isShown } from './css-visibility.ts';
import { elementStyle } from './element-style.ts';
import { removeInvisible } from '../text/invisible-characters.ts';
import { shownAddress } from '../blocks/shown-address.ts';
import { parseHtml } from './parse-html.ts';
import { parseStyleSheet, stylesIn } from './style-sheet.ts';
import type { StyleSheet } from './style-sheet.ts';
import { TextWriter } from './text-writer.ts';

/** The text of an HTML mail. */
export interface HtmlText {
  readonly text: string;
  /** Characters that the mail keeps from its reader's eye, and that are left out here. */
  readonly hiddenCharacters: number;
}

/** What stands behind this is not read, and the text says so. The longest real newsletters are under 1 MB. */
const maxHtmlCharacters = 2_000_000;

/** With less than this to see, the rules of hiding have probably been misread: then everything is shown. */
const minVisibleCharacters = 20;

/**
 * The text of an HTML mail as a person sees it: blocks, lists and table rows as lines, quotes behind `>`, links as
 * `text (address)` where the address adds something, pictures as their alternative text. Text that is hidden from the
 * eye (by style, colour, size, place or invisible characters) is left out and counted; if hardly anything else is there,
 * it is shown after all.
 */
export function htmlToText(html: string): HtmlText {
  const read = html.slice(0, maxHtmlCharacters);
  const sheet = parseStyleSheet(stylesIn(read));
  const visible = convert(read, sheet, true);
  const isMisread = visible.visibleCharacters < minVisibleCharacters && visible.hiddenCharacters > 0;
  const { text, hiddenCharacters } = isMisread ? convert(read, sheet, false) : visible;
  const unread = html.length - read.length;
  return {
    text: unread === 0 ? text : `${text}\n\n[${unread} more characters of HTML were not read]`,
    hiddenCharacters,
  };
}

/** Elements whose content is never text of the page. */
const droppedElements = new Set(
  'head title style script template noframes noembed iframe object applet audio video canvas map datalist'.split(' '),
);
/** Elements set off by an empty line, and those that only begin and end a line. */
const paragraphElements = new Set('p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote hr form fieldset'.split(' '));
const lineElements = new Set(
  'div tr li dt dd section article header footer main nav aside figure figcaption address caption center option legend details summary tbody thead tfoot'.split(
    ' ',
  ),
);

/** An open element, as far as what stands in it depends on it. */
interface Frame {
  readonly visibility: Visibility;
  readonly isDropped: boolean;
  readonly isPreformatted: boolean;
  readonly listLevel: number;
  /** The number of the next item of the innermost list; undefined where items are not numbered. */
  nextNumber: number | undefined;
}

/** The innermost link that is open. */
interface OpenLink {
  readonly href: string;
  text: string;
  hasImage: boolean;
}

interface Conversion {
  readonly text: string;
  readonly visibleCharacters: number;
  readonly hiddenCharacters: number;
}

function convert(html: string, sheet: StyleSheet, hides: boolean): Conversion {
  const writer = new TextWriter();
  const shownAddresses = new Set<string>();
  const frames: Frame[] = [];
  let frame: Frame = {
    visibility: initialVisibility(!sheet.hasUnreadBackgrounds),
    isDropped: false,
    isPreformatted: false,
    listLevel: 0,
    nextNumber: undefined,
  };
  let link: OpenLink | undefined;
  let hiddenCharacters = 0;

  const writeText = (raw: string): void => {
    if (frame.isDropped) return;
    const { text, removed } = removeInvisible(raw);
    hiddenCharacters += removed;
    if (!isShown(frame.visibility)) {
      hiddenCharacters += text.replaceAll(/\s+/g, ' ').trim().length;
      return;
    }
    if (link !== undefined) link.text += text;
    if (frame.isPreformatted) writer.writePreformatted(text);
    else writer.write(text);
  };

  const endLink = ({ href, text, hasImage }: OpenLink): void => {
    const address = shownAddress(href, text);
    if (address === undefined || shownAddresses.has(address) || (text.trim() === '' && !hasImage)) return;
    shownAddresses.add(address);
    if (isShown(frame.visibility)) writer.write(` (${address})`);
  };

  const open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    frames.push(frame);
    const outer = frame;
    const isDropped = outer.isDropped || droppedElements.has(name);
    const style = hides && !isDropped ? elementStyle(name, attributes, sheet) : noStyle;
    const isList = name === 'ul' || name === 'ol';
    frame = {
      visibility: applyStyle(outer.visibility, style),
      isDropped,
      isPreformatted: outer.isPreformatted || name === 'pre' || name === 'textarea',
      listLevel: outer.listLevel + (isList ? 1 : 0),
      nextNumber: isList ? (name === 'ol' ? firstNumber(attributes) : undefined) : outer.nextNumber,
    };
    if (isDropped || !isShown(frame.visibility)) {
      if (name === 'img') writeText(attributes['alt'] ?? '');
      return;
    }
    breakAround(name);
    if (name === 'br') writer.lineBreak();
    else if (name === 'hr') writer.write('---');
    else if (name === 'blockquote') writer.changeQuoteLevel(1);
    else if (name === 'td' || name === 'th') writer.separate(' | ');
    else if (name === 'li') startItem(outer);
    else if (name === 'img') writeImage(attributes);
    else if (name === 'a' && attributes['href'] !== undefined)
      link = { href: attributes['href'], text: '', hasImage: false };
  };

  const startItem = (list: Frame): void => {
    const { nextNumber } = list;
    if (nextNumber !== undefined) list.nextNumber = nextNumber + 1;
    writer.startItem(nextNumber === undefined ? '- ' : `${nextNumber}. `, Math.max(1, list.listLevel));
  };

  const writeImage = (attributes: Readonly<Record<string, string>>): void => {
    const isPixel = ['width', 'height'].some((name) => /^[01](px)?$/.test(attributes[name] ?? ''));
    if (isPixel) return;
    if (link !== undefined) link.hasImage = true;
    const alt = (attributes['alt'] ?? '').trim();
    if (alt !== '') writeText(`[${alt}]`);
  };

  const breakAround = (name: string): void => {
    if (paragraphElements.has(name)) writer.endParagraph();
    else if (lineElements.has(name)) writer.endLine();
  };

  const close = (name: string): void => {
    if (name === 'a' && link !== undefined) {
      endLink(link);
      link = undefined;
    }
    if (!frame.isDropped && isShown(frame.visibility)) {
      if (name === 'blockquote') writer.changeQuoteLevel(-1);
      breakAround(name);
    }
    frame = frames.pop() ?? frame;
  };

  const abandonOpen = (): void => {
    frames.length = 0;
    link = undefined;
    frame = { ...frame, isDropped: false };
  };

  parseHtml(html, { open, text: writeText, close, abandonOpen });
  return { text: writer.toString(), visibleCharacters: writer.visibleCharacters, hiddenCharacters };
}

const noStyle: Declarations = new Map();

function firstNumber(attributes: Readonly<Record<string, string>>): number {
  const start = Number(attributes['start'] ?? 1);
  return Number.isSafeInteger(start) ? start : 1;
}
