import type { Declaration } from '../css/declarations.ts';
import type { CSSToken } from '../css/tokens.ts';
import type { ComplexSelector, SelectorList } from '../selectors/selector.ts';

/** One selector of a rule with the declarations that it brings. */
export interface StyleRule {
  readonly selector: ComplexSelector;
  readonly declarations: readonly Declaration[];
  /** The later of two equals wins. */
  readonly order: number;
  /** Of its cascade layer, by the order in which layers are first named; rules outside of layers come last. */
  readonly layer: number;
  /** It stands under a condition that cannot be decided here: it may apply or not. */
  readonly isUncertain: boolean;
  readonly scope: Scope | undefined;
  /** What has to hold for the boxes around. */
  readonly containers: readonly ContainerQuery[];
}

/** The condition of `@container`. */
export interface ContainerQuery {
  readonly name: string | undefined;
  readonly condition: readonly CSSToken[];
}

/** What `@scope` confines rules to: below the roots, not below the limits. */
export interface Scope {
  readonly roots: SelectorList;
  readonly limits: SelectorList;
}

/** One step of an animation. */
export interface Keyframe {
  /** From 0 to 1. */
  readonly at: number;
  readonly declarations: readonly Declaration[];
}

/** A registered custom property (CSS Properties and Values 1). */
export interface RegisteredProperty {
  readonly isInherited: boolean;
  readonly initial: readonly CSSToken[] | undefined;
}

/** All that a document's style sheets say. */
export interface StyleRules {
  readonly rules: readonly StyleRule[];
  readonly keyframes: ReadonlyMap<string, readonly Keyframe[]>;
  /** Fonts that are made so that their letters cannot be seen, by family in lower case. */
  readonly blankFonts: ReadonlySet<string>;
  readonly registered: ReadonlyMap<string, RegisteredProperty>;
  /** Whether there was more than is read. */
  readonly isCut: boolean;
}
