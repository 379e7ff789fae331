import type { Color } from '../html/css/color.ts';
import { attributeOf } from '../html/dom/html-document.ts';
import { readPage, type HtmlPage } from '../html/html-page.ts';
import { isBox, type Box, type TextRun } from '../html/render/render-tree.ts';
import { removeInvisible } from '../text/invisible-characters.ts';
import { escapeHtml } from '../html/escape-html.ts';
import { safeAttributes } from './safe-attributes.ts';

/** Elements that are passed on. Of any other only what is in it is. */
const keptElements = new Set(
  'a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr'.split(
    ' ',
  ),
);
/** Elements that become a block of their own, so that what is in them does not run together. */
const blockElements = new Set(
  'article aside body details fieldset footer form header legend main nav section summary'.split(' '),
);
const droppedElements = new Set(
  'noframes noembed iframe object applet embed audio video canvas map datalist svg math select textarea button input'.split(
    ' ',
  ),
);
const voidElements = new Set('br col hr img wbr'.split(' '));

/**
 * The part of foreign HTML that can be put into a message of one's own: what its reader sees, in elements and attributes
 * that only say how it looks. Scripts, forms, style sheets and counting pixels are gone, and so is text that is hidden
 * from the eye: its reader would not know that he passes it on. Every element is closed. Pictures of the message itself
 * (`cid:`, RFC 2392) are shown under the ids that `contentIds` gives them; others are gone.
 */
export function visibleHtml(html: string, contentIds: ReadonlyMap<string, string> = new Map()): string {
  const page = readPage(html, { contentIds: new Set(contentIds.keys()) });
  const pieces: string[] = [];
  if (page.root !== undefined) write(page.root, page, contentIds, pieces);
  const { unreadCharacters } = page;
  const shown = pieces.join('').trim();
  return unreadCharacters === 0 ? shown : `${shown}<p>[${unreadCharacters} more characters of HTML]</p>`;
}

function write(node: Box | TextRun, page: HtmlPage, contentIds: ReadonlyMap<string, string>, pieces: string[]): void {
  if (!isBox(node)) {
    const { hidden, cutAt } = page.visibility;
    const seen = hidden.has(node) ? '' : node.text.slice(0, cutAt.get(node) ?? node.text.length);
    pieces.push(escapeHtml(removeInvisible(seen.toWellFormed()).text));
    return;
  }
  const { element } = node;
  if (droppedElements.has(element.name) || !element.isHtml || isPixel(node)) return;
  const attributes = attributeText(node, contentIds);
  const tag = writtenTag(node, attributes);
  if (tag !== '') pieces.push(`<${tag}${attributes}>`);
  for (const child of node.children) write(child, page, contentIds, pieces);
  if (tag !== '' && !voidElements.has(tag)) pieces.push(`</${tag}>`);
}

/** The element that is written for a box; none for what style sheets generate, and for what only holds others. */
function writtenTag({ element, parent }: Box, attributes: string): string {
  if (parent?.element === element) return '';
  if (keptElements.has(element.name)) return element.name;
  // Every document has a body, whether or not anybody wrote one.
  const isPlainBody = element.name === 'body' && attributes === '';
  return blockElements.has(element.name) && !isPlainBody ? 'div' : '';
}

function attributeText(box: Box, contentIds: ReadonlyMap<string, string>): string {
  const attributes = Object.fromEntries(box.element.node.attrs.map(({ name, value }) => [name, value]));
  const { style = '', ...others } = attributes;
  const looks = [...sheetColors(box, attributes), style].filter((part) => part !== '').join(';');
  return safeAttributes(box.element.name, looks === '' ? others : { ...others, style: looks }, contentIds)
    .map(([name, value]) => ` ${name}="${escapeHtml(value.toWellFormed())}"`)
    .join('');
}

/** The colours that style sheets give an element: without, white text on dark ground would be white on white. */
function sheetColors({ style, parent, element }: Box, attributes: Readonly<Record<string, string>>): readonly string[] {
  const { color, backgroundColor } = style;
  const around = parent?.style.color ?? color;
  const isOwn = typeof color === 'object' && (typeof around !== 'object' || cssColor(color) !== cssColor(around));
  const isLink = element.name === 'a' && typeof color === 'object' && cssColor(color) === linkColor;
  const declares = (property: RegExp) => property.test(attributes['style'] ?? '');
  const hasColor = attributes['color'] !== undefined || declares(/(?:^|;)\s*color\s*:/i);
  const isWrittenGround = attributes['bgcolor'] !== undefined && element.name !== 'body';
  const hasGround = isWrittenGround || declares(/(?:^|;)\s*background(?:-color)?\s*:/i);
  const isGround = typeof backgroundColor === 'object' && backgroundColor.alpha > 0;
  return [
    ...(isOwn && !isLink && !hasColor ? [`color:${cssColor(color)}`] : []),
    ...(isGround && !hasGround ? [`background-color:${cssColor(backgroundColor)}`] : []),
  ];
}

/** What every program gives to links. */
const linkColor = '#0000ee';

function cssColor({ red, green, blue, alpha }: Color): string {
  const hex = [red, green, blue].map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('');
  return alpha >= 1 ? `#${hex}` : `rgba(${Math.round(red)},${Math.round(green)},${Math.round(blue)},${alpha})`;
}

/** A picture that nobody sees tells its sender that the mail was read. */
function isPixel({ element }: Box): boolean {
  const isDot = (side: string) => /^[01](px)?$/.test(attributeOf(element.node, side) ?? '');
  return element.name === 'img' && ['width', 'height'].some(isDot);
}
