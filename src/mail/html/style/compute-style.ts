import { black, parseColor, white } from '../css/color.ts';
import { readLonghands, type Specified } from '../css/declarations.ts';
import { initialLengths, numberOf, pixelsOf, shareOf, type LengthContext } from '../css/length.ts';
import { substitute, type CustomValue } from '../css/substitute.ts';
import { splitAtCommas, type Value } from '../css/tokens.ts';
import type { Cascaded, Winner } from '../cascade/cascade.ts';
import { initialStyle, lineHeightOf, type ComputedStyle } from './computed-style.ts';
import { fontSizeOf } from './font-size.ts';
import { styleFields, type Draft, type FieldContext } from './style-fields.ts';
import { oncePer } from '../once-per.ts';

/** What a style is computed from. */
export interface StyleSource {
  readonly cascaded: Cascaded;
  readonly parent: ComputedStyle;
  readonly rootFontSize: number;
  readonly customValue: CustomValue;
}

/** The properties that others are relative to, in the order in which they are needed. */
const firstProperties = ['zoom', 'font-size', 'color-scheme', 'color', 'line-height'];

/** The style of an element, or of a box without one, for which nothing is declared: one for each parent, as most elements are of that kind. */
export const inheritedStyle = oncePer<ComputedStyle, ComputedStyle>(inheritFrom);

function inheritFrom(parent: ComputedStyle): Draft {
  const draft: Draft = { ...initialStyle };
  for (const { isInherited, inherit } of styleFields.values()) if (isInherited) inherit(draft, parent);
  draft.fontSize = parent.fontSize;
  draft.askedFontSize = parent.askedFontSize;
  draft.isAbsoluteFontSize = parent.isAbsoluteFontSize;
  draft.lineHeight = parent.lineHeight;
  draft.color = parent.color;
  draft.isDark = parent.isDark;
  draft.zoom = parent.zoom;
  return draft;
}

/** Cascade, inheritance and defaults in one: the style that an element has. */
export function computeStyle(source: StyleSource): ComputedStyle {
  const { cascaded, parent } = source;
  const base = inheritedStyle(parent);
  if (cascaded.size === 0) return base;
  const draft: Draft = { ...base };
  const valuesOf = (property: string): readonly Value[] | 'inherit' | 'initial' | 'unset' | 'unknown' | undefined => {
    const winner = cascaded.get(property);
    const values = winner === undefined ? undefined : specifiedValues(property, winner, source.customValue);
    return Array.isArray(values) && draft.isDark ? values.map(ofDarkScheme) : values;
  };
  computeFirst(draft, valuesOf, source);
  const lengths = { ...lengthsOf(draft, source.rootFontSize), percentBase: undefined };
  const context: FieldContext = { lengths, parent, color: draft.color, zoom: draft.zoom };
  for (const property of cascaded.keys()) {
    const field = styleFields.get(property);
    const values = field === undefined ? undefined : valuesOf(property);
    if (field === undefined || values === undefined) {
      if (firstProperties.includes(property) && valuesOf(property) === 'unknown') draft.isUncertain = true;
      continue;
    }
    if (values === 'unknown') {
      field.setUnknown(draft);
      draft.isUncertain = true;
    } else if (values === 'inherit' || (values === 'unset' && field.isInherited)) field.inherit(draft, parent);
    else if (values === 'initial' || values === 'unset') field.reset(draft);
    else field.set(draft, values, context);
  }
  return draft;
}

/** The colour of `light-dark()` where the element is of the dark scheme. */
function ofDarkScheme(value: Value): Value {
  if (value.kind !== 'function' || value.name !== 'light-dark') return value;
  return splitAtCommas(value.values)[1]?.[0] ?? value;
}

type ValuesOf = (property: string) => readonly Value[] | 'inherit' | 'initial' | 'unset' | 'unknown' | undefined;

function lengthsOf(style: ComputedStyle, rootFontSize: number): LengthContext {
  return { ...initialLengths, fontSize: style.askedFontSize, rootFontSize, lineHeight: lineHeightOf(style) };
}

function computeFirst(draft: Draft, valuesOf: ValuesOf, { parent, rootFontSize }: StyleSource): void {
  const zoom = valuesOf('zoom');
  if (Array.isArray(zoom)) draft.zoom = parent.zoom * (zoomOf(zoom[0]) || 1);
  const size = valuesOf('font-size');
  if (size !== undefined) Object.assign(draft, fontSizeOf(size, parent, draft.zoom, rootFontSize));
  else if (draft.zoom !== parent.zoom) Object.assign(draft, fontSizeOf('inherit', parent, draft.zoom, rootFontSize));
  const scheme = valuesOf('color-scheme');
  if (Array.isArray(scheme)) {
    const names = scheme.flatMap((value) => (value.kind === 'word' ? [value.name] : []));
    draft.isDark = names.includes('dark') && !names.includes('light');
  }
  // Without a colour of its own, the page writes in white on black.
  const isDarkRoot = parent === initialStyle && draft.isDark;
  computeColor(draft, valuesOf('color') ?? (isDarkRoot ? 'initial' : undefined), parent);
  const lineHeight = valuesOf('line-height');
  if (lineHeight === 'initial' || lineHeight === 'unknown') draft.lineHeight = initialStyle.lineHeight;
  else if (Array.isArray(lineHeight)) draft.lineHeight = lineHeightFrom(lineHeight[0], draft, rootFontSize);
}

function computeColor(draft: Draft, values: ReturnType<ValuesOf>, parent: ComputedStyle): void {
  if (values === 'unknown') draft.color = 'unknown';
  else if (values === 'initial') draft.color = draft.isDark ? white : black;
  else if (Array.isArray(values) && values[0] !== undefined) {
    const color = parseColor(values[0], parent.color === 'unknown' ? undefined : parent.color);
    draft.color = color === 'currentcolor' || color === undefined ? parent.color : color;
  }
}

function zoomOf(value: Value | undefined): number {
  return value === undefined || value.kind === 'word' ? 1 : (shareOf(value) ?? 1);
}

function lineHeightFrom(value: Value | undefined, draft: Draft, rootFontSize: number): ComputedStyle['lineHeight'] {
  if (value === undefined || value.kind === 'word') return initialStyle.lineHeight;
  const factor = numberOf(value);
  if (factor !== undefined) return { factor };
  const lengths = { ...initialLengths, fontSize: draft.askedFontSize, rootFontSize, percentBase: draft.askedFontSize };
  const pixels = pixelsOf(value, lengths);
  return pixels === undefined ? initialStyle.lineHeight : { pixels: pixels * draft.zoom };
}

/** The values of what won, variables put in; undefined where it leaves the property alone. */
function specifiedValues(property: string, winner: Winner, customValue: CustomValue): ReturnType<ValuesOf> {
  if (winner.isUncertain) return 'unknown';
  const specified =
    winner.specified.kind === 'pending' ? substituted(property, winner.specified, customValue) : winner.specified;
  switch (specified.kind) {
    case 'values':
      return specified.values;
    case 'wide':
      return specified.word === 'revert' || specified.word === 'revert-layer' ? 'unset' : specified.word;
    case 'unknown':
    case 'pending':
      return 'unknown';
  }
}

/** CSS Variables 1, section 3.1: a value that variables make invalid is as if nothing had been declared. */
function substituted(
  property: string,
  { property: declared, tokens }: Extract<Specified, { kind: 'pending' }>,
  customValue: CustomValue,
): Specified {
  const whole = substitute(tokens, customValue);
  const longhands = whole === undefined ? [] : readLonghands(declared, whole);
  return longhands.find(([name]) => name === property)?.[1] ?? { kind: 'wide', word: 'unset' };
}
