import { TokenType, tokensOf, type CSSToken } from './tokens.ts';

/** Properties whose lengths need no unit in old documents (Quirks Mode Standard, section 3.2). */
const unitless =
  /^(?:border-(?:bottom|left|right|top)-width|border-width|bottom|clip|font-size|height|left|letter-spacing|margin|margin-(?:bottom|left|right|top)|max-height|max-width|min-height|min-width|padding|padding-(?:bottom|left|right|top)|right|text-indent|top|vertical-align|width|word-spacing)$/;

/** Properties whose colours need no `#` in old documents (section 3.1). */
const hashless = /^(?:background-color|border-color|border-(?:bottom|left|right|top)-color|color)$/;

/** The tokens of a declaration as a document without an up-to-date type means them. */
export function quirkyTokens(property: string, tokens: readonly CSSToken[]): readonly CSSToken[] {
  if (unitless.test(property)) {
    return tokens.flatMap((token) => (token[0] === TokenType.Number ? tokensOf(`${token[1]}px`) : [token]));
  }
  if (!hashless.test(property) || tokens.length > 2) return tokens;
  const text = tokens.map((token) => token[1]).join('');
  return /^(?:[\da-f]{3}|[\da-f]{6})$/i.test(text) ? tokensOf(`#${text}`) : tokens;
}
