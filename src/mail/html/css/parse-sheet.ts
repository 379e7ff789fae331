import type { CSSToken } from './tokens.ts';
import { skipValue, TokenType, trimSpace } from './tokens.ts';

/** `property: value`, before anybody asked whether the property takes it. */
export interface RawDeclaration {
  /** In lower case, except custom properties. */
  readonly property: string;
  readonly tokens: readonly CSSToken[];
  readonly isImportant: boolean;
}

/** A rule: with a selector in front (`name` is empty) or an at-rule. */
export interface RawRule {
  readonly name: string;
  readonly prelude: readonly CSSToken[];
  /** Undefined for an at-rule that ends with a semicolon. */
  readonly block: RawBlock | undefined;
}

/** What is between the braces of a rule, in order. */
export type RawBlock = readonly (RawDeclaration | RawRule)[];

/** Rules inside rules are read this deep; browsers have no such bound, real sheets nest three deep. */
const maxNesting = 16;

interface Cursor {
  readonly tokens: readonly CSSToken[];
  at: number;
}

/** The rules of a style sheet (CSS Syntax Level 3, section 5.5.1). What is no rule is dropped as a browser drops it. */
export function parseSheet(tokens: readonly CSSToken[]): readonly RawRule[] {
  const cursor = { tokens, at: 0 };
  const rules: RawRule[] = [];
  while (cursor.at < tokens.length) {
    const type = typeAt(cursor);
    if (type === TokenType.Whitespace || type === TokenType.CDO || type === TokenType.CDC) cursor.at += 1;
    else add(rules, type === TokenType.AtKeyword ? readAtRule(cursor, 0, false) : readRule(cursor, 0, false));
  }
  return rules;
}

/** The declarations of a `style` attribute. */
export function parseStyleAttribute(tokens: readonly CSSToken[]): readonly RawDeclaration[] {
  return readBlock({ tokens, at: 0 }, maxNesting, false).filter((item) => 'property' in item);
}

function add<T>(list: T[], item: T | undefined): void {
  if (item !== undefined) list.push(item);
}

function typeAt(cursor: Cursor): TokenType | undefined {
  return cursor.tokens[cursor.at]?.[0];
}

/** Section 5.5.2. `isNested`: a closing brace ends it, and is left for the block around it. */
function readAtRule(cursor: Cursor, depth: number, isNested: boolean): RawRule | undefined {
  const token = cursor.tokens[cursor.at];
  if (token?.[0] !== TokenType.AtKeyword) return undefined;
  const name = token[4].value.toLowerCase();
  cursor.at += 1;
  const start = cursor.at;
  for (;;) {
    const type = typeAt(cursor);
    const prelude = cursor.tokens.slice(start, cursor.at);
    if (type === undefined || (type === TokenType.CloseCurly && isNested)) return { name, prelude, block: undefined };
    if (type === TokenType.Semicolon) {
      cursor.at += 1;
      return { name, prelude, block: undefined };
    }
    if (type === TokenType.OpenCurly) return { name, prelude, block: readBraces(cursor, depth) };
    cursor.at = skipValue(cursor.tokens, cursor.at);
  }
}

/** Section 5.5.3; undefined where there is none. */
function readRule(cursor: Cursor, depth: number, isNested: boolean): RawRule | undefined {
  const start = cursor.at;
  for (;;) {
    const type = typeAt(cursor);
    if (type === undefined || (isNested && type === TokenType.CloseCurly)) return undefined;
    if (isNested && type === TokenType.Semicolon) return undefined;
    if (type === TokenType.OpenCurly) {
      const prelude = cursor.tokens.slice(start, cursor.at);
      const block = readBraces(cursor, depth);
      return startsLikeCustomProperty(prelude) ? undefined : { name: '', prelude, block };
    }
    cursor.at = type === TokenType.CloseCurly ? cursor.at + 1 : skipValue(cursor.tokens, cursor.at);
  }
}

function startsLikeCustomProperty(prelude: readonly CSSToken[]): boolean {
  const [first, second] = prelude.filter(([type]) => type !== TokenType.Whitespace);
  return first?.[0] === TokenType.Ident && first[4].value.startsWith('--') && second?.[0] === TokenType.Colon;
}

function readBraces(cursor: Cursor, depth: number): RawBlock {
  if (depth >= maxNesting) {
    cursor.at = skipValue(cursor.tokens, cursor.at);
    return [];
  }
  cursor.at += 1;
  const block = readBlock(cursor, depth + 1, true);
  cursor.at += 1;
  return block;
}

/** Section 5.5.4: up to the brace that closes the block, or to the end. */
function readBlock(cursor: Cursor, depth: number, isNested: boolean): RawBlock {
  const items: (RawDeclaration | RawRule)[] = [];
  for (;;) {
    const type = typeAt(cursor);
    if (type === undefined || (isNested && type === TokenType.CloseCurly)) return items;
    if (type === TokenType.Whitespace || type === TokenType.Semicolon || type === TokenType.CloseCurly) cursor.at += 1;
    else if (type === TokenType.AtKeyword) add(items, readAtRule(cursor, depth, isNested));
    else {
      const start = cursor.at;
      const declaration = readDeclaration(cursor);
      if (declaration !== undefined) items.push(declaration);
      else {
        cursor.at = start;
        add(items, readRule(cursor, depth, true));
      }
    }
  }
}

/** Section 5.5.6; undefined where it is none, such as a nested rule. */
function readDeclaration(cursor: Cursor): RawDeclaration | undefined {
  const name = cursor.tokens[cursor.at];
  if (name?.[0] !== TokenType.Ident) return undefined;
  cursor.at += 1;
  skipSpace(cursor);
  if (typeAt(cursor) !== TokenType.Colon) return undefined;
  cursor.at += 1;
  const start = cursor.at;
  const isCustom = name[4].value.startsWith('--');
  for (let type = typeAt(cursor); type !== undefined; type = typeAt(cursor)) {
    if (type === TokenType.Semicolon || type === TokenType.CloseCurly) break;
    // No property takes a value in braces: it is a rule whose selector has a colon.
    if (type === TokenType.OpenCurly && !isCustom) return undefined;
    cursor.at = skipValue(cursor.tokens, cursor.at);
  }
  const value = trimSpace(cursor.tokens.slice(start, cursor.at));
  const important = importantLength(value);
  return {
    property: isCustom ? name[4].value : name[4].value.toLowerCase(),
    tokens: important === 0 ? value : trimSpace(value.slice(0, -important)),
    isImportant: important > 0,
  };
}

/** How many tokens at the end say `! important`; spaces may be between them. */
function importantLength(value: readonly CSSToken[]): number {
  const last = value.at(-1);
  if (last?.[0] !== TokenType.Ident || last[4].value.toLowerCase() !== 'important') return 0;
  const mark = value.findLastIndex(([type], index) => index < value.length - 1 && type !== TokenType.Whitespace);
  return value[mark]?.[1] === '!' ? value.length - mark : 0;
}

function skipSpace(cursor: Cursor): void {
  while (typeAt(cursor) === TokenType.Whitespace) cursor.at += 1;
}
