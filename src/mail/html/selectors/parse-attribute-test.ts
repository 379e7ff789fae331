import { TokenType, type CSSToken } from '../css/tokens.ts';
import type { AttributeTest } from './selector.ts';

const operators: Readonly<Record<string, AttributeTest['operator']>> = {
  '=': '=',
  '~=': '~=',
  '|=': '|=',
  '^=': '^=',
  '$=': '$=',
  '*=': '*=',
};

/** What is between the brackets of an attribute selector; undefined where it is invalid. */
export function parseAttributeTest(tokens: readonly CSSToken[]): AttributeTest | undefined {
  const parts = tokens.filter(([type]) => type !== TokenType.Whitespace);
  // A namespace in front changes nothing for attributes of HTML, which have none.
  const named = parts[1]?.[1] === '|' && parts[2]?.[0] === TokenType.Ident ? parts.slice(2) : parts;
  const [name, ...others] = named[0]?.[1] === '|' ? named.slice(1) : named;
  if (name?.[0] !== TokenType.Ident) return undefined;
  if (others.length === 0) return { name: name[4].value, operator: '', value: '', flag: '' };
  const hasOneMark = others[0]?.[1] === '=';
  const operator = operators[hasOneMark ? '=' : `${others[0]?.[1] ?? ''}${others[1]?.[1] ?? ''}`];
  const [value, flag, ...rest] = others.slice(hasOneMark ? 1 : 2);
  if (operator === undefined || rest.length > 0) return undefined;
  if (value?.[0] !== TokenType.Ident && value?.[0] !== TokenType.String) return undefined;
  if (flag === undefined) return { name: name[4].value, operator, value: value[4].value, flag: '' };
  const mark = flag[0] === TokenType.Ident ? flag[4].value.toLowerCase() : '';
  if (mark !== 'i' && mark !== 's') return undefined;
  return { name: name[4].value, operator, value: value[4].value, flag: mark };
}
