import { cascade, matchedRules, type Matched, type Cascaded, type Sources } from '../cascade/cascade.ts';
import { compileSheets } from '../cascade/compile-sheets.ts';
import { linkColor, presentationHints } from '../cascade/presentation.ts';
import { indexRules, type RuleIndex } from '../cascade/rule-index.ts';
import type { StyleRules } from '../cascade/style-rules.ts';
import { userAgentRules } from '../cascade/user-agent.ts';
import { readDeclarations, type Declaration } from '../css/declarations.ts';
import { parseStyleAttribute } from '../css/parse-sheet.ts';
import type { CustomValue } from '../css/substitute.ts';
import { tokensOf } from '../css/tokens.ts';
import type { DomElement } from '../dom/dom-element.ts';
import { attributeOf } from '../dom/html-document.ts';
import type { MatchContext } from '../selectors/match-selector.ts';
import { animatedDeclarations } from './animated.ts';
import { computeStyle } from './compute-style.ts';
import { containerOf, holdsIn, type Container } from './containers.ts';
import { initialStyle, type ComputedStyle } from './computed-style.ts';
import { customProperties } from './custom-properties.ts';

/** The styles of an element and of the boxes that are generated in front of and behind its content. */
export interface ElementStyles {
  readonly style: ComputedStyle;
  /** By name; only those for which there are rules. */
  readonly pseudos: ReadonlyMap<string, ComputedStyle>;
  readonly customValue: CustomValue;
  /** Only where a rule asks about containers. */
  readonly container?: Container;
}

/** Computes the styles of a document's elements, parents first. */
export interface StyleResolver {
  readonly stylesOf: (element: DomElement, parent: ElementStyles | undefined) => ElementStyles;
  /** Families whose letters cannot be seen. */
  readonly blankFonts: ReadonlySet<string>;
  /** Whether there were more or heavier rules than are read: then styles are not certain. */
  readonly isCut: () => boolean;
}

/** Compounds and declarations that may be tried in one document: 0.2 s of work. Real mail needs up to 200,000. */
const workBudget = 3_000_000;

const noValue: CustomValue = () => undefined;
const noPseudos: ReadonlyMap<string, ComputedStyle> = new Map();

/** A resolver for a document with these style sheets. */
export function createStyleResolver(sheets: readonly string[], isQuirky: boolean): StyleResolver {
  const rules = compileSheets(sheets, isQuirky);
  const userAgent = userAgentRules(isQuirky);
  const indexes = { author: indexRules(rules.rules), userAgent: indexRules(userAgent.rules) };
  const context: MatchContext = { isQuirky, budget: { left: workBudget } };
  const ownDeclarations = styleAttributeReader(isQuirky);
  const hasContainers = rules.rules.some(({ containers }) => containers.length > 0);
  let rootFontSize = initialStyle.fontSize;
  let body: DomElement | undefined;
  return {
    blankFonts: rules.blankFonts,
    isCut: () => rules.isCut || context.budget.left < 0,
    stylesOf: (element, parent) => {
      if (element.name === 'body') body ??= element;
      const sources = sourcesOf(element, indexes, context, ownDeclarations, parent?.container);
      const hints = [...sources.hints, ...inheritedHints(element, body, isQuirky)];
      const styles = resolve({ ...sources, hints }, parent, rules, rootFontSize);
      if (parent === undefined) rootFontSize = styles.style.askedFontSize;
      const { style, customValue } = styles;
      return hasContainers ? { ...styles, container: containerOf(style, customValue, parent?.container) } : styles;
    },
  };
}

interface ElementSources extends Sources {
  readonly pseudoSources: ReadonlyMap<string, Sources>;
}

function sourcesOf(
  element: DomElement,
  indexes: { readonly author: RuleIndex; readonly userAgent: RuleIndex },
  context: MatchContext,
  ownDeclarations: (style: string) => readonly Declaration[],
  around: Container | undefined,
): ElementSources {
  const author = matchedRules(element, indexes.author, context);
  // The browser's own rules are few, and always read.
  const userAgent = matchedRules(element, indexes.userAgent, { ...context, budget: { left: 10_000 } });
  const style = attributeOf(element.node, 'style');
  const pseudos = new Set([...author.keys()].filter((name) => name !== ''));
  return {
    userAgent: userAgent.get('') ?? [],
    hints: presentationHints(element),
    author: heldRules(author.get('') ?? [], around),
    own: style === undefined ? [] : ownDeclarations(style),
    animated: [],
    pseudoSources: new Map(
      [...pseudos].map((name) => [
        name,
        { userAgent: [], hints: [], author: heldRules(author.get(name) ?? [], around), own: [], animated: [] },
      ]),
    ),
  };
}

/** The rules whose containers are as they ask for. */
function heldRules(matched: readonly Matched[], around: Container | undefined): readonly Matched[] {
  if (matched.every(({ rule }) => rule.containers.length === 0)) return matched;
  return matched.flatMap((one) => {
    const isHeld = holdsIn(one.rule.containers, around);
    return isHeld === false ? [] : [{ ...one, isUncertain: one.isUncertain || isHeld === 'unknown' }];
  });
}

/** Colours that attributes of the body give to others. */
function inheritedHints(element: DomElement, body: DomElement | undefined, isQuirky: boolean): readonly Declaration[] {
  if (body === undefined || !element.isHtml) return [];
  const isLink = element.name === 'a' && attributeOf(element.node, 'href') !== undefined;
  if (isLink) return [linkColor(body)].filter((hint) => hint !== undefined);
  if (element.name !== 'table' || !isQuirky) return [];
  // Quirks Mode Standard, section 3.6: tables take their colour from the body's attribute, not from around them.
  const [color] = presentationHints(body).filter(({ property }) => property === 'color');
  return [color ?? { property: 'color', specified: { kind: 'wide', word: 'initial' }, isImportant: false }];
}

function resolve(
  sources: ElementSources,
  parent: ElementStyles | undefined,
  rules: StyleRules,
  rootFontSize: number,
): ElementStyles {
  const compute = (own: Sources, from: ComputedStyle, inheritedValue: CustomValue): ElementStyles => {
    const cascaded = withAnimation(own, rules);
    const customValue = customProperties(cascaded, inheritedValue, rules.registered);
    return {
      style: computeStyle({ cascaded, parent: from, rootFontSize, customValue }),
      pseudos: noPseudos,
      customValue,
    };
  };
  const { style, customValue } = compute(sources, parent?.style ?? initialStyle, parent?.customValue ?? noValue);
  if (sources.pseudoSources.size === 0) return { style, pseudos: noPseudos, customValue };
  const pseudos = new Map(
    [...sources.pseudoSources].map(([name, own]) => [name, compute(own, style, customValue).style]),
  );
  return { style, pseudos, customValue };
}

function withAnimation(sources: Sources, { keyframes }: StyleRules): Cascaded {
  const cascaded = cascade(sources);
  if (keyframes.size === 0 || !cascaded.has('animation-name')) return cascaded;
  const animated = animatedDeclarations(cascaded, keyframes);
  return animated.length === 0 ? cascaded : cascade({ ...sources, animated });
}

/** Newsletters repeat the same `style` hundreds of times: each is read once. */
function styleAttributeReader(isQuirky: boolean): (style: string) => readonly Declaration[] {
  const known = new Map<string, readonly Declaration[]>();
  return (style) => {
    let declarations = known.get(style);
    if (declarations === undefined) {
      declarations = readDeclarations(parseStyleAttribute(tokensOf(style)), isQuirky);
      known.set(style, declarations);
    }
    return declarations;
  };
}
