import type { Value } from '../css/tokens.ts';
import type { DomElement } from '../dom/dom-element.ts';
import { attributeOf } from '../dom/html-document.ts';
import { oncePer } from '../once-per.ts';

/** The element of the same document that `url(#id)` names; `missing` where there is none, undefined for other addresses. */
export function referencedElement(value: Value | undefined, from: DomElement): DomElement | 'missing' | undefined {
  if (value?.kind !== 'url' || !value.text.startsWith('#')) return undefined;
  let root = from;
  while (root.parent !== undefined) root = root.parent;
  return idsBelow(root).get(value.text.slice(1)) ?? 'missing';
}

/** The first element of each id. */
const idsBelow = oncePer((root: DomElement): ReadonlyMap<string, DomElement> => {
  const ids = new Map<string, DomElement>();
  const visit = (element: DomElement): void => {
    if (element.id !== undefined && !ids.has(element.id)) ids.set(element.id, element);
    element.children.forEach(visit);
  };
  visit(root);
  return ids;
});

/** A number in an attribute, with `%` a share of `whole`; 0 where it is none. */
export function numberIn({ node }: DomElement, name: string, whole = 100): number {
  const text = (attributeOf(node, name) ?? '').trim();
  const number = Number.parseFloat(text);
  if (Number.isNaN(number)) return 0;
  return text.endsWith('%') ? (number / 100) * whole : number;
}
