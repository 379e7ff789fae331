/** Selectors Level 4, as far as they decide about a document that nobody has touched yet. */
export interface ComplexSelector {
  /** From left to right; the last is the element itself. */
  readonly compounds: readonly CompoundSelector[];
  /** Between the compounds: one fewer than those. A relative selector (`:has(> a)`) has one more, in front. */
  readonly combinators: readonly Combinator[];
  readonly specificity: Specificity;
  /** The generated box or part that the rule is for, in lower case; the whole element where undefined. */
  readonly pseudoElement: string | undefined;
}

export type SelectorList = readonly ComplexSelector[];

export type Combinator = ' ' | '>' | '+' | '~';

/** Ids, classes and the like, elements. */
export type Specificity = readonly [ids: number, classes: number, elements: number];

export interface CompoundSelector {
  /** Element name as it is written; undefined for any. */
  readonly tag: string | undefined;
  readonly namespace: string | undefined;
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly attributes: readonly AttributeTest[];
  readonly pseudos: readonly PseudoClass[];
}

export interface AttributeTest {
  /** As it is written. */
  readonly name: string;
  readonly operator: '' | '=' | '~=' | '|=' | '^=' | '$=' | '*=';
  readonly value: string;
  /** `i` and `s`; without, it depends on the attribute. */
  readonly flag: '' | 'i' | 's';
}

export type PseudoClass =
  /** Also `:where()`, which adds nothing to the specificity, and `&`. */
  | { readonly kind: 'is'; readonly list: SelectorList; readonly isWeightless: boolean }
  | { readonly kind: 'not'; readonly list: SelectorList }
  | { readonly kind: 'has'; readonly list: SelectorList }
  | {
      readonly kind: 'nth';
      /** The children whose number is `step` × n + `offset`, n from 0. */
      readonly step: number;
      readonly offset: number;
      readonly isFromEnd: boolean;
      readonly isOfType: boolean;
      readonly of: SelectorList | undefined;
    }
  /** One without arguments, whose name the matcher knows. */
  | { readonly kind: 'simple'; readonly name: string }
  | { readonly kind: 'language'; readonly ranges: readonly string[] }
  | { readonly kind: 'direction'; readonly isRightToLeft: boolean }
  /** Valid, but not decided here: it may match or not. */
  | { readonly kind: 'unknown' };

/** Whether a selector matches; `maybe` where that cannot be decided here. */
export type Match = boolean | 'maybe';
