import { domElements, type DomElement } from '../dom/dom-element.ts';
import { isElement, type HtmlDocument, type HtmlNode } from '../dom/html-document.ts';
import type { ComputedStyle } from '../style/computed-style.ts';
import type { ElementStyles, StyleResolver } from '../style/element-styles.ts';
import { generatedText } from './generated-text.ts';
import { shownChildren } from './shown-children.ts';

/** An element that has a place on the page, whether or not anything of it can be seen. */
export interface Box {
  readonly element: DomElement;
  readonly style: ComputedStyle;
  readonly parent: Box | undefined;
  readonly children: readonly (Box | TextRun)[];
}

/** A piece of text on the page. */
export interface TextRun {
  readonly text: string;
  /** Undefined for text that a style sheet generates. */
  readonly node: HtmlNode | undefined;
  readonly parent: Box;
}

/** What is laid out of a document, and the texts that have no place on the page at all. */
export interface RenderTree {
  /** Undefined where nothing is laid out. */
  readonly root: Box | undefined;
  readonly unplaced: readonly string[];
  /** Characters that style sheets generate beyond what is read of them. */
  readonly unreadCharacters: number;
}

/** Text that style sheets may generate in one document; a rule of a few bytes can do so for each element. */
const maxGeneratedCharacters = 50_000;

/** Columns of a table have no content. */
const undisplayed = new Set(['none', 'table-column', 'table-column-group']);

/** Elements whose content is no text of the mail, so that nobody misses it. */
const machineElements = new Set('base head link meta script style template title'.split(' '));

export function isBox(node: Box | TextRun): node is Box {
  return 'children' in node;
}

/** Lays a document out as a tree of boxes: what `display`, generated content and closed elements leave of it. */
export function buildRenderTree(document: HtmlDocument, resolver: StyleResolver): RenderTree {
  const elements = domElements(document.root);
  const unplaced: string[] = [];
  let [generatedCharacters, unreadCharacters] = [0, 0];

  /** The box that a style sheet puts in front of or behind the content of an element; nothing where it puts none. */
  const addGenerated = (name: string, parent: Box, { pseudos }: ElementStyles, siblings: (Box | TextRun)[]): void => {
    const style = pseudos.get(name);
    if (style === undefined || style.content.length === 0 || style.display === 'none') return;
    const children: TextRun[] = [];
    const box: Box = { element: parent.element, style, parent, children };
    const text = generatedText(style.content, parent.element.node);
    const read = text.slice(0, maxGeneratedCharacters - generatedCharacters);
    generatedCharacters += read.length;
    unreadCharacters += text.length - read.length;
    if (read !== '') children.push({ text: read, node: undefined, parent: box });
    siblings.push(box);
  };

  const leaveOut = (node: HtmlNode): void => {
    if ('value' in node && node.value.trim() !== '') unplaced.push(node.value);
    if (isElement(node) && !machineElements.has(node.tagName)) node.childNodes.forEach(leaveOut);
  };

  const build = (element: DomElement, parent: Box | undefined, outer: ElementStyles | undefined): Box | undefined => {
    const styles = resolver.stylesOf(element, outer);
    if (undisplayed.has(styles.style.display)) {
      leaveOut(element.node);
      return undefined;
    }
    const children: (Box | TextRun)[] = [];
    const box: Box = { element, style: styles.style, parent, children };
    addGenerated('before', box, styles, children);
    const isShown = shownChildren(element.node, styles.style);
    for (const child of element.node.childNodes) {
      if (!isShown(child)) leaveOut(child);
      else if ('value' in child) children.push({ text: child.value, node: child, parent: box });
      else if (isElement(child)) {
        const inner = elements.get(child);
        const built = inner === undefined ? undefined : build(inner, box, styles);
        if (built !== undefined) children.push(built);
      }
    }
    addGenerated('after', box, styles, children);
    return box;
  };

  const root = elements.get(document.root);
  const built = root === undefined ? undefined : build(root, undefined, undefined);
  return { root: built, unplaced, unreadCharacters };
}
