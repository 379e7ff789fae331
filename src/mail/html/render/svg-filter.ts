import type { DomElement } from '../dom/dom-element.ts';
import { attributeOf } from '../dom/html-document.ts';
import { oncePer } from '../once-per.ts';
import { numberIn, referencedElement } from './references.ts';
import type { Box } from './render-tree.ts';

/** More filters of one box are not looked at. */
const maxFilters = 20;

/** What is moved further is off the page. */
const farPixels = 2000;

/** Whether a filter that is drawn in SVG leaves nothing of a box, whatever is in it. Most filters are not computed. */
export function isFilteredAway({ style, element }: Box): boolean {
  return style.filter.slice(0, maxFilters).some((value) => {
    const filter = referencedElement(value, element);
    return typeof filter === 'object' && filter.name === 'filter' && isErasing(filter);
  });
}

/** By its last step, which is what is seen; a filter without steps does nothing. */
const isErasing = oncePer(({ children }: DomElement): boolean => {
  const last = children.filter(({ name }) => name.startsWith('fe')).at(-1);
  if (last === undefined) return false;
  switch (last.name) {
    case 'feFlood':
      return true;
    case 'feOffset':
      return Math.abs(numberIn(last, 'dx')) > farPixels || Math.abs(numberIn(last, 'dy')) > farPixels;
    case 'feColorMatrix':
      return isTransparent(attributeOf(last.node, 'values') ?? '');
    default:
      return false;
  }
});

/** Whether a matrix of colours makes everything transparent: its last row is that of the alpha. */
function isTransparent(values: string): boolean {
  const numbers = values.trim().split(/[\s,]+/, 20);
  return numbers.length === 20 && numbers.slice(15).every((number) => Number(number) === 0);
}
