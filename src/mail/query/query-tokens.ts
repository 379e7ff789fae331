import { queryError } from './query-error.ts';

/** A piece of a query; `position` is its offset in characters, from 0, `end` the offset behind it. */
export type QueryToken =
  | {
      readonly kind: '(' | ')' | '{' | '}' | '-' | 'OR' | 'AND' | 'AROUND';
      readonly position: number;
      readonly end: number;
    }
  /** `name:`, the value being the next token. */
  | { readonly kind: 'operator'; readonly name: string; readonly position: number; readonly end: number }
  /** A word, or a phrase without its quotes. */
  | {
      readonly kind: 'value';
      readonly text: string;
      readonly isQuoted: boolean;
      readonly position: number;
      readonly end: number;
    }
  | { readonly kind: 'end'; readonly position: number; readonly end: number };

const operatorPattern = /[a-z][a-z0-9_]*:/iy;
const wordPattern = /[^\s(){}"]+/y;
const spacePattern = /\s*/y;

/** What people write who come from other search languages. Taking them for words would search for something else. */
const misleadingWords: Readonly<Record<string, string>> = {
  or: 'OR in capitals between alternatives',
  and: 'nothing between words that must all occur, or AND in capitals',
  NOT: 'a - directly before what must not occur',
};

/** Splits a query into its tokens, the last of kind `end`. Throws `INVALID_INPUT` with the position. */
export function tokenizeQuery(query: string): QueryToken[] {
  const tokens: QueryToken[] = [];
  let position = matchAt(spacePattern, query, 0).length;
  while (position < query.length) {
    const token = readToken(query, position, tokens.at(-1));
    tokens.push(token);
    position = token.end + matchAt(spacePattern, query, token.end).length;
  }
  tokens.push({ kind: 'end', position, end: position });
  return tokens;
}

function matchAt(stickyPattern: RegExp, text: string, position: number): string {
  stickyPattern.lastIndex = position;
  return stickyPattern.exec(text)?.[0] ?? '';
}

function readToken(query: string, position: number, previous: QueryToken | undefined): QueryToken {
  const character = query[position];
  if (character === '(' || character === ')' || character === '{' || character === '}') {
    return { kind: character, position, end: position + 1 };
  }
  if (character === '"') return readPhrase(query, position, position);

  const isOperatorValue = previous?.kind === 'operator' && previous.end === position;
  if (!isOperatorValue) {
    if (character === '-') return { kind: '-', position, end: position + 1 };
    const operator = matchAt(operatorPattern, query, position);
    if (operator !== '') {
      return { kind: 'operator', name: operator.slice(0, -1), position, end: position + operator.length };
    }
  }
  return readWord(query, position, isOperatorValue);
}

function readPhrase(query: string, position: number, quotePosition: number): QueryToken {
  const closing = query.indexOf('"', quotePosition + 1);
  if (closing >= 0) {
    return { kind: 'value', text: query.slice(quotePosition + 1, closing), isQuoted: true, position, end: closing + 1 };
  }
  throw queryError('the quotation mark is never closed.', {
    position: quotePosition,
    expected: 'a closing "',
    got: query.slice(quotePosition),
  });
}

function readWord(query: string, position: number, isOperatorValue: boolean): QueryToken {
  const word = matchAt(wordPattern, query, position);
  // Gmail's `+word` asks for exactly this word; every word is taken exactly here.
  if (word === '+' && query[position + 1] === '"') return readPhrase(query, position, position + 1);
  if (!isOperatorValue) {
    if (word === 'OR' || word === 'AND' || word === 'AROUND')
      return { kind: word, position, end: position + word.length };
    const advice = Object.hasOwn(misleadingWords, word) ? misleadingWords[word] : undefined;
    if (advice !== undefined) {
      throw queryError(`${word} is no operator here.`, {
        position,
        expected: advice,
        got: word,
        hint: `To look for the word itself, put it in quotes: "${word}".`,
      });
    }
  }
  return { kind: 'value', text: word, isQuoted: false, position, end: position + word.length };
}
