import { evaluateCondition, type Decide } from './condition.ts';
import { pixelsOf, screen } from './length.ts';
import { and, type Ternary } from './ternary.ts';
import { splitAt, splitTokens, TokenType, trimSpace, valuesOf, type CSSToken, type Value } from './tokens.ts';

/** Whether a list of media queries (Media Queries Level 4) holds for the screen on which mail is read here. */
export function matchesMedia(tokens: readonly CSSToken[]): boolean {
  if (trimSpace(tokens).length === 0) return true;
  return splitTokens(tokens).some((query) => matchesQuery(trimSpace(query)));
}

/** A query with anything unknown in it does not hold (section 3.2). */
function matchesQuery(tokens: readonly CSSToken[]): boolean {
  const words = leadingWords(tokens);
  if (words.length === 0 || (words.length === 1 && words[0]?.name === 'not')) {
    return evaluateCondition(tokens, decideFeature) === true;
  }
  const isPrefixed = words[0]?.name === 'not' || words[0]?.name === 'only';
  const type = words[isPrefixed ? 1 : 0];
  if (type === undefined) return false;
  const joint = words[isPrefixed ? 2 : 1];
  const rest = tokens.slice((joint ?? type).end);
  if (joint === undefined ? trimSpace(rest).length > 0 : joint.name !== 'and') return false;
  const condition = joint === undefined ? true : (evaluateCondition(rest, decideFeature) ?? 'unknown');
  const value = and([type.name === 'all' || type.name === 'screen', condition]);
  return words[0]?.name === 'not' ? value === false : value === true;
}

function leadingWords(tokens: readonly CSSToken[]): readonly { readonly name: string; readonly end: number }[] {
  const words: { name: string; end: number }[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token[0] === TokenType.Whitespace) continue;
    if (token[0] !== TokenType.Ident) break;
    words.push({ name: token[4].value.toLowerCase(), end: index + 1 });
  }
  return words;
}

/** Features with words for values, and what holds here: light, a mouse, no scripts, nothing asked for. */
const screenWords: Readonly<Record<string, readonly string[]>> = {
  'any-hover': ['hover'],
  'any-pointer': ['fine'],
  'color-gamut': ['srgb'],
  'display-mode': ['browser'],
  'dynamic-range': ['standard'],
  'forced-colors': ['none'],
  hover: ['hover'],
  'inverted-colors': ['none'],
  orientation: ['landscape'],
  'overflow-block': ['scroll'],
  'overflow-inline': ['scroll'],
  pointer: ['fine'],
  'prefers-color-scheme': ['light'],
  'prefers-contrast': ['no-preference'],
  'prefers-reduced-data': ['no-preference'],
  'prefers-reduced-motion': ['no-preference'],
  'prefers-reduced-transparency': ['no-preference'],
  scripting: ['none'],
  update: ['fast'],
  'video-dynamic-range': ['standard'],
};

/** Features with numbers for values; lengths in pixels, resolutions in dots for each pixel. */
const screenNumbers: Readonly<Record<string, number>> = {
  'aspect-ratio': screen.width / screen.height,
  color: 8,
  'color-index': 0,
  'device-aspect-ratio': screen.width / screen.height,
  'device-height': screen.height,
  'device-width': screen.width,
  grid: 0,
  height: screen.height,
  monochrome: 0,
  resolution: 1,
  '-webkit-device-pixel-ratio': 1,
  '-webkit-transform-3d': 1,
  width: screen.width,
};

/** Words that say "none" of a feature, so that the feature alone does not hold. */
const negativeWords = new Set(['none', 'no-preference']);

const decideFeature = featuresOf(screenNumbers, screenWords);

/** Decides about features of a screen or a container: those with numbers and those with words for values. */
export function featuresOf(
  numbers: Readonly<Record<string, number>>,
  words: Readonly<Record<string, readonly string[]>>,
): Decide {
  return (tokens, functionName) => decide(tokens, functionName, { numbers, words });
}

interface Features {
  readonly numbers: Readonly<Record<string, number>>;
  readonly words: Readonly<Record<string, readonly string[]>>;
}

function decide(tokens: readonly CSSToken[], functionName: string, features: Features): Ternary {
  const values = functionName === '' ? valuesOf(tokens) : undefined;
  if (values === undefined) return 'unknown';
  const [first, second] = values;
  if (first?.kind === 'word' && second === undefined) return decideAlone(first.name, features);
  if (first?.kind === 'word' && second?.kind === 'mark' && second.mark === ':') {
    return decidePlain(first.name, values.slice(2), features);
  }
  return decideRange(values, features);
}

function decideAlone(name: string, { numbers, words }: Features): Ternary {
  const number = numbers[name];
  if (number !== undefined) return number !== 0;
  const held = words[name];
  return held === undefined ? 'unknown' : held.some((word) => !negativeWords.has(word));
}

function decidePlain(name: string, values: readonly Value[], { numbers, words }: Features): Ternary {
  const [first] = values;
  const held = words[name];
  if (held !== undefined) return first?.kind === 'word' && values.length === 1 ? held.includes(first.name) : 'unknown';
  const bound = /^(-webkit-)?(min|max)-(.+)$/.exec(name);
  const feature = bound === null ? name : `${bound[1] ?? ''}${bound[3] ?? ''}`;
  const [actual, wanted] = [numbers[feature], numberOf(values)];
  if (actual === undefined || wanted === undefined) return 'unknown';
  if (bound === null) return actual === wanted;
  return bound[2] === 'min' ? actual >= wanted : actual <= wanted;
}

/** `400px <= width < 1000px`: two or three parts with comparisons between. */
function decideRange(values: readonly Value[], features: Features): Ternary {
  const parts: Value[][] = [[]];
  const signs: string[] = [];
  for (const value of values) {
    if (value.kind !== 'mark' || !/^[<>=]$/.test(value.mark)) parts.at(-1)?.push(value);
    else if (parts.at(-1)?.length === 0 && value.mark === '=') signs.push(`${signs.pop() ?? ''}=`);
    else {
      signs.push(value.mark);
      parts.push([]);
    }
  }
  const sides = parts.map((part) => featureOf(part, features) ?? numberOf(part));
  return and(
    signs.map((sign, index) => {
      const [left, right] = [sides[index], sides[index + 1]];
      return left === undefined || right === undefined ? 'unknown' : compare(left, sign, right);
    }),
  );
}

function featureOf(values: readonly Value[], { numbers }: Features): number | undefined {
  const [first] = values;
  return first?.kind === 'word' ? numbers[first.name] : undefined;
}

function compare(left: number, sign: string, right: number): Ternary {
  switch (sign) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '=':
      return left === right;
    default:
      return 'unknown';
  }
}

/** Dots for each pixel, by unit. */
const resolutions: Readonly<Record<string, number>> = { dppx: 1, x: 1, dpi: 1 / 96, dpcm: 2.54 / 96 };

function numberOf(values: readonly Value[]): number | undefined {
  const [upper, lower, ...rest] = splitAt(values, '/');
  if (lower !== undefined) {
    const [above, below] = [numberOf(upper ?? []), rest.length === 0 ? numberOf(lower) : undefined];
    return above === undefined || below === undefined ? undefined : above / below;
  }
  const [value] = values;
  if (value === undefined || values.length > 1) return undefined;
  if (value.kind === 'number') return value.value;
  const resolution = value.kind === 'length' ? resolutions[value.unit] : undefined;
  return value.kind === 'length' && resolution !== undefined ? value.value * resolution : pixelsOf(value);
}
