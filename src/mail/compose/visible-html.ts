import { initialVisibility, applyStyle, isShown } from '../html/css-visibility.ts';
import type { Visibility } from '../html/css-visibility.ts';
import { removeInvisible } from '../text/invisible-characters.ts';
import { parseHtml } from '../html/parse-html.ts';
import type { StyleSheet } from '../html/style-sheet.ts';
import { parseStyleSheet, stylesIn } from '../html/style-sheet.ts';
import { elementStyle } from '../html/element-style.ts';
import { sheetColors } from './sheet-colors.ts';
import { escapeHtml } from './escape-html.ts';
import { safeAttributes } from './safe-attributes.ts';

/** Elements that are passed on. Of any other only what stands in it is. */
const keptElements = new Set(
  'a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr'.split(
    ' ',
  ),
);
/** Elements that become a block of their own, so that what stands in them does not run together. */
const blockElements = new Set(
  'article aside body details fieldset footer form header legend main nav section summary'.split(' '),
);
const droppedElements = new Set(
  'head title style script template noscript noframes noembed iframe object applet embed audio video canvas map datalist svg math select textarea button input'.split(
    ' ',
  ),
);
const voidElements = new Set('br col hr img wbr'.split(' '));

/** What stands behind this is not passed on, and the HTML says so. The longest real newsletters are under 1 MB. */
const maxHtmlCharacters = 2_000_000;

/** With less than this to see, the rules of hiding have probably been misread: then everything is passed on. */
const minVisibleCharacters = 20;

interface Frame {
  readonly visibility: Visibility;
  readonly isDropped: boolean;
  /** What closes the element in the output; empty where it is not in it. */
  readonly closingTag: string;
}

/**
 * The part of foreign HTML that can be put into a message of one's own: what its reader sees, in elements and attributes
 * that only say how it looks. Scripts, forms, style sheets and counting pixels are gone, and so is text that is hidden
 * from the eye: its reader would not know that he passes it on. Every element is closed. Pictures of the message itself
 * (`cid:`, RFC 2392) are shown under the ids that `contentIds` gives them; others are gone.
 */
export function visibleHtml(html: string, contentIds: ReadonlyMap<string, string> = new Map()): string {
  const read = html.slice(0, maxHtmlCharacters);
  const sheet = parseStyleSheet(stylesIn(read));
  const visible = rewrite(read, sheet, contentIds, true);
  const isMisread = visible.visibleCharacters < minVisibleCharacters && visible.hasHidden;
  const shown = isMisread ? rewrite(read, sheet, contentIds, false).html : visible.html;
  const unread = html.length - read.length;
  return unread === 0 ? shown : `${shown}<p>[${unread} more characters of HTML]</p>`;
}

interface Rewritten {
  readonly html: string;
  readonly visibleCharacters: number;
  readonly hasHidden: boolean;
}

function rewrite(html: string, sheet: StyleSheet, contentIds: ReadonlyMap<string, string>, hides: boolean): Rewritten {
  const pieces: string[] = [];
  const frames: Frame[] = [];
  let frame: Frame = {
    visibility: initialVisibility(!sheet.hasUnreadBackgrounds),
    isDropped: false,
    closingTag: '',
  };
  let visibleCharacters = 0;
  let hasHidden = false;

  const open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    frames.push(frame);
    const isDropped = frame.isDropped || droppedElements.has(name) || isPixel(name, attributes);
    const style = elementStyle(name, attributes, sheet);
    const visibility = hides && !isDropped ? applyStyle(frame.visibility, style) : frame.visibility;
    const tag = keptElements.has(name) ? name : blockElements.has(name) ? 'div' : '';
    const isWritten = !isDropped && !visibility.isRemoved && tag !== '';
    if (isWritten) pieces.push(`<${tag}${attributeText(tag, looksOf(name, attributes), contentIds)}>`);
    frame = { visibility, isDropped, closingTag: isWritten && !voidElements.has(tag) ? `</${tag}>` : '' };
  };

  /** With its style, hidden text that is shown after all would hide again. */
  const looksOf = (name: string, attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
    const { style = '', ...others } = attributes;
    const { color: _color, bgcolor: _ground, ...plain } = others;
    if (!hides) return plain;
    const colors = sheetColors(name, attributes, sheet);
    return style === '' && colors === '' ? others : { ...others, style: `${colors};${style}` };
  };

  const text = (raw: string): void => {
    if (frame.isDropped) return;
    const { text: shown, removed } = removeInvisible(raw.toWellFormed());
    if (isShown(frame.visibility)) {
      pieces.push(escapeHtml(shown));
      visibleCharacters += shown.replaceAll(/\s+/g, '').length;
    } else hasHidden ||= shown.trim() !== '';
    hasHidden ||= removed > 0;
  };

  const close = (): void => {
    pieces.push(frame.closingTag);
    frame = frames.pop() ?? frame;
  };

  const abandonOpen = (): void => {
    while (frames.length > 0) close();
  };

  parseHtml(html, { open, text, close, abandonOpen });
  abandonOpen();
  return { html: pieces.join('').trim(), visibleCharacters, hasHidden };
}

function attributeText(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  contentIds: ReadonlyMap<string, string>,
): string {
  return safeAttributes(tag, attributes, contentIds)
    .map(([name, value]) => ` ${name}="${escapeHtml(value.toWellFormed())}"`)
    .join('');
}

/** A picture that nobody sees tells its sender that the mail was read. */
function isPixel(name: string, attributes: Readonly<Record<string, string>>): boolean {
  return name === 'img' && ['width', 'height'].some((side) => /^[01](px)?$/.test(attributes[side] ?? ''));
}
