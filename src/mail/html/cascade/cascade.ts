import type { Declaration, Specified } from '../css/declarations.ts';
import type { DomElement } from '../dom/dom-element.ts';
import { matchesSelector, type MatchContext } from '../selectors/match-selector.ts';
import type { Match } from '../selectors/selector.ts';
import { compareSpecificity } from '../selectors/specificity.ts';
import { candidates, type RuleIndex } from './rule-index.ts';
import type { StyleRule } from './style-rules.ts';

/** What won for a property, and whether it may be something else. */
export interface Winner {
  readonly specified: Specified;
  /** A rule that may or may not apply sets it. */
  readonly isUncertain: boolean;
}

/** The winning declarations of an element or of a part of it, by property. */
export type Cascaded = ReadonlyMap<string, Winner>;

/** A rule that matches. */
export interface Matched {
  readonly rule: StyleRule;
  readonly isUncertain: boolean;
}

/** The rules of one origin that match, weakest first; by pseudo-element, the element itself under an empty name. */
export type MatchedRules = ReadonlyMap<string, readonly Matched[]>;

/** The rules of an index that match an element. */
export function matchedRules(element: DomElement, index: RuleIndex, context: MatchContext): MatchedRules {
  const found = new Map<string, Map<StyleRule, Matched>>();
  for (const rule of candidates(element, index)) {
    if (context.budget.left < 0) break;
    const pseudo = rule.selector.pseudoElement ?? '';
    const known = found.get(pseudo);
    if (known?.has(rule) === true) continue;
    const match = matchesRule(element, rule, context);
    if (match === false) continue;
    context.budget.left -= rule.declarations.length;
    const entry = { rule, isUncertain: match === 'maybe' || rule.isUncertain };
    if (known === undefined) found.set(pseudo, new Map([[rule, entry]]));
    else known.set(rule, entry);
  }
  return new Map([...found].map(([pseudo, entries]) => [pseudo, [...entries.values()].toSorted(compareRules)]));
}

function matchesRule(element: DomElement, rule: StyleRule, context: MatchContext): Match {
  if (rule.scope === undefined) return matchesSelector(element, rule.selector, context);
  const { roots, limits } = rule.scope;
  const isOne = (one: DomElement, list: typeof roots) =>
    list.some((selector) => matchesSelector(one, selector, context) !== false);
  for (let one: DomElement | undefined = element; one !== undefined; one = one.parent) {
    if (isOne(one, limits)) return false;
    // Without roots, it is what is around the style sheet, which is not known here.
    if (roots.length === 0) return matchesSelector(element, rule.selector, context) === false ? false : 'maybe';
    if (isOne(one, roots)) return matchesSelector(element, rule.selector, { ...context, scope: one });
  }
  return false;
}

function compareRules({ rule: one }: Matched, { rule: other }: Matched): number {
  const layers = one.layer === other.layer ? 0 : one.layer - other.layer;
  return layers || compareSpecificity(one.selector.specificity, other.selector.specificity) || one.order - other.order;
}

/** What is declared for an element, by origin (CSS Cascade 5, section 6). */
export interface Sources {
  readonly userAgent: readonly Matched[];
  readonly hints: readonly Declaration[];
  readonly author: readonly Matched[];
  /** Of the `style` attribute. */
  readonly own: readonly Declaration[];
  /** What a finished animation leaves. */
  readonly animated: readonly Declaration[];
}

/** The winner for each property. */
export function cascade(sources: Sources): Cascaded {
  const winners = new Map<string, Winner>();
  const set = (declarations: readonly Declaration[], isImportant: boolean, isUncertain: boolean) => {
    for (const one of declarations) {
      if (one.isImportant === isImportant) winners.set(one.property, { specified: resolve(one, sources), isUncertain });
    }
  };
  for (const { rule } of sources.userAgent) set(rule.declarations, false, false);
  set(sources.hints, false, false);
  for (const { rule, isUncertain } of sources.author) set(rule.declarations, false, isUncertain);
  set(sources.own, false, false);
  set(sources.animated, false, false);
  // The order of layers is reversed for what is important.
  const byLayer = sources.author.some(({ rule }) => rule.declarations.some((one) => one.isImportant))
    ? sources.author.toSorted(({ rule: one }, { rule: other }) =>
        one.layer === other.layer ? 0 : other.layer - one.layer,
      )
    : [];
  for (const { rule, isUncertain } of byLayer) set(rule.declarations, true, isUncertain);
  set(sources.own, true, false);
  return winners;
}

/** `revert` is what the browser says; `revert-layer` would need the layers below, and is not known. */
function resolve({ property, specified }: Declaration, { userAgent }: Sources): Specified {
  if (specified.kind !== 'wide' || !specified.word.startsWith('revert')) return specified;
  if (specified.word === 'revert-layer') return { kind: 'unknown' };
  const declared = userAgent.flatMap(({ rule }) => rule.declarations).findLast((one) => one.property === property);
  return declared?.specified ?? { kind: 'wide', word: 'unset' };
}
