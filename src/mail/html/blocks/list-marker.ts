import type { DomElement } from '../dom/dom-element.ts';
import { attributeOf } from '../dom/html-document.ts';

/** Items of all kinds of dots have the same mark. */
const dots = new Set(['disc', 'circle', 'square', 'disclosure-open', 'disclosure-closed']);

/** What is in front of a list item of that style and number: `-`, `3.`, `c.`, `iv.`; empty for none. */
export function listMarker(style: string, number: number): string {
  if (style === 'none') return '';
  if (style.startsWith('"')) return style.slice(1).trim();
  if (dots.has(style)) return '-';
  switch (style) {
    case 'lower-alpha':
    case 'lower-latin':
      return `${letters(number)}.`;
    case 'upper-alpha':
    case 'upper-latin':
      return `${letters(number).toUpperCase()}.`;
    case 'lower-roman':
      return `${roman(number)}.`;
    case 'upper-roman':
      return `${roman(number).toUpperCase()}.`;
    default:
      return `${number}.`;
  }
}

function letters(number: number): string {
  if (number < 1) return `${number}`;
  const rest = Math.floor((number - 1) / 26);
  const letter = String.fromCodePoint(97 + ((number - 1) % 26));
  return rest === 0 ? letter : letters(rest) + letter;
}

const romanSteps: readonly (readonly [number, string])[] = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
];

function roman(number: number): string {
  if (number < 1 || number > 3999) return `${number}`;
  let [rest, text] = [number, ''];
  for (const [value, sign] of romanSteps) {
    while (rest >= value) {
      text += sign;
      rest -= value;
    }
  }
  return text;
}

/** The numbers of a list's items, in order (HTML standard, section 4.4.8). */
export interface ItemCounter {
  readonly next: (item: DomElement) => number;
}

/** Counts the items of a list element from its `start`, backwards where it is `reversed`. */
export function itemCounter(list: DomElement | undefined): ItemCounter {
  const items = list?.children.filter(({ name }) => name === 'li').length ?? 0;
  const isReversed = list !== undefined && attributeOf(list.node, 'reversed') !== undefined;
  const start = list === undefined ? undefined : integer(attributeOf(list.node, 'start'));
  let number = start ?? (isReversed ? items : 1);
  return {
    next: (item) => {
      const own = integer(attributeOf(item.node, 'value')) ?? number;
      number = own + (isReversed ? -1 : 1);
      return own;
    },
  };
}

function integer(text: string | undefined): number | undefined {
  const match = /^\s*([+-]?\d{1,9})/.exec(text ?? '');
  return match === null ? undefined : Number(match[1]);
}
