import { HashType, isTokenComment, TokenType, tokenize, type CSSToken } from '@csstools/css-tokenizer';

export { HashType, TokenType, type CSSToken };

/** One value of a declaration, as CSS Syntax Level 3 nests them; names are in lower case. White space is left out. */
export type Value =
  | { readonly kind: 'word'; readonly name: string }
  | { readonly kind: 'number' | 'percentage'; readonly value: number }
  | { readonly kind: 'length'; readonly value: number; readonly unit: string }
  | { readonly kind: 'text' | 'url'; readonly text: string }
  | { readonly kind: 'hash'; readonly text: string }
  /** `,`, `/` or another single character. */
  | { readonly kind: 'mark'; readonly mark: string }
  /** `tokens` are those of the whole function, for what reads it by itself. */
  | FunctionValue
  | { readonly kind: 'block'; readonly bracket: string; readonly values: readonly Value[] };

export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly values: readonly Value[];
  readonly tokens: readonly CSSToken[];
}

/** Deeper brackets are not read. */
const maxBrackets = 32;

const closers: Readonly<Record<string, TokenType>> = {
  [TokenType.Function]: TokenType.CloseParen,
  [TokenType.OpenParen]: TokenType.CloseParen,
  [TokenType.OpenSquare]: TokenType.CloseSquare,
  [TokenType.OpenCurly]: TokenType.CloseCurly,
};

const marks: ReadonlySet<TokenType> = new Set([TokenType.Comma, TokenType.Colon, TokenType.Delim]);

/** The tokens of a text, comments left out. */
export function tokensOf(css: string): readonly CSSToken[] {
  const tokens = tokenize({ css });
  return tokens.filter((token) => !isTokenComment(token) && token[0] !== TokenType.EOF);
}

/** The index behind the value that begins at `from`: a token, or all up to the bracket that closes it. */
export function skipValue(tokens: readonly CSSToken[], from: number): number {
  const open: TokenType[] = [];
  for (let at = from; at < tokens.length; at += 1) {
    const type = tokens[at]?.[0] ?? TokenType.EOF;
    const closer = closers[type];
    if (closer !== undefined) open.push(closer);
    else if (type === open.at(-1)) open.pop();
    if (open.length === 0) return at + 1;
  }
  return tokens.length;
}

/** The values that tokens make; undefined where brackets are nested too deep or close what they did not open. */
export function valuesOf(tokens: readonly CSSToken[], depth = 0): readonly Value[] | undefined {
  const values: Value[] = [];
  for (let at = 0; at < tokens.length;) {
    const end = skipValue(tokens, at);
    const value = valueOf(tokens.slice(at, end), depth);
    if (value === undefined) return undefined;
    if (value !== 'space') values.push(value);
    at = end;
  }
  return values;
}

function valueOf(tokens: readonly CSSToken[], depth: number): Value | 'space' | undefined {
  const [token] = tokens;
  if (token === undefined) return 'space';
  const [type, text] = token;
  if (type === TokenType.Whitespace) return 'space';
  if (closers[type] !== undefined) return nestedValue(token, tokens, depth);
  if (marks.has(type)) return { kind: 'mark', mark: text };
  if (token[0] === TokenType.Ident) return { kind: 'word', name: token[4].value.toLowerCase() };
  if (token[0] === TokenType.Number) return { kind: 'number', value: token[4].value };
  if (token[0] === TokenType.Percentage) return { kind: 'percentage', value: token[4].value };
  if (token[0] === TokenType.Dimension)
    return { kind: 'length', value: token[4].value, unit: token[4].unit.toLowerCase() };
  if (token[0] === TokenType.String) return { kind: 'text', text: token[4].value };
  if (token[0] === TokenType.URL) return { kind: 'url', text: token[4].value };
  return token[0] === TokenType.Hash ? { kind: 'hash', text: token[4].value } : undefined;
}

function nestedValue(token: CSSToken, tokens: readonly CSSToken[], depth: number): Value | undefined {
  if (depth >= maxBrackets) return undefined;
  const isClosed = tokens.length > 1 && tokens.at(-1)?.[0] === closers[token[0]];
  const values = valuesOf(tokens.slice(1, isClosed ? -1 : tokens.length), depth + 1);
  if (values === undefined) return undefined;
  if (token[0] !== TokenType.Function) return { kind: 'block', bracket: token[1], values };
  const name = token[4].value.toLowerCase();
  // `url("x")` is a function to the tokenizer, and the same thing to a reader.
  if (name === 'url' && values[0]?.kind === 'text') return { kind: 'url', text: values[0].text };
  return { kind: 'function', name, values, tokens };
}

/** The tokens between commas, brackets kept whole. */
export function splitTokens(tokens: readonly CSSToken[]): readonly (readonly CSSToken[])[] {
  const parts: (readonly CSSToken[])[] = [];
  let start = 0;
  for (let at = 0; at < tokens.length; at = skipValue(tokens, at)) {
    if (tokens[at]?.[0] !== TokenType.Comma) continue;
    parts.push(tokens.slice(start, at));
    start = at + 1;
  }
  return [...parts, tokens.slice(start)];
}

/** Values between commas at the top. */
export function splitAtCommas(values: readonly Value[]): readonly (readonly Value[])[] {
  return splitAt(values, ',');
}

/** Values between `mark`s at the top. */
export function splitAt(values: readonly Value[], mark: string): readonly (readonly Value[])[] {
  const parts: Value[][] = [[]];
  for (const value of values) {
    if (value.kind === 'mark' && value.mark === mark) parts.push([]);
    else parts.at(-1)?.push(value);
  }
  return parts;
}

/** Tokens without white space at either end. */
export function trimSpace(tokens: readonly CSSToken[]): readonly CSSToken[] {
  const first = tokens.findIndex(([type]) => type !== TokenType.Whitespace);
  const last = tokens.findLastIndex(([type]) => type !== TokenType.Whitespace);
  return first < 0 ? [] : tokens.slice(first, last + 1);
}
