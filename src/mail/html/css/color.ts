import { color as readColor, serializeRGB } from '@csstools/css-color-parser';
import { isTokenNode, parseComponentValue } from '@csstools/css-parser-algorithms';
import { isTokenNumber } from '@csstools/css-tokenizer';
import { splitAtCommas, TokenType, type CSSToken, tokensOf, type FunctionValue, type Value } from './tokens.ts';

/** Red, green and blue from 0 to 255, and the opacity from 0 to 1. */
export interface Color {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}

/** What a colour value means: a colour, that of the text, one that cannot be known here, or nothing valid. */
export type ColorValue = Color | 'currentcolor' | 'unknown' | undefined;

export const white: Color = { red: 255, green: 255, blue: 255, alpha: 1 };
export const black: Color = { red: 0, green: 0, blue: 0, alpha: 1 };
export const transparent: Color = { red: 0, green: 0, blue: 0, alpha: 0 };

/** System colours of CSS Color 4, section 10, in Chromium's light scheme. */
const systemColors: Readonly<Record<string, string>> = {
  accentcolor: '#0075ff',
  accentcolortext: '#fff',
  activetext: '#f00',
  buttonborder: '#000',
  buttonface: '#efefef',
  buttontext: '#000',
  canvas: '#fff',
  canvastext: '#000',
  field: '#fff',
  fieldtext: '#000',
  graytext: '#808080',
  highlight: '#308fff',
  highlighttext: '#000',
  linktext: '#00e',
  mark: '#ff0',
  marktext: '#000',
  selecteditem: '#1967d2',
  selecteditemtext: '#fff',
  visitedtext: '#551a8b',
  '-webkit-link': '#00e',
  '-webkit-text': '#000',
  // Older names, as CSS Color 4 maps them.
  activeborder: '#000',
  activecaption: '#fff',
  appworkspace: '#fff',
  background: '#fff',
  buttonhighlight: '#efefef',
  buttonshadow: '#efefef',
  captiontext: '#000',
  inactiveborder: '#000',
  inactivecaption: '#fff',
  inactivecaptiontext: '#808080',
  infobackground: '#fff',
  infotext: '#000',
  menu: '#fff',
  menutext: '#000',
  scrollbar: '#fff',
  threeddarkshadow: '#000',
  threedface: '#efefef',
  threedhighlight: '#000',
  threedlightshadow: '#000',
  threedshadow: '#000',
  window: '#fff',
  windowframe: '#000',
  windowtext: '#000',
};

const colorFunctions = new Set(
  'color color-mix contrast-color hsl hsla hwb lab lch light-dark oklab oklch rgb rgba device-cmyk alpha color-layers'.split(
    ' ',
  ),
);

/** What a value means as a colour. `current` is the colour of the text; without, a function of it is unknown. */
export function parseColor(value: Value, current?: Color): ColorValue {
  if (value.kind === 'hash') return parseHex(value.text);
  if (value.kind === 'word') return parseName(value.name);
  return value.kind === 'function' && colorFunctions.has(value.name) ? parseFunction(value, current) : undefined;
}

/** `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, without the `#`. */
export function parseHex(text: string): Color | undefined {
  if (!/^(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.test(text)) return undefined;
  const pairs = text.length <= 4 ? Array.from(text, (digit) => digit + digit) : (text.match(/../g) ?? []);
  const [red = 0, green = 0, blue = 0, alpha = 255] = pairs.map((pair) => Number.parseInt(pair, 16));
  return { red, green, blue, alpha: alpha / 255 };
}

const parsedNames = new Map<string, ColorValue>();

/** A named or system colour, in lower case. */
export function parseName(name: string): ColorValue {
  if (name === 'currentcolor') return name;
  // Names that mean nothing come from outside without end; those that mean something are under 200.
  const known = parsedNames.get(name);
  if (known !== undefined) return known;
  const system = Object.hasOwn(systemColors, name) ? systemColors[name] : undefined;
  const color = system === undefined ? fromTokens(tokensOf(name)) : parseHex(system.slice(1));
  if (color !== undefined) parsedNames.set(name, color);
  return color;
}

/** More is no colour that anybody wrote by hand. */
const maxColorTokens = 200;

function parseFunction(value: FunctionValue, current: Color | undefined): ColorValue {
  if (value.name === 'light-dark') {
    const [light] = splitAtCommas(value.values);
    return light?.[0] === undefined || light.length > 1 ? undefined : parseColor(light[0], current);
  }
  if (value.tokens.length > maxColorTokens) return 'unknown';
  const names = new Set(
    value.tokens.flatMap((token) => (token[0] === TokenType.Ident ? [token[4].value.toLowerCase()] : [])),
  );
  if (names.has('currentcolor') && current === undefined) return 'unknown';
  const color = fromTokens(value.tokens.flatMap((token) => withoutOwnNames(token, current)));
  // The library knows no relative colours in some places and no newer functions: those are valid, but not known.
  return color ?? (names.has('from') || isNewer(value) ? 'unknown' : undefined);
}

function isNewer({ name, values }: FunctionValue): boolean {
  if (/^(?:contrast-color|color-mix|alpha|color-layers)$/.test(name)) return true;
  return values.some(
    (value) => value.kind === 'function' && !/^(?:calc|min|max|clamp|abs|sign|round)$/.test(value.name),
  );
}

/** The text's and the system's colours inside a function, as the library reads them. */
function withoutOwnNames(token: CSSToken, current: Color | undefined): readonly CSSToken[] {
  if (token[0] !== TokenType.Ident) return [token];
  const name = token[4].value.toLowerCase();
  if (name === 'currentcolor' && current !== undefined) return tokensOf(cssText(current));
  return Object.hasOwn(systemColors, name) ? tokensOf(systemColors[name] ?? '') : [token];
}

function cssText({ red, green, blue, alpha }: Color): string {
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

function fromTokens(tokens: readonly CSSToken[]): Color | undefined {
  const parsed = parseComponentValue([...tokens]);
  if (parsed === undefined) return undefined;
  const data = readColor(parsed);
  if (data === false) return undefined;
  const rgb = serializeRGB(data, true);
  const [red, green, blue, alpha = 1] = rgb.value.flatMap((node) =>
    isTokenNode(node) && isTokenNumber(node.value) ? [node.value[4].value] : [],
  );
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return { red, green, blue, alpha };
}

/** What is seen where `over` is painted on `under`. */
export function composite(over: Color, under: Color): Color {
  const { alpha } = over;
  if (alpha >= 1) return over;
  const mix = (one: number, other: number) => one * alpha + other * (1 - alpha);
  return {
    red: mix(over.red, under.red),
    green: mix(over.green, under.green),
    blue: mix(over.blue, under.blue),
    alpha: alpha + under.alpha * (1 - alpha),
  };
}

/** Channels that are no further apart than this cannot be told from each other by eye. */
const visibleDifference = 16;

/** Whether text of one colour disappears on a ground of the other; both opaque. */
export function isSameColor(one: Color, other: Color): boolean {
  const differences = [one.red - other.red, one.green - other.green, one.blue - other.blue];
  return differences.every((difference) => Math.abs(difference) <= visibleDifference);
}
