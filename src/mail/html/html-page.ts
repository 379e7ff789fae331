import { parseDocument } from './dom/html-document.ts';
import { pictureAt } from './picture/picture-at.ts';
import { buildRenderTree, type Box } from './render/render-tree.ts';
import { decideVisibility, type Visibility } from './render/visibility.ts';
import { styleSheetsOf } from './style/document-sheets.ts';
import { createStyleResolver } from './style/element-styles.ts';

/** What is known of a mail besides its HTML. */
export interface HtmlOptions {
  /** Content ids (RFC 2392) of the pictures that came with it. */
  readonly contentIds?: ReadonlySet<string>;
}

/** A document as a browser lays it out in a window of 800 pixels. */
export interface HtmlPage {
  /** Undefined where nothing of it is laid out. */
  readonly root: Box | undefined;
  readonly visibility: Visibility;
  /** Texts that have no place on the page, such as what `display: none` takes away. */
  readonly unplaced: readonly string[];
  readonly unreadCharacters: number;
  /** Whether its style sheets are too large or too heavy to be followed in full. */
  readonly isStyleCut: boolean;
}

/** What is behind this is not read. The longest real newsletters are under 1 MB. */
const maxHtmlCharacters = 2_000_000;

/** Reads HTML as a browser does, and decides what of it a person sees. */
export function readPage(html: string, { contentIds }: HtmlOptions = {}): HtmlPage {
  const document = parseDocument(html.slice(0, maxHtmlCharacters));
  const resolver = createStyleResolver(styleSheetsOf(document.root), document.isQuirky);
  const { root, unplaced, unreadCharacters: ungenerated } = buildRenderTree(document, resolver);
  const isAttached = (contentId: string) => contentIds?.has(contentId) === true;
  const visibility = decideVisibility(root, (address) => pictureAt(address, isAttached), resolver.blankFonts);
  const uncut = Math.max(0, html.length - maxHtmlCharacters);
  const unreadCharacters = document.unread.length + ungenerated + uncut;
  return { root, visibility, unplaced, unreadCharacters, isStyleCut: resolver.isCut() };
}
