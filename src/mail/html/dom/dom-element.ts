import { attributeOf, isElement, type HtmlElement } from './html-document.ts';

/** An element with what selectors ask of it. */
export interface DomElement {
  readonly node: HtmlElement;
  /** As the parser has it: lower case for HTML. */
  readonly name: string;
  readonly isHtml: boolean;
  /** The address that names it. */
  readonly namespace: string;
  readonly parent: DomElement | undefined;
  readonly previous: DomElement | undefined;
  readonly children: readonly DomElement[];
  /** Its number among the elements of its parent, from 1. */
  readonly position: number;
  readonly id: string | undefined;
  readonly classes: readonly string[];
}

/** More classes of one element are not looked at; real ones have under 40. */
const maxClasses = 200;

/** The elements below and with `root`, by their nodes. */
export function domElements(root: HtmlElement): ReadonlyMap<HtmlElement, DomElement> {
  const elements = new Map<HtmlElement, DomElement>();
  const build = (
    node: HtmlElement,
    parent: DomElement | undefined,
    previous: DomElement | undefined,
    position: number,
  ): DomElement => {
    const children: DomElement[] = [];
    const element: DomElement = {
      node,
      name: node.tagName,
      isHtml: node.namespaceURI === root.namespaceURI,
      namespace: node.namespaceURI,
      parent,
      previous,
      children,
      position,
      id: attributeOf(node, 'id'),
      classes: classesOf(node),
    };
    elements.set(node, element);
    // The parser bounds the depth, so that recursion is safe.
    for (const child of node.childNodes) {
      if (isElement(child)) children.push(build(child, element, children.at(-1), children.length + 1));
    }
    return element;
  };
  build(root, undefined, undefined, 1);
  return elements;
}

function classesOf(node: HtmlElement): readonly string[] {
  const value = attributeOf(node, 'class');
  if (value === undefined) return [];
  return value.split(/[ \t\n\f\r]+/, maxClasses).filter((name) => name !== '');
}
