import type { DomElement } from '../dom/dom-element.ts';
import { attributeOf } from '../dom/html-document.ts';
import { matchesAttribute } from './match-attribute.ts';
import { isInState } from './match-state.ts';
import type { Combinator, ComplexSelector, CompoundSelector, Match, PseudoClass, SelectorList } from './selector.ts';

/** What a document's selectors are matched with. */
export interface MatchContext {
  /** Without an up-to-date document type, classes and ids are compared without case. */
  readonly isQuirky: boolean;
  /** Compounds that may still be tested; with none left, every answer is `maybe`. */
  readonly budget: { left: number };
  /** What `:scope` is; undefined for the root. */
  readonly scope?: DomElement;
}

/** Whether a selector without pseudo-element matches an element; with one, whether it is for a part of that element. */
export function matchesSelector(element: DomElement, selector: ComplexSelector, context: MatchContext): Match {
  return matchFrom(element, selector, selector.compounds.length - 1, undefined, context);
}

function matchesList(element: DomElement, list: SelectorList, context: MatchContext): Match {
  return anyOf(list, (selector) => matchesSelector(element, selector, context));
}

function anyOf<T>(items: Iterable<T>, test: (item: T) => Match): Match {
  let result: Match = false;
  for (const item of items) {
    const match = test(item);
    if (match === true) return true;
    if (match === 'maybe') result = 'maybe';
  }
  return result;
}

function allOf<T>(items: Iterable<T>, test: (item: T) => Match): Match {
  let result: Match = true;
  for (const item of items) {
    const match = test(item);
    if (match === false) return false;
    if (match === 'maybe') result = 'maybe';
  }
  return result;
}

/** Matches the compounds up to `index`, the last of them `element`; `anchor` is what a relative selector starts from. */
function matchFrom(
  element: DomElement,
  selector: ComplexSelector,
  index: number,
  anchor: DomElement | undefined,
  context: MatchContext,
): Match {
  const compound = selector.compounds[index];
  if (compound === undefined) return false;
  const own = matchesCompound(element, compound, context);
  if (own === false) return false;
  const isRelative = selector.combinators.length === selector.compounds.length;
  if (index === 0 && !isRelative) return own;
  const combinator = selector.combinators[isRelative ? index : index - 1];
  const others = relatives(element, combinator);
  const rest =
    index === 0
      ? anyOf(others, (other) => other === anchor)
      : anyOf(others, (other) => matchFrom(other, selector, index - 1, anchor, context));
  return own === 'maybe' && rest === true ? 'maybe' : rest;
}

/** The elements that may be in front of a combinator. */
function* relatives(element: DomElement, combinator: Combinator | undefined): Generator<DomElement> {
  switch (combinator) {
    case '>':
      if (element.parent !== undefined) yield element.parent;
      return;
    case '+':
      if (element.previous !== undefined) yield element.previous;
      return;
    case '~':
      for (let one = element.previous; one !== undefined; one = one.previous) yield one;
      return;
    case ' ':
    case undefined:
      for (let one = element.parent; one !== undefined; one = one.parent) yield one;
  }
}

function matchesCompound(element: DomElement, compound: CompoundSelector, context: MatchContext): Match {
  const { budget } = context;
  budget.left -= 1;
  if (budget.left < 0) return 'maybe';
  const { tag, namespace, ids, classes, attributes, pseudos } = compound;
  if (tag !== undefined && (element.isHtml ? tag.toLowerCase() : tag) !== element.name) return false;
  if (namespace !== undefined && namespace !== element.namespace) return false;
  if (!ids.every((id) => element.id !== undefined && isSameName(id, element.id, context))) return false;
  if (!classes.every((name) => element.classes.some((one) => isSameName(name, one, context)))) return false;
  if (!attributes.every((test) => matchesAttribute(element, test))) return false;
  return allOf(pseudos, (pseudo) => matchesPseudo(element, pseudo, context));
}

function isSameName(one: string, other: string, { isQuirky }: MatchContext): boolean {
  return one === other || (isQuirky && one.toLowerCase() === other.toLowerCase());
}

function matchesPseudo(element: DomElement, pseudo: PseudoClass, context: MatchContext): Match {
  switch (pseudo.kind) {
    case 'is':
      return matchesList(element, pseudo.list, context);
    case 'not': {
      const match = matchesList(element, pseudo.list, context);
      return match === 'maybe' ? match : !match;
    }
    case 'has':
      return anyOf(pseudo.list, (selector) => matchesHas(element, selector, context));
    case 'nth':
      return matchesNth(element, pseudo, context);
    case 'simple':
      return matchesSimple(element, pseudo.name, context);
    case 'language':
      return matchesLanguage(element, pseudo.ranges);
    case 'direction':
      return (inheritedAttribute(element, 'dir')?.toLowerCase() === 'rtl') === pseudo.isRightToLeft;
    case 'unknown':
      return 'maybe';
  }
}

function matchesHas(anchor: DomElement, selector: ComplexSelector, context: MatchContext): Match {
  const isBeside = selector.combinators[0] === '+' || selector.combinators[0] === '~';
  const starts = isBeside ? (anchor.parent?.children.slice(anchor.position) ?? []) : anchor.children;
  return anyOf(withDescendants(starts), (element) =>
    matchFrom(element, selector, selector.compounds.length - 1, anchor, context),
  );
}

function* withDescendants(elements: readonly DomElement[]): Generator<DomElement> {
  for (const element of elements) {
    yield element;
    yield* withDescendants(element.children);
  }
}

type NthPseudo = Extract<PseudoClass, { kind: 'nth' }>;

function matchesNth(element: DomElement, nth: NthPseudo, context: MatchContext): Match {
  const { of } = nth;
  const siblings = element.parent?.children ?? [element];
  const own = of === undefined ? true : matchesList(element, of, context);
  if (own === false) return false;
  if (!nth.isOfType && of === undefined) {
    return isNth(nth.isFromEnd ? siblings.length - element.position + 1 : element.position, nth);
  }
  const before = nth.isFromEnd ? siblings.slice(element.position) : siblings.slice(0, element.position - 1);
  context.budget.left -= before.length;
  if (context.budget.left < 0) return 'maybe';
  let number = 1;
  for (const sibling of before) {
    const match = of === undefined ? isSameType(sibling, element) : matchesList(sibling, of, context);
    if (match === 'maybe') return 'maybe';
    if (match) number += 1;
  }
  return own === 'maybe' && isNth(number, nth) ? 'maybe' : isNth(number, nth);
}

function isSameType(one: DomElement, other: DomElement): boolean {
  return one.name === other.name && one.node.namespaceURI === other.node.namespaceURI;
}

function isNth(number: number, { step, offset }: NthPseudo): boolean {
  const distance = number - offset;
  return step === 0 ? distance === 0 : distance % step === 0 && distance / step >= 0;
}

function matchesSimple(element: DomElement, name: string, context: MatchContext): Match {
  const nth = (isFromEnd: boolean): Match =>
    matchesNth(element, { kind: 'nth', step: 0, offset: 1, isFromEnd, isOfType: true, of: undefined }, context);
  switch (name) {
    case 'first-of-type':
      return nth(false);
    case 'last-of-type':
      return nth(true);
    case 'only-of-type':
      return allOf([false, true], nth);
    case 'scope':
      return context.scope === undefined ? element.parent === undefined : element === context.scope;
    default:
      return isInState(element, name);
  }
}

function matchesLanguage(element: DomElement, ranges: readonly string[]): boolean {
  const language = inheritedAttribute(element, 'lang')?.toLowerCase();
  if (language === undefined) return false;
  return ranges.some((range) => {
    const wanted = range.toLowerCase();
    return wanted === '*' || language === wanted || language.startsWith(`${wanted}-`);
  });
}

function inheritedAttribute(element: DomElement, name: string): string | undefined {
  for (let one: DomElement | undefined = element; one !== undefined; one = one.parent) {
    const value = attributeOf(one.node, name);
    if (value !== undefined) return value;
  }
  return undefined;
}
