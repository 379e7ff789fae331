import { skipValue, TokenType, tokensOf, trimSpace, type CSSToken } from './tokens.ts';

/** The value of a custom property; undefined where it has none. */
export type CustomValue = (name: string) => readonly CSSToken[] | undefined;

/** A value that grows beyond this is invalid: hostile sheets double it with each property. */
const maxTokens = 4000;
const maxDepth = 16;

/** Tokens with `var()` and `env()` replaced by what they stand for; undefined where that makes the value invalid. */
export function substitute(
  tokens: readonly CSSToken[],
  valueOf: CustomValue,
  depth = 0,
): readonly CSSToken[] | undefined {
  if (depth > maxDepth) return undefined;
  const result: CSSToken[] = [];
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at];
    const name = token?.[0] === TokenType.Function ? token[4].value.toLowerCase() : '';
    if (name !== 'var' && name !== 'env') {
      if (token !== undefined) result.push(token);
      at += 1;
      continue;
    }
    const end = skipValue(tokens, at);
    const inside = tokens.slice(at + 1, tokens[end - 1]?.[0] === TokenType.CloseParen ? end - 1 : end);
    const replaced = name === 'var' ? variable(inside, valueOf, depth) : environment(inside, valueOf, depth);
    if (replaced === undefined || result.length + replaced.length > maxTokens) return undefined;
    result.push(...replaced);
    at = end;
  }
  return result;
}

function variable(inside: readonly CSSToken[], valueOf: CustomValue, depth: number): readonly CSSToken[] | undefined {
  const { name, fallback } = argumentsOf(inside);
  const value = name === undefined ? undefined : valueOf(name);
  if (value !== undefined) return value;
  return fallback === undefined ? undefined : substitute(fallback, valueOf, depth + 1);
}

/** A window without notches and keyboards: the safe areas are there and are nothing. */
function environment(
  inside: readonly CSSToken[],
  valueOf: CustomValue,
  depth: number,
): readonly CSSToken[] | undefined {
  const { name, fallback } = argumentsOf(inside);
  if (/^(?:safe-area(?:-max)?-inset-(?:top|right|bottom|left)|keyboard-inset-[a-z]+)$/.test(name ?? ''))
    return tokensOf('0px');
  return fallback === undefined ? undefined : substitute(fallback, valueOf, depth + 1);
}

function argumentsOf(inside: readonly CSSToken[]): {
  name: string | undefined;
  fallback: readonly CSSToken[] | undefined;
} {
  const comma = inside.findIndex(([type]) => type === TokenType.Comma);
  const [token] = trimSpace(comma < 0 ? inside : inside.slice(0, comma));
  return {
    name: token?.[0] === TokenType.Ident ? token[4].value : undefined,
    fallback: comma < 0 ? undefined : trimSpace(inside.slice(comma + 1)),
  };
}
