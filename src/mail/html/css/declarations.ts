import type { RawDeclaration } from './parse-sheet.ts';
import { quirkyTokens } from './quirks.ts';
import { expand, longhandsOf } from './shorthands.ts';
import { TokenType, valuesOf, type CSSToken, type Value } from './tokens.ts';
import { isUnknown } from './value-tests.ts';

/** What a declaration says of one longhand. */
export type Specified =
  | { readonly kind: 'values'; readonly values: readonly Value[] }
  | { readonly kind: 'wide'; readonly word: WideWord }
  /** With `var()` in it: it is read when the element's custom properties are known. */
  | { readonly kind: 'pending'; readonly property: string; readonly tokens: readonly CSSToken[] }
  /** Valid in a browser, with a meaning that is not known here. */
  | { readonly kind: 'unknown' };

/** CSS-wide keywords (CSS Cascade 5, section 7.3). */
type WideWord = 'initial' | 'inherit' | 'unset' | 'revert' | 'revert-layer';

export interface Declaration {
  /** A longhand, or a custom property as it is written. */
  readonly property: string;
  readonly specified: Specified;
  readonly isImportant: boolean;
}

const wideWords: Readonly<Record<string, WideWord>> = {
  initial: 'initial',
  inherit: 'inherit',
  unset: 'unset',
  revert: 'revert',
  'revert-layer': 'revert-layer',
};

const initial: Specified = { kind: 'wide', word: 'initial' };
const unknown: Specified = { kind: 'unknown' };

/** The longhands that declarations set, in order; what a browser drops is not among them. */
export function readDeclarations(raw: readonly RawDeclaration[], isQuirky: boolean): readonly Declaration[] {
  return raw.flatMap((one) => readDeclaration(one, isQuirky));
}

function readDeclaration(raw: RawDeclaration, isQuirky: boolean): readonly Declaration[] {
  const { property, isImportant } = raw;
  const isCustom = property.startsWith('--');
  const longhands = isCustom ? [property] : longhandsOf(property);
  if (longhands === undefined) return [];
  const forAll = (specified: Specified) => longhands.map((one) => ({ property: one, specified, isImportant }));
  const wide = wideWordOf(raw.tokens);
  if (wide !== undefined) return forAll({ kind: 'wide', word: wide });
  if (isCustom || hasSubstitution(raw.tokens)) return forAll({ kind: 'pending', property, tokens: raw.tokens });
  const tokens = isQuirky ? quirkyTokens(property, raw.tokens) : raw.tokens;
  return readLonghands(property, tokens).map(([one, specified]) => ({ property: one, specified, isImportant }));
}

/** What the tokens of a declaration say of each longhand; nothing where a browser drops it. */
export function readLonghands(
  property: string,
  tokens: readonly CSSToken[],
): readonly (readonly [string, Specified])[] {
  const values = valuesOf(tokens);
  if (values === undefined) return [];
  const longhands = expand(property, values);
  if (longhands !== undefined) {
    return longhands.map(([one, own]) => [one, own === undefined ? initial : { kind: 'values', values: own }]);
  }
  return values.some(isUnknown) ? (longhandsOf(property) ?? []).map((one) => [one, unknown]) : [];
}

function wideWordOf(tokens: readonly CSSToken[]): WideWord | undefined {
  const [token] = tokens;
  return tokens.length === 1 && token?.[0] === TokenType.Ident ? wideWords[token[4].value.toLowerCase()] : undefined;
}

/** Whether a value can only be read with an element's custom properties at hand. */
function hasSubstitution(tokens: readonly CSSToken[]): boolean {
  return tokens.some((token) => token[0] === TokenType.Function && /^(?:var|env)$/i.test(token[4].value));
}
