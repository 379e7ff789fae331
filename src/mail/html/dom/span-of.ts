import { attributeOf, type HtmlElement } from './html-document.ts';

/** Wider and higher spans are those of a hostile table. */
const maxSpan = 100;

/** How many columns or rows an element of a table says that it spans; 1 where it does not. */
export function spanOf(element: HtmlElement, name: 'colspan' | 'rowspan' | 'span'): number {
  const number = Number.parseInt(attributeOf(element, name) ?? '1', 10);
  return Number.isNaN(number) || number < 1 ? 1 : Math.min(maxSpan, number);
}
