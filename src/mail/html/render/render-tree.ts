import { domElements, type DomElement } from '../dom/dom-element.ts';
import { attributeOf, isElement, type HtmlDocument, type HtmlNode } from '../dom/html-document.ts';
import { spanOf } from '../dom/span-of.ts';
import { ChildPlacer } from './child-placer.ts';
import type { ComputedStyle } from '../style/computed-style.ts';
import type { ElementStyles, StyleResolver } from '../style/element-styles.ts';
import { generatedText } from './generated-text.ts';
import { isLostWithContents, shownChildren } from './shown-children.ts';

/** An element that has a place on the page, whether or not anything of it can be seen. */
export interface Box {
  readonly element: DomElement;
  readonly style: ComputedStyle;
  readonly parent: Box | undefined;
  readonly children: readonly (Box | TextRun)[];
  /** The style of its first line, where it has one. */
  readonly firstLine?: ComputedStyle;
  /** Of a table: whether each of its columns that have an element is folded away. */
  readonly collapsedColumns?: readonly boolean[];
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

  const leaveOut = (node: HtmlNode): undefined => {
    if ('value' in node && node.value.trim() !== '') unplaced.push(node.value);
    if (isElement(node) && !machineElements.has(node.tagName)) node.childNodes.forEach(leaveOut);
  };

  const build = (element: DomElement, parent: Box | undefined, styles: ElementStyles): Box | undefined => {
    if (undisplayed.has(styles.style.display) || isLostWithContents(element.node, styles.style)) {
      leaveOut(element.node);
      return undefined;
    }
    const children: (Box | TextRun)[] = [];
    const firstLine = styles.pseudos.get('first-line');
    const collapsedColumns = element.name === 'table' ? columnsOf(element, styles) : [];
    const box: Box = {
      element,
      style: styles.style,
      parent,
      children,
      ...(firstLine === undefined ? {} : { firstLine }),
      ...(collapsedColumns.includes(true) ? { collapsedColumns } : {}),
    };
    const label = element.name === 'option' ? attributeOf(element.node, 'label') : undefined;
    if (label !== undefined && label !== '') children.push({ text: label, node: undefined, parent: box });
    addGenerated('before', box, styles, children);
    const placer = new ChildPlacer(box, children);
    const isShown =
      styles.pseudos.get('details-content')?.display === 'none' ? isSummary : shownChildren(element.node, styles.style);
    for (const child of element.node.childNodes) {
      if (!isShown(child)) leaveOut(child);
      else if ('value' in child) placer.addText(child.value, child);
      else if (isElement(child)) {
        const inner = elements.get(child);
        if (inner === undefined) continue;
        const own = resolver.stylesOf(inner, styles);
        const built = undisplayed.has(own.style.display)
          ? leaveOut(child)
          : build(inner, placer.parentOf(own.style.display), own);
        if (built !== undefined) placer.addBox(built);
      }
    }
    addGenerated('after', box, styles, children);
    return box;
  };

  const columnsOf = (table: DomElement, outer: ElementStyles): readonly boolean[] =>
    table.children
      .filter(({ name }) => name === 'col' || name === 'colgroup')
      .flatMap((column) => {
        const styles = resolver.stylesOf(column, outer);
        const inner = column.children.filter(({ name }) => name === 'col');
        return inner.length > 0
          ? inner.flatMap((one) => spannedColumns(one, resolver.stylesOf(one, styles)))
          : spannedColumns(column, styles);
      });

  const root = elements.get(document.root);
  const built = root === undefined ? undefined : build(root, undefined, resolver.stylesOf(root, undefined));
  return { root: built, unplaced, unreadCharacters };
}

function spannedColumns({ node }: DomElement, { style }: ElementStyles): readonly boolean[] {
  return Array.from({ length: spanOf(node, 'span') }, () => style.visibility === 'collapse');
}

function isSummary(child: HtmlNode): boolean {
  return child.nodeName === 'summary';
}
