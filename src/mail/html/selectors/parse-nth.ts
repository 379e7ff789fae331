import { TokenType, type CSSToken } from '../css/tokens.ts';

/** The children whose number is `step` × n + `offset`, n from 0, and what of the tokens was not read. */
export interface Nth {
  readonly step: number;
  readonly offset: number;
  readonly rest: readonly CSSToken[];
}

/** An+B (CSS Syntax Level 3, section 6): `odd`, `even`, `3`, `2n`, `-n + 3`; undefined where it is not of that form. */
export function parseNth(tokens: readonly CSSToken[]): Nth | undefined {
  const ofAt = tokens.findIndex((token) => token[0] === TokenType.Ident && token[4].value.toLowerCase() === 'of');
  const own = ofAt < 0 ? tokens : tokens.slice(0, ofAt);
  const rest = ofAt < 0 ? [] : tokens.slice(ofAt + 1);
  const text = own
    .map((token) => token[1])
    .join('')
    .trim()
    .toLowerCase();
  if (text === 'odd') return { step: 2, offset: 1, rest };
  if (text === 'even') return { step: 2, offset: 0, rest };
  if (/^[+-]?\d{1,9}$/.test(text)) return { step: 0, offset: Number(text), rest };
  const match = /^([+-]?\d{0,9})n(?:\s*([+-])\s*(\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const [, step = '', sign = '+', offset = '0'] = match;
  return {
    step: step === '' || step === '+' ? 1 : step === '-' ? -1 : Number(step),
    offset: Number(`${sign}${offset}`),
    rest,
  };
}
