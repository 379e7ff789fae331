import { defaultTreeAdapter, html as htmlNames, Parser } from 'parse5';
import type { DefaultTreeAdapterTypes, Token } from 'parse5';

// The one file that knows parse5, which builds the tree as the HTML standard says.

export type HtmlElement = DefaultTreeAdapterTypes.Element;
export type HtmlNode = DefaultTreeAdapterTypes.ChildNode;
type DocumentParser = Parser<DefaultTreeAdapterTypes.DefaultTreeAdapterMap>;

/** A document, and what of it is not in the tree. */
export interface HtmlDocument {
  readonly root: HtmlElement;
  /** Whether it is laid out as browsers did before the standards: no document type, or an old one. */
  readonly isQuirky: boolean;
  /** What follows where reading was given up, tags included; empty for any real document. */
  readonly unread: string;
}

export const svgNamespace = htmlNames.NS.SVG;
export const mathNamespace = htmlNames.NS.MATHML;

/** Chromium's limit: what is deeper changes nothing of what is shown. */
const maxDepth = 512;

/** Bounds for what a hostile document makes of elements that are opened again and again; real mail has under 20,000. */
const maxElements = 50_000;

/** Steps up the open elements that end tags may cost in all; real mail needs about 30 for each. */
const maxSteps = 40_000_000;

/** Elements that have no end tag or contain nothing but text: they do not add to the depth. */
const flatElements = new Set(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr iframe noembed noframes plaintext script style textarea title xmp'.split(
    ' ',
  ),
);

class TooMuch extends Error {}

/** Reads HTML as a browser without scripts does, whatever is wrong with it. */
export function parseDocument(html: string): HtmlDocument {
  let elements = 0;
  const parser: DocumentParser = new Parser({
    scriptingEnabled: false,
    treeAdapter: {
      ...defaultTreeAdapter,
      createElement: (name, namespace, attributes) => {
        elements += 1;
        if (elements > maxElements) throw new TooMuch();
        return defaultTreeAdapter.createElement(name, namespace, attributes);
      },
    },
  });
  boundDepth(parser);
  const unread = readWithin(parser, html);
  const root = parser.document.childNodes.find(isElement);
  return {
    root: root ?? defaultTreeAdapter.createElement('html', htmlNames.NS.HTML, []),
    isQuirky: parser.document.mode === htmlNames.DOCUMENT_MODE.QUIRKS,
    unread,
  };
}

/** Returns what was not read. */
function readWithin(parser: DocumentParser, html: string): string {
  try {
    parser.tokenizer.write(html, true);
    return '';
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return html.slice(parser.tokenizer.preprocessor.offset);
  }
}

/** Passes over the tags of elements that are too deep, so that the open elements stay few. */
function boundDepth(parser: DocumentParser): void {
  const onStartTag = parser.onStartTag.bind(parser);
  const onEndTag = parser.onEndTag.bind(parser);
  const skipped: string[] = [];
  const skippedByName = new Map<string, number>();
  const count = (name: string, by: number) => skippedByName.set(name, (skippedByName.get(name) ?? 0) + by);
  let steps = 0;
  parser.onStartTag = (token: Token.TagToken) => {
    if (parser.openElements.stackTop < maxDepth || flatElements.has(token.tagName)) onStartTag(token);
    else {
      skipped.push(token.tagName);
      count(token.tagName, 1);
    }
  };
  parser.onEndTag = (token: Token.TagToken) => {
    if ((skippedByName.get(token.tagName) ?? 0) > 0) {
      let name: string;
      do {
        name = skipped.pop() ?? token.tagName;
        count(name, -1);
      } while (name !== token.tagName);
      return;
    }
    steps += parser.openElements.stackTop;
    if (steps > maxSteps) throw new TooMuch();
    onEndTag(token);
  };
}

export function isElement(node: HtmlNode): node is HtmlElement {
  return 'tagName' in node;
}

/** The value of an attribute; undefined where the element has none. */
export function attributeOf(element: HtmlElement, name: string): string | undefined {
  return element.attrs.find((attribute) => attribute.name === name)?.value;
}
