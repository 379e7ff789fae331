import { AppError } from '../../core/errors.ts';
import type { QueryValue } from './query-dates.ts';
import { queryError } from './query-error.ts';
import type { QueryOperator, QueryOptions } from './query-operators.ts';
import { queryOperatorNamed, queryOperators, readWords } from './query-operators.ts';
import type { QueryToken } from './query-tokens.ts';
import { tokenizeQuery } from './query-tokens.ts';
import type { QueryNode } from './query.ts';
import { tokenizeText } from '../text/tokenize-text.ts';

/** Longer queries are refused; Gmail's own search box takes about as many. */
const maxQueryCharacters = 2000;

/** Brackets and minus signs inside each other. Far above what anybody writes, far below what a stack bears. */
const maxDepth = 50;

/**
 * The tree of a Gmail query; the empty query matches everything. `OR` binds tighter than the AND between words, as in
 * Google's web search: `a b OR c` is `a AND (b OR c)`. What is not understood is refused, never passed over: throws
 * `INVALID_INPUT` with field `q`, the position, what was expected and what was found.
 */
export function parseQuery(text: string, options: QueryOptions): QueryNode {
  if (text.length > maxQueryCharacters) {
    throw new AppError('INVALID_INPUT', 'The query is too long.', {
      field: 'q',
      position: maxQueryCharacters,
      expected: `at most ${maxQueryCharacters} characters`,
      got: `${text.length} characters`,
    });
  }
  const tokens = tokenizeQuery(text);
  if (tokens[0]?.kind === 'end') return { kind: 'all' };
  const state: State = { text, tokens, options, next: 0, depth: 0 };
  const node = readAll(state, undefined);
  const rest = peek(state);
  if (rest.kind === 'end') return node;
  throw unexpected(state, rest, 'this bracket was never opened.', 'the end of the query');
}

interface State {
  readonly text: string;
  readonly tokens: readonly QueryToken[];
  readonly options: QueryOptions;
  next: number;
  depth: number;
}

function peek(state: State): QueryToken {
  const token = state.tokens[state.next];
  if (token === undefined) throw new Error('The query parser ran past the end of its tokens.');
  return token;
}

function take(state: State): QueryToken {
  const token = peek(state);
  state.next += 1;
  return token;
}

function unexpected(state: State, token: QueryToken, message: string, expected: string, hint?: string): AppError {
  const got = token.kind === 'end' ? 'the end of the query' : state.text.slice(token.position, token.end);
  return queryError(message, { position: token.position, expected, got, ...(hint === undefined ? {} : { hint }) });
}

/** Terms that must all match, up to a closing bracket or the end. `field` is the operator whose values these are. */
function readAll(state: State, field: QueryOperator | undefined): QueryNode {
  const nodes = [readAlternatives(state, field)];
  for (;;) {
    const token = peek(state);
    if (token.kind === ')' || token.kind === '}' || token.kind === 'end') return joined('and', nodes);
    if (token.kind === 'AND') state.next += 1;
    nodes.push(readAlternatives(state, field));
  }
}

/** Terms joined by OR. */
function readAlternatives(state: State, field: QueryOperator | undefined): QueryNode {
  const nodes = [readTerm(state, field)];
  while (peek(state).kind === 'OR') {
    state.next += 1;
    nodes.push(readTerm(state, field));
  }
  return joined('or', nodes);
}

/** `{a b}`: terms of which one must match. An OR between them says the same again. */
function readAny(state: State, field: QueryOperator | undefined): QueryNode {
  const nodes = [readAlternatives(state, field)];
  for (;;) {
    const token = peek(state);
    if (token.kind === ')' || token.kind === '}' || token.kind === 'end') return joined('or', nodes);
    nodes.push(readAlternatives(state, field));
  }
}

function joined(kind: 'and' | 'or', nodes: readonly QueryNode[]): QueryNode {
  const [only, ...others] = nodes;
  if (only !== undefined && others.length === 0) return only;
  return { kind, nodes: nodes.flatMap((node) => (node.kind === kind ? node.nodes : [node])) };
}

function readTerm(state: State, field: QueryOperator | undefined): QueryNode {
  const token = take(state);
  switch (token.kind) {
    case 'value':
      if (field !== undefined) return field.read(token, state.options);
      return peek(state).kind === 'AROUND' ? readNear(state, token) : readAnywhere(token);
    case 'operator':
      if (field === undefined) return readOperator(state, token);
      throw unexpected(state, token, `an operator cannot stand inside ${field.name}:(…).`, 'words or "phrases"');
    case '-':
      return { kind: 'not', node: readNegated(state, token, field) };
    case '(':
    case '{':
      return readGroup(state, token, field);
    case ')':
    case '}':
    case 'OR':
    case 'AND':
    case 'AROUND':
    case 'end':
      throw unexpected(state, token, 'a term is missing.', 'a word, a "phrase", an operator or a group');
  }
}

/** Quotes ask for the order of the words too, which the index does not know. */
const orderedPattern = /^\s*\S+\s+AROUND\s+\d+\s+\S+\s*$/;

function readAnywhere(value: QueryToken & { readonly kind: 'value' }): QueryNode {
  if (!value.isQuoted || !orderedPattern.test(value.text)) return readWords('anywhere', value);
  const { position, text: got } = value;
  const hint = 'To look for the words as a text, write around in small letters.';
  throw queryError('AROUND takes no order of words.', { position, expected: nearForm, got, hint });
}

const nearForm = 'two words without quotes: holiday AROUND 10 vacation';
/** PostgreSQL's expressions repeat up to 255 times. */
const mostWordsAway = 250;

/** `left AROUND 10 right`: words at most so many words away from each other. */
function readNear(state: State, left: QueryToken & { readonly kind: 'value' }): QueryNode {
  take(state);
  const away = take(state);
  const within = away.kind === 'value' && /^\d{1,3}$/.test(away.text) ? Number(away.text) : 0;
  if (within < 1 || within > mostWordsAway) {
    const expected = `a number of words from 1 to ${mostWordsAway}, as in holiday AROUND 10 vacation`;
    throw unexpected(state, away, 'AROUND does not say how far away.', expected);
  }
  const right = take(state);
  if (right.kind !== 'value' || right.isQuoted) throw unexpected(state, right, 'the second word is missing.', nearForm);
  const first = readWords('anywhere', left);
  const second = readWords('anywhere', right);
  if (left.isQuoted) throw unexpected(state, left, 'AROUND stands between words.', nearForm);
  const words = new Set(first.words.flatMap(tokenizeText));
  if (second.words.flatMap(tokenizeText).some((word) => words.has(word)))
    throw unexpected(state, right, 'this is the word before AROUND again.', 'two different words');
  return { ...first, near: { words: second.words, within } };
}

function readOperator(state: State, token: QueryToken & { readonly kind: 'operator' }): QueryNode {
  const operator = queryOperatorNamed(token.name);
  if (operator === undefined) {
    const names = queryOperators.map(({ name }) => `${name}:`).join(' ');
    const hint = 'To look for the text itself, put it in quotes.';
    throw unexpected(state, token, `there is no operator ${token.name}:.`, names, hint);
  }
  const value = take(state);
  if (value.position === token.end) {
    if (value.kind === 'value') return operator.read(wholeValue(state, value), state.options);
    if (value.kind === '(' || value.kind === '{') return readGroup(state, value, operator);
  }
  throw unexpected(
    state,
    value,
    `${token.name}: has no value.`,
    `a value directly after ${token.name}:, without a space`,
  );
}

/** Brackets and quotes end a word; what follows one directly was meant to belong to it. */
function wholeValue(state: State, value: QueryToken & { readonly kind: 'value' }): QueryValue {
  const following = peek(state);
  const isCut = following.position === value.end && !['end', ')', '}'].includes(following.kind);
  if (!isCut) return value;
  const hint = 'Put the whole value in quotes.';
  throw unexpected(state, following, 'the value before it ends here.', 'a space', hint);
}

function readNegated(state: State, minus: QueryToken, field: QueryOperator | undefined): QueryNode {
  const token = peek(state);
  if (token.position !== minus.end || token.kind === '-' || token.kind === 'end') {
    const hint = 'A - between words of a text: put the text in quotes.';
    throw unexpected(state, token, 'the - before it negates nothing.', 'a term directly after the -', hint);
  }
  return nested(state, minus, () => readTerm(state, field));
}

function readGroup(state: State, opening: QueryToken, field: QueryOperator | undefined): QueryNode {
  const closingKind = opening.kind === '(' ? ')' : '}';
  const node = nested(state, opening, () => (closingKind === ')' ? readAll(state, field) : readAny(state, field)));
  const closing = take(state);
  if (closing.kind === closingKind) return node;
  throw unexpected(
    state,
    closing,
    `the bracket opened at position ${opening.position} is not closed.`,
    `a closing ${closingKind}`,
  );
}

function nested(state: State, token: QueryToken, read: () => QueryNode): QueryNode {
  if (state.depth >= maxDepth) {
    throw unexpected(state, token, 'the brackets are nested too deep.', `at most ${maxDepth} levels`);
  }
  state.depth += 1;
  const node = read();
  state.depth -= 1;
  return node;
}
