import { HashType, skipValue, splitTokens, TokenType, trimSpace, type CSSToken } from '../css/tokens.ts';
import { parseAttributeTest } from './parse-attribute-test.ts';
import { parseNth } from './parse-nth.ts';
import {
  decidedPseudoClasses,
  legacyPseudoElements,
  neverMatching,
  pseudoElements,
  undecidedPseudoClasses,
} from './pseudo-names.ts';
import type {
  AttributeTest,
  Combinator,
  ComplexSelector,
  CompoundSelector,
  PseudoClass,
  SelectorList,
} from './selector.ts';
import { specificityOf } from './specificity.ts';

/** What a selector's meaning depends on outside of it. */
export interface SelectorContext {
  /** The selectors of the rule around a nested one, which `&` stands for. */
  readonly parent: SelectorList | undefined;
  /** Namespaces by prefix; the one for names without has an empty prefix. */
  readonly namespaces: ReadonlyMap<string, string>;
}

/** How a list of selectors is read. */
interface ListOptions {
  /** A selector may begin with a combinator (`:has()`). */
  readonly isRelative?: boolean;
  /** An invalid selector falls out of the list instead of making all of it invalid (`:is()`). */
  readonly isForgiving?: boolean;
  readonly allowsPseudoElements?: boolean;
}

/** More is a hostile sheet: such rules are dropped. */
const maxSelectors = 1000;
const maxParts = 64;
const maxDepth = 8;

/** The selectors of a rule, which may be nested in another; undefined where a browser drops the rule. */
export function parseSelectors(tokens: readonly CSSToken[], context: SelectorContext): SelectorList | undefined {
  const isNested = context.parent !== undefined;
  return parseList(tokens, context, { isRelative: isNested, allowsPseudoElements: true }, 0);
}

function parseList(
  tokens: readonly CSSToken[],
  context: SelectorContext,
  options: ListOptions,
  depth: number,
): SelectorList | undefined {
  if (depth > maxDepth) return undefined;
  const list: ComplexSelector[] = [];
  for (const part of splitTokens(tokens)) {
    const selector = parseComplex(trimSpace(part), context, options, depth);
    if (selector !== undefined) list.push(selector);
    else if (options.isForgiving !== true) return undefined;
    if (list.length > maxSelectors) return undefined;
  }
  return list;
}

const combinators: Readonly<Record<string, Combinator>> = { '>': '>', '+': '+', '~': '~' };

function parseComplex(
  tokens: readonly CSSToken[],
  context: SelectorContext,
  options: ListOptions,
  depth: number,
): ComplexSelector | undefined {
  const compounds: CompoundSelector[] = [];
  const between: Combinator[] = [];
  let pseudoElement: string | undefined;
  let at = 0;
  let combinator: Combinator | undefined;
  while (at < tokens.length) {
    if (tokens[at]?.[0] === TokenType.Whitespace) {
      combinator ??= ' ';
      at += 1;
      continue;
    }
    const mark = combinators[tokens[at]?.[1] ?? ''];
    if (mark !== undefined) {
      if (combinator !== undefined && combinator !== ' ') return undefined;
      combinator = mark;
      at += 1;
      continue;
    }
    if (pseudoElement !== undefined || compounds.length >= maxParts) return undefined;
    const read = readCompound(tokens, at, context, depth);
    if (read === undefined) return undefined;
    if (combinator !== undefined) between.push(combinator);
    combinator = undefined;
    compounds.push(read.compound);
    ({ pseudoElement } = read);
    at = read.end;
  }
  if (compounds.length === 0 || combinator !== undefined) return undefined;
  if (pseudoElement !== undefined && options.allowsPseudoElements !== true) return undefined;
  const isRelative = between.length === compounds.length;
  if (isRelative && options.isRelative !== true) return undefined;
  const hasParent = context.parent !== undefined && options.allowsPseudoElements === true;
  if (hasParent && (isRelative || !tokens.some(([type, text]) => type === TokenType.Delim && text === '&'))) {
    compounds.unshift(parentCompound(context));
    if (!isRelative) between.unshift(' ');
  } else if (options.isRelative === true && !hasParent && !isRelative) between.unshift(' ');
  const specificity = specificityOf(compounds, pseudoElement !== undefined);
  return { compounds, combinators: between, specificity, pseudoElement };
}

const emptyCompound: CompoundSelector = {
  tag: undefined,
  namespace: undefined,
  ids: [],
  classes: [],
  attributes: [],
  pseudos: [],
};

function parentPseudo({ parent }: SelectorContext): PseudoClass {
  return parent === undefined
    ? { kind: 'simple', name: 'scope' }
    : { kind: 'is', list: parent.filter((one) => one.pseudoElement === undefined), isWeightless: false };
}

function parentCompound(context: SelectorContext): CompoundSelector {
  return { ...emptyCompound, pseudos: [parentPseudo(context)] };
}

interface ReadCompound {
  readonly compound: CompoundSelector;
  readonly pseudoElement: string | undefined;
  readonly end: number;
}

function readCompound(
  tokens: readonly CSSToken[],
  start: number,
  context: SelectorContext,
  depth: number,
): ReadCompound | undefined {
  const type = readType(tokens, start, context);
  if (type === undefined) return undefined;
  const [ids, classes, attributes, pseudos]: [string[], string[], AttributeTest[], PseudoClass[]] = [[], [], [], []];
  let pseudoElement: string | undefined;
  let at = type.end;
  let parts = 0;
  for (; at < tokens.length; parts += 1) {
    const token = tokens[at];
    const next = tokens[at + 1];
    if (parts > maxParts || token === undefined) return undefined;
    if (token[0] === TokenType.Whitespace || (token[0] === TokenType.Delim && Object.hasOwn(combinators, token[1])))
      break;
    const end = skipValue(tokens, at);
    if (token[0] === TokenType.Hash) {
      if (token[4].type !== HashType.ID) return undefined;
      ids.push(token[4].value);
      at = end;
    } else if (token[1] === '.' && next?.[0] === TokenType.Ident) {
      classes.push(next[4].value);
      at += 2;
    } else if (token[1] === '&' && token[0] === TokenType.Delim) {
      pseudos.push(parentPseudo(context));
      at = end;
    } else if (token[0] === TokenType.OpenSquare) {
      const test = parseAttributeTest(tokens.slice(at + 1, end - 1));
      if (test === undefined) return undefined;
      attributes.push(test);
      at = end;
    } else if (token[0] === TokenType.Colon) {
      const isElement = next?.[0] === TokenType.Colon;
      const nameAt = isElement ? at + 2 : at + 1;
      const nameEnd = skipValue(tokens, nameAt);
      const named = readPseudo(tokens.slice(nameAt, nameEnd), isElement, context, depth);
      if (named === undefined) return undefined;
      if (typeof named === 'string') pseudoElement = named;
      else pseudos.push(named);
      at = nameEnd;
    } else return undefined;
  }
  if (at === start) return undefined;
  const { tag, namespace } = type;
  return { compound: { tag, namespace, ids, classes, attributes, pseudos }, pseudoElement, end: at };
}

interface ReadType {
  readonly tag: string | undefined;
  readonly namespace: string | undefined;
  readonly end: number;
}

/** The element name in front, with its namespace: `a`, `*`, `svg|a`, `|a`; undefined where it is invalid. */
function readType(tokens: readonly CSSToken[], at: number, { namespaces }: SelectorContext): ReadType | undefined {
  const [first, bar, second] = tokens.slice(at, at + 3);
  const name = typeName(first);
  if (first?.[1] === '|' && first[0] === TokenType.Delim) {
    const tag = typeName(bar);
    return tag === undefined ? undefined : { tag: starless(tag), namespace: '', end: at + 2 };
  }
  if (name === undefined) return { tag: undefined, namespace: namespaces.get(''), end: at };
  if (bar?.[1] !== '|' || bar[0] !== TokenType.Delim) {
    return { tag: starless(name), namespace: namespaces.get(''), end: at + 1 };
  }
  const tag = typeName(second);
  const namespace = name === '*' ? undefined : namespaces.get(name);
  if (tag === undefined || (name !== '*' && namespace === undefined)) return undefined;
  return { tag: starless(tag), namespace, end: at + 3 };
}

function typeName(token: CSSToken | undefined): string | undefined {
  if (token?.[0] === TokenType.Ident) return token[4].value;
  return token?.[0] === TokenType.Delim && token[1] === '*' ? '*' : undefined;
}

function starless(name: string): string | undefined {
  return name === '*' ? undefined : name;
}

/** A pseudo-class, or the name of a pseudo-element; undefined where a browser does not know it. */
function readPseudo(
  tokens: readonly CSSToken[],
  isElement: boolean,
  context: SelectorContext,
  depth: number,
): PseudoClass | string | undefined {
  const [token] = tokens;
  if (token?.[0] !== TokenType.Ident && token?.[0] !== TokenType.Function) return undefined;
  const name = token[4].value.toLowerCase();
  if (isElement || legacyPseudoElements.has(name)) {
    return pseudoElements.has(name) || name.startsWith('-webkit-') ? name : undefined;
  }
  if (token[0] === TokenType.Function) {
    const isClosed = tokens.at(-1)?.[0] === TokenType.CloseParen;
    return readFunction(name, trimSpace(tokens.slice(1, isClosed ? -1 : tokens.length)), context, depth + 1);
  }
  if (neverMatching.has(name) || decidedPseudoClasses.has(name)) return { kind: 'simple', name };
  return undecidedPseudoClasses.has(name) ? { kind: 'unknown' } : undefined;
}

function readFunction(
  name: string,
  tokens: readonly CSSToken[],
  context: SelectorContext,
  depth: number,
): PseudoClass | undefined {
  switch (name) {
    case 'is':
    case 'where':
    case '-webkit-any': {
      const list = parseList(tokens, context, { isForgiving: true }, depth);
      return list === undefined ? undefined : { kind: 'is', list, isWeightless: name === 'where' };
    }
    case 'not': {
      const list = parseList(tokens, context, {}, depth);
      return list === undefined ? undefined : { kind: 'not', list };
    }
    case 'has': {
      const list = parseList(tokens, { ...context, parent: undefined }, { isRelative: true }, depth);
      return list === undefined ? undefined : { kind: 'has', list };
    }
    case 'nth-child':
    case 'nth-last-child':
    case 'nth-of-type':
    case 'nth-last-of-type': {
      const nth = parseNth(tokens);
      if (nth === undefined) return undefined;
      const isOfType = name.endsWith('of-type');
      const of = nth.rest.length === 0 || isOfType ? undefined : parseList(nth.rest, context, {}, depth);
      if (nth.rest.length > 0 && of === undefined) return undefined;
      const { step, offset } = nth;
      return { kind: 'nth', step, offset, isFromEnd: name.includes('last'), isOfType, of };
    }
    case 'lang':
      return { kind: 'language', ranges: tokens.flatMap(textOf) };
    case 'dir':
      return { kind: 'direction', isRightToLeft: tokens.flatMap(textOf)[0]?.toLowerCase() === 'rtl' };
    case 'host':
    case 'host-context':
      return { kind: 'simple', name: 'host' };
    case 'state':
    case 'active-view-transition-type':
      return { kind: 'unknown' };
    default:
      return undefined;
  }
}

function textOf(token: CSSToken): string[] {
  return token[0] === TokenType.Ident || token[0] === TokenType.String ? [token[4].value] : [];
}
