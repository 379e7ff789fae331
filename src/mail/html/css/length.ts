import { calcFromComponentValues, mathFunctionNames } from '@csstools/css-calc';
import { isTokenNode, parseComponentValue } from '@csstools/css-parser-algorithms';
import { NumberType } from '@csstools/css-tokenizer';
import { TokenType, type CSSToken, type FunctionValue, type Value } from './tokens.ts';

/** The window in which mail is laid out. */
export const screen = { width: 800, height: 600 } as const;

/** What lengths of an element are relative to, in pixels. */
export interface LengthContext {
  readonly fontSize: number;
  readonly rootFontSize: number;
  readonly lineHeight: number;
  /** What 100 % is; undefined where it is not known. */
  readonly percentBase: number | undefined;
}

/** Before there is any element: browsers' own font size. */
export const initialLengths: LengthContext = {
  fontSize: 16,
  rootFontSize: 16,
  lineHeight: 18.4,
  percentBase: undefined,
};

/** Pixels in each absolute unit (CSS Values 4, section 6.2). */
const absoluteUnits: Readonly<Record<string, number>> = {
  px: 1,
  cm: 96 / 2.54,
  mm: 9.6 / 2.54,
  q: 2.4 / 2.54,
  in: 96,
  pt: 96 / 72,
  pc: 16,
};

function pixelsPerUnit(unit: string, lengths: LengthContext): number | undefined {
  const absolute = absoluteUnits[unit];
  if (absolute !== undefined) return absolute;
  switch (unit) {
    case 'em':
    case 'ic':
      return lengths.fontSize;
    // Of an average font.
    case 'ex':
    case 'ch':
      return lengths.fontSize / 2;
    case 'cap':
      return lengths.fontSize * 0.7;
    case 'lh':
      return lengths.lineHeight;
    case 'rem':
    case 'ric':
      return lengths.rootFontSize;
    case 'rex':
    case 'rch':
      return lengths.rootFontSize / 2;
    case 'rcap':
      return lengths.rootFontSize * 0.7;
    case 'rlh':
      return lengths.rootFontSize * 1.15;
  }
  const share = /^(?:[sld]?v|cq)(w|h|i|b|min|max)$/.exec(unit)?.[1];
  if (share === undefined) return undefined;
  return (share === 'w' || share === 'i' || share === 'max' ? screen.width : screen.height) / 100;
}

/** A length in pixels; undefined where the value is none, or cannot be known. */
export function pixelsOf(value: Value, lengths: LengthContext = initialLengths): number | undefined {
  if (value.kind === 'length') {
    const factor = pixelsPerUnit(value.unit, lengths);
    return factor === undefined ? undefined : value.value * factor;
  }
  if (value.kind === 'percentage') {
    return lengths.percentBase === undefined ? undefined : (value.value * lengths.percentBase) / 100;
  }
  if (value.kind === 'number') return value.value === 0 ? 0 : undefined;
  const result = value.kind === 'function' ? calculate(value, lengths) : undefined;
  return result?.unit === 'px' ? result.value : undefined;
}

/** A number without unit, `calc()` included. */
export function numberOf(value: Value): number | undefined {
  if (value.kind === 'number') return value.value;
  const result = value.kind === 'function' ? calculate(value, initialLengths) : undefined;
  return result?.unit === '' ? result.value : undefined;
}

/** A number, or a percentage as its share of 1. */
export function shareOf(value: Value): number | undefined {
  if (value.kind === 'percentage') return value.value / 100;
  const result = value.kind === 'function' ? calculate(value, initialLengths) : undefined;
  if (result?.unit === '%') return result.value / 100;
  return numberOf(value);
}

const degreesPerUnit: Readonly<Record<string, number>> = { deg: 1, grad: 0.9, rad: 180 / Math.PI, turn: 360 };

/** An angle in degrees. */
export function degreesOf(value: Value): number | undefined {
  if (value.kind === 'number') return value.value === 0 ? 0 : undefined;
  const result =
    value.kind === 'function' ? calculate(value, initialLengths) : value.kind === 'length' ? value : undefined;
  const factor = result === undefined ? undefined : degreesPerUnit[result.unit];
  return result === undefined || factor === undefined ? undefined : result.value * factor;
}

interface Quantity {
  readonly value: number;
  /** Empty for a number, `%` for a percentage. */
  readonly unit: string;
}

/** More is no length that anybody wrote by hand. */
const maxMathTokens = 200;

/** The result of `calc()` and its like; undefined where a browser finds it invalid or where it depends on more. */
function calculate(value: FunctionValue, lengths: LengthContext): Quantity | undefined {
  if (!mathFunctionNames.has(value.name) || value.tokens.length > maxMathTokens) return undefined;
  const tokens = value.tokens.map((token) => inPixels(token, lengths));
  const parsed = parseComponentValue([...tokens]);
  if (parsed === undefined) return undefined;
  const [result] = calcFromComponentValues([[parsed]], { toCanonicalUnits: true, precision: 6 })[0] ?? [];
  if (result === undefined || !isTokenNode(result)) return undefined;
  const token = result.value;
  if (token[0] === TokenType.Number) return { value: token[4].value, unit: '' };
  if (token[0] === TokenType.Percentage) return { value: token[4].value, unit: '%' };
  return token[0] === TokenType.Dimension ? { value: token[4].value, unit: token[4].unit.toLowerCase() } : undefined;
}

function inPixels(token: CSSToken, lengths: LengthContext): CSSToken {
  const isPercentage = token[0] === TokenType.Percentage;
  if (!isPercentage && token[0] !== TokenType.Dimension) return token;
  const unit = isPercentage ? '%' : token[4].unit.toLowerCase();
  const base = lengths.percentBase === undefined ? undefined : lengths.percentBase / 100;
  const factor = isPercentage ? base : pixelsPerUnit(unit, lengths);
  if (factor === undefined) return token;
  const pixels = token[4].value * factor;
  return [
    TokenType.Dimension,
    `${pixels}px`,
    token[2],
    token[3],
    { value: pixels, unit: 'px', type: NumberType.Number },
  ];
}
