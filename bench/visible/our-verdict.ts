import { isElement, type HtmlElement, type HtmlNode } from '../../src/mail/html/dom/html-document.ts';
import { readPage } from '../../src/mail/html/html-page.ts';
import { isBox, type Box, type TextRun } from '../../src/mail/html/render/render-tree.ts';

/** A text node of a document, and what our reading makes of it. */
export interface JudgedText {
  readonly text: string;
  /** How much of it is shown, from its beginning: 0 where it is taken for hidden. */
  readonly shownEnd: number;
  /** Text of machines, such as style sheets: nobody expects it. */
  readonly isMachine: boolean;
}

const machineElements = new Set('style script title noframes noembed iframe'.split(' '));

/** The texts of a document in its order, as our reading judges them; undefined where nothing is laid out. */
export function judgedTexts(html: string): readonly JudgedText[] | undefined {
  const { root, visibility } = readPage(html);
  if (root === undefined) return undefined;
  const shown = new Map<HtmlNode, number>();
  const visit = (node: Box | TextRun): void => {
    if (isBox(node)) node.children.forEach(visit);
    else if (node.node !== undefined && !visibility.hidden.has(node))
      shown.set(node.node, visibility.cutAt.get(node) ?? node.text.length);
  };
  visit(root);
  return textsIn(root.element.node, shown);
}

function textsIn(element: HtmlElement, shown: ReadonlyMap<HtmlNode, number>): JudgedText[] {
  const isMachine = machineElements.has(element.tagName);
  return element.childNodes.flatMap((child) => {
    if (isElement(child)) return textsIn(child, shown);
    return 'value' in child ? [{ text: child.value, shownEnd: shown.get(child) ?? 0, isMachine }] : [];
  });
}
