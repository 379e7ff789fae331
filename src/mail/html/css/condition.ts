import { skipValue, TokenType, trimSpace, type CSSToken } from './tokens.ts';
import { and, not, or, type Ternary } from './ternary.ts';

/** Decides about one thing in a condition: what is between its brackets, or a function with its name and arguments. */
export type Decide = (tokens: readonly CSSToken[], functionName: string) => Ternary;

const maxDepth = 16;

/**
 * The value of `not (…)`, `(…) and (…)`, `(…) or (…)` and what is nested of these, as `@media`, `@supports` and
 * `@container` share them; undefined where it has another form.
 */
export function evaluateCondition(tokens: readonly CSSToken[], decide: Decide, depth = 0): Ternary | undefined {
  if (depth > maxDepth) return undefined;
  const parts = topLevelParts(tokens);
  const first = parts[0];
  if (first === undefined) return undefined;
  if (wordOf(first) === 'not') {
    const value = parts.length === 2 ? evaluateOne(parts[1] ?? [], decide, depth) : undefined;
    return value === undefined ? undefined : not(value);
  }
  const values: Ternary[] = [];
  let joint: string | undefined;
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) {
      const word = wordOf(part);
      if ((word !== 'and' && word !== 'or') || (joint !== undefined && joint !== word)) return undefined;
      joint = word;
      continue;
    }
    const value = evaluateOne(part, decide, depth);
    if (value === undefined) return undefined;
    values.push(value);
  }
  if (parts.length % 2 === 0) return undefined;
  return joint === 'or' ? or(values) : and(values);
}

function evaluateOne(part: readonly CSSToken[], decide: Decide, depth: number): Ternary | undefined {
  const [open] = part;
  const inside = trimSpace(part.slice(1, part.at(-1)?.[0] === TokenType.CloseParen ? -1 : part.length));
  if (open?.[0] === TokenType.Function) return decide(inside, open[4].value.toLowerCase());
  if (open?.[0] !== TokenType.OpenParen) return undefined;
  return evaluateCondition(inside, decide, depth + 1) ?? decide(inside, '');
}

/** The tokens between white space, brackets kept whole. */
function topLevelParts(tokens: readonly CSSToken[]): readonly (readonly CSSToken[])[] {
  const parts: (readonly CSSToken[])[] = [];
  for (let at = 0; at < tokens.length;) {
    const end = skipValue(tokens, at);
    if (tokens[at]?.[0] !== TokenType.Whitespace) parts.push(tokens.slice(at, end));
    at = end;
  }
  return parts;
}

/** The word that a single token is, in lower case. */
export function wordOf(tokens: readonly CSSToken[]): string | undefined {
  const [token] = tokens;
  return tokens.length === 1 && token?.[0] === TokenType.Ident ? token[4].value.toLowerCase() : undefined;
}
