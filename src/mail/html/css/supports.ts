import { parseSelectors } from '../selectors/parse-selector.ts';
import { evaluateCondition } from './condition.ts';
import { readLonghands } from './declarations.ts';
import { knownProperties } from './known-properties.ts';
import { longhandsOf } from './shorthands.ts';
import type { Ternary } from './ternary.ts';
import { TokenType, trimSpace, type CSSToken } from './tokens.ts';

/** Whether the condition of `@supports` holds in a browser of today. */
export function evaluateSupports(prelude: readonly CSSToken[]): Ternary {
  return evaluateCondition(trimSpace(prelude), decide) ?? false;
}

function decide(tokens: readonly CSSToken[], functionName: string): Ternary {
  if (functionName === 'selector')
    return parseSelectors(tokens, { parent: undefined, namespaces: new Map() }) !== undefined;
  if (functionName !== '') return 'unknown';
  const colon = tokens.findIndex(([type]) => type === TokenType.Colon);
  const [name] = trimSpace(tokens.slice(0, Math.max(0, colon)));
  if (name?.[0] !== TokenType.Ident) return 'unknown';
  const property = name[4].value.toLowerCase();
  if (property.startsWith('--')) return true;
  const value = withoutImportant(trimSpace(tokens.slice(colon + 1)));
  if (value.length === 0) return false;
  const longhands = longhandsOf(property);
  if (longhands !== undefined && longhands.length > 0) return readLonghands(property, value).length > 0;
  if (/^-(?:moz|ms|o)-/.test(property)) return false;
  return knownProperties.has(property) ? 'unknown' : false;
}

function withoutImportant(tokens: readonly CSSToken[]): readonly CSSToken[] {
  const mark = tokens.findIndex((token) => token[0] === TokenType.Delim && token[1] === '!');
  return mark < 0 ? tokens : trimSpace(tokens.slice(0, mark));
}
