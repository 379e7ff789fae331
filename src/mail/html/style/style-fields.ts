import { parseColor, type Color } from '../css/color.ts';
import { numberOf, pixelsOf, shareOf, type LengthContext } from '../css/length.ts';
import { splitAtCommas, type Value } from '../css/tokens.ts';
import { initialStyle, type ComputedStyle, type Length, type Paint, type Size } from './computed-style.ts';
import { oncePer } from '../once-per.ts';

/** What the values of an element's declarations are relative to. */
export interface FieldContext {
  readonly lengths: LengthContext;
  readonly parent: ComputedStyle;
  readonly color: Color | 'unknown';
  /** The element's own `zoom`, with those around it. */
  readonly zoom: number;
}

export type Draft = { -readonly [Field in keyof ComputedStyle]: ComputedStyle[Field] };

/** What a property does to a computed style. */
export interface StyleField {
  readonly isInherited: boolean;
  readonly set: (draft: Draft, values: readonly Value[], context: FieldContext) => void;
  readonly inherit: (draft: Draft, parent: ComputedStyle) => void;
  readonly reset: (draft: Draft) => void;
  /** The value is one that is not known here: as the initial one, unless that could hide something. */
  readonly setUnknown: (draft: Draft) => void;
}

type Read<T> = (values: readonly Value[], context: FieldContext) => T | undefined;

function field<Name extends keyof ComputedStyle>(
  name: Name,
  read: Read<ComputedStyle[Name]>,
  { isInherited = false, unknown = initialStyle[name] }: { isInherited?: boolean; unknown?: ComputedStyle[Name] } = {},
): StyleField {
  return {
    isInherited,
    set: (draft, values, context) => {
      const value = read(values, context);
      if (value !== undefined) draft[name] = value;
    },
    inherit: (draft, parent) => {
      draft[name] = parent[name];
    },
    reset: (draft) => {
      draft[name] = initialStyle[name];
    },
    setUnknown: (draft) => {
      draft[name] = unknown;
    },
  };
}

const inherited = { isInherited: true };

function wordOf(values: readonly Value[]): string | undefined {
  const [value] = values;
  return value?.kind === 'word' ? value.name : undefined;
}

function wordsOf(values: readonly Value[]): string[] {
  return values.flatMap((value) => (value.kind === 'word' ? [value.name] : []));
}

/** `none` is an empty list. */
function listOf(values: readonly Value[]): readonly Value[] {
  return wordOf(values) === 'none' || wordOf(values) === 'auto' ? [] : values;
}

const layersOf = oncePer((values: readonly Value[]) => splitAtCommas(values));

/** The length at two sizes of the box around says how much of it is a share. */
function lengthOf(value: Value | undefined, { lengths, zoom }: FieldContext): Length | undefined {
  if (value === undefined) return undefined;
  const pixels = pixelsOf(value, { ...lengths, percentBase: 0 });
  const more = pixelsOf(value, { ...lengths, percentBase: 1000 });
  return pixels === undefined || more === undefined
    ? undefined
    : { pixels: pixels * zoom, share: (more - pixels) / 1000 };
}

function readLength([value]: readonly Value[], context: FieldContext): Length | undefined {
  return lengthOf(value, context);
}

function readSize([value]: readonly Value[], context: FieldContext): Size | undefined {
  return lengthOf(value, context) ?? 'auto';
}

function readPixels([value]: readonly Value[], context: FieldContext): number | undefined {
  if (value?.kind === 'word') return { thin: 1, medium: 3, thick: 5 }[value.name] ?? 0;
  return lengthOf(value, context)?.pixels;
}

function readNumber([value]: readonly Value[]): number | undefined {
  return value === undefined ? undefined : numberOf(value);
}

function readPaint([value]: readonly Value[], { color }: FieldContext): Paint | undefined {
  return value === undefined ? undefined : parseColor(value, color === 'unknown' ? undefined : color);
}

function readSvgPaint(values: readonly Value[], context: FieldContext): Paint | 'none' {
  return wordOf(values) === 'none' ? 'none' : (readPaint(values, context) ?? 'unknown');
}

function readShare([value]: readonly Value[]): number | undefined {
  const share = value === undefined ? undefined : shareOf(value);
  return share === undefined ? undefined : Math.min(1, Math.max(0, share));
}

const displays: Readonly<Record<string, string>> = {
  '-webkit-box': 'flow-root',
  '-webkit-flex': 'flex',
  '-webkit-inline-box': 'inline-block',
  '-webkit-inline-flex': 'inline-flex',
};

/** Two words such as `inline flow-root` say how the box stands outside and inside. */
function readDisplay(values: readonly Value[]): string | undefined {
  const words = wordsOf(values);
  const [first = 'inline', second] = words;
  if (second === undefined) return displays[first] ?? (first === 'flow' ? 'block' : first);
  if (words.includes('list-item')) return 'list-item';
  const isInline = words.includes('inline');
  const inside = words.find((word) => word !== 'inline' && word !== 'block') ?? 'flow';
  if (inside === 'flow') return isInline ? 'inline' : 'block';
  if (inside === 'flow-root') return isInline ? 'inline-block' : 'flow-root';
  return isInline ? `inline-${inside}` : inside;
}

const centered: readonly Value[] = [{ kind: 'word', name: 'center' }];

function readContent(values: readonly Value[]): readonly Value[] {
  return ['none', 'normal'].includes(wordOf(values) ?? '') ? [] : values;
}

const side = ['Top', 'Right', 'Bottom', 'Left'] as const;

/** How each longhand becomes part of a computed style. Font size, line height and zoom come before, by themselves. */
export const styleFields: ReadonlyMap<string, StyleField> = new Map<string, StyleField>([
  ['backdrop-filter', field('backdropFilter', listOf)],
  ['backface-visibility', field('backfaceVisibility', wordOf)],
  ['background-clip', field('backgroundClip', (values) => wordsOf(values))],
  ['background-color', field('backgroundColor', readPaint, { unknown: 'unknown' })],
  [
    'background-image',
    field('backgroundImage', (values) => (wordOf(values) === 'none' && values.length === 1 ? [] : layersOf(values)), {
      unknown: [[{ kind: 'word', name: 'unknown' }]],
    }),
  ],
  ['background-repeat', field('backgroundRepeat', layersOf)],
  ['background-size', field('backgroundSize', layersOf)],
  ...side.map(
    (one) =>
      [
        `border-${one.toLowerCase()}-color`,
        field(`border${one}Color`, (values, context) => readPaint(values, context) ?? 'unknown'),
      ] as const,
  ),
  ...side.map((one) => [`border-${one.toLowerCase()}-width`, field(`border${one}`, readPixels)] as const),
  ['border-spacing', field('borderSpacing', (values, context) => lengthOf(values.at(-1), context)?.pixels, inherited)],
  ['bottom', field('bottom', readSize)],
  ['box-shadow', field('boxShadow', listOf)],
  ['box-sizing', field('boxSizing', wordOf)],
  ['caption-side', field('captionSide', wordOf, inherited)],
  ['clip', field('clip', listOf)],
  ['clip-path', field('clipPath', listOf)],
  ['column-gap', field('columnGap', readLength)],
  ['contain', field('contain', wordsOf)],
  ['container-name', field('containerName', wordsOf)],
  ['container-type', field('containerType', wordsOf)],
  ['content', field('content', readContent)],
  ['content-visibility', field('contentVisibility', wordOf)],
  ['direction', field('direction', wordOf, inherited)],
  ['display', field('display', readDisplay, { unknown: 'block' })],
  ['fill', field('fill', readSvgPaint, { isInherited: true, unknown: 'unknown' })],
  ['fill-opacity', field('fillOpacity', readShare, inherited)],
  ['filter', field('filter', listOf)],
  ['flex-basis', field('flexBasis', readSize)],
  ['flex-direction', field('flexDirection', wordOf)],
  ['flex-grow', field('flexGrow', readNumber)],
  ['flex-shrink', field('flexShrink', readNumber)],
  ['flex-wrap', field('flexWrap', wordOf)],
  ['float', field('float', wordOf)],
  [
    'font-family',
    field(
      'fontFamily',
      (values) =>
        values.flatMap((value) =>
          value.kind === 'word' ? [value.name] : value.kind === 'text' ? [value.text.toLowerCase()] : [],
        ),
      inherited,
    ),
  ],
  ['grid-auto-columns', field('gridAutoColumns', listOf)],
  ['grid-auto-rows', field('gridAutoRows', listOf)],
  ['grid-column-end', field('gridColumnEnd', listOf)],
  ['grid-column-start', field('gridColumnStart', listOf)],
  ['grid-row-end', field('gridRowEnd', listOf)],
  ['grid-row-start', field('gridRowStart', listOf)],
  ['grid-template-areas', field('gridAreas', listOf)],
  ['grid-template-columns', field('gridColumns', listOf)],
  ['grid-template-rows', field('gridRows', listOf)],
  [
    'font-size-adjust',
    field(
      'fontSizeAdjust',
      (values) => values.map((value) => numberOf(value)).find((number) => number !== undefined) ?? 'none',
      inherited,
    ),
  ],
  ['height', field('height', readSize)],
  ['justify-content', field('justifyContent', (values) => wordsOf(values).at(-1))],
  ['left', field('left', readSize)],
  [
    'letter-spacing',
    field(
      'letterSpacing',
      ([value], { lengths }) =>
        value === undefined ? undefined : (pixelsOf(value, { ...lengths, percentBase: lengths.fontSize }) ?? 0),
      inherited,
    ),
  ],
  [
    'list-style-type',
    field(
      'listStyleType',
      ([value]) => (value?.kind === 'word' ? value.name : value?.kind === 'text' ? `"${value.text}` : undefined),
      inherited,
    ),
  ],
  ['-webkit-line-clamp', field('lineClamp', ([value]) => (value === undefined ? undefined : (numberOf(value) ?? 0)))],
  ...side.map((one) => [`margin-${one.toLowerCase()}`, field(`margin${one}`, readSize)] as const),
  [
    'mask-image',
    field('maskImage', (values) => (wordOf(values) === 'none' && values.length === 1 ? [] : layersOf(values))),
  ],
  ['mask-composite', field('maskComposite', layersOf)],
  ['-webkit-mask-composite', field('maskComposite', layersOf)],
  ['mask-mode', field('maskMode', layersOf)],
  ['mask-position', field('maskPosition', layersOf)],
  ['mask-repeat', field('maskRepeat', layersOf)],
  ['mask-size', field('maskSize', layersOf)],
  ['max-height', field('maxHeight', readSize)],
  ['max-width', field('maxWidth', readSize)],
  ['min-height', field('minHeight', readSize)],
  ['min-width', field('minWidth', readSize)],
  ['mix-blend-mode', field('mixBlendMode', wordOf)],
  ['offset-anchor', field('offsetAnchor', listOf)],
  ['offset-distance', field('offsetDistance', readLength)],
  ['offset-path', field('offsetPath', listOf)],
  ['offset-position', field('offsetPosition', (values) => (wordOf(values) === 'normal' ? centered : listOf(values)))],
  ['offset-rotate', field('offsetRotate', listOf)],
  ['opacity', field('opacity', readShare)],
  ['order', field('order', readNumber)],
  ['outline-color', field('outlineColor', (values, context) => readPaint(values, context) ?? 'unknown')],
  ['outline-offset', field('outlineOffset', readPixels)],
  ['outline-style', field('outlineStyle', wordOf)],
  ['outline-width', field('outlineWidth', readPixels)],
  [
    'overflow-clip-margin',
    field('overflowClipMargin', (values, context) =>
      values.map((value) => lengthOf(value, context)?.pixels).find((pixels) => pixels !== undefined),
    ),
  ],
  ['overflow-x', field('overflowX', wordOf)],
  ['overflow-y', field('overflowY', wordOf)],
  ...side.map((one) => [`padding-${one.toLowerCase()}`, field(`padding${one}`, readLength)] as const),
  ['position', field('position', (values) => wordOf(values)?.replace('-webkit-', ''))],
  ['right', field('right', readSize)],
  ['rotate', field('rotate', listOf)],
  ['row-gap', field('rowGap', readLength)],
  ['scale', field('scale', listOf)],
  ['stroke', field('stroke', readSvgPaint, { isInherited: true, unknown: 'unknown' })],
  ['text-decoration-color', field('textDecorationColor', readPaint)],
  ['text-decoration-line', field('textDecoration', wordsOf)],
  ['text-decoration-thickness', field('textDecorationThickness', readSize)],
  [
    'text-indent',
    field(
      'textIndent',
      (values, context) => values.map((value) => lengthOf(value, context)).find((length) => length !== undefined),
      inherited,
    ),
  ],
  ['text-shadow', field('textShadow', listOf, inherited)],
  [
    'tab-size',
    field(
      'tabSize',
      ([value], context) =>
        value === undefined ? undefined : (numberOf(value) ?? (lengthOf(value, context)?.pixels ?? 0) / 4),
      inherited,
    ),
  ],
  ['text-wrap-mode', field('isWrapped', (values) => wordOf(values) !== 'nowrap', inherited)],
  ['top', field('top', readSize)],
  ['transform', field('transform', listOf)],
  ['transform-style', field('transformStyle', wordOf)],
  ['transform-origin', field('transformOrigin', (values) => values)],
  ['translate', field('translate', listOf)],
  ['unicode-bidi', field('unicodeBidi', wordOf)],
  [
    'vertical-align',
    {
      ...field('verticalAlign', (values) => wordOf(values) ?? 'baseline'),
      set: (draft, values, context) => {
        draft.verticalAlign = wordOf(values) ?? 'baseline';
        draft.verticalShift = lengthOf(values[0], context) ?? initialStyle.verticalShift;
      },
    },
  ],
  ['visibility', field('visibility', wordOf, inherited)],
  ['-webkit-text-fill-color', field('textFill', readPaint, { isInherited: true, unknown: 'unknown' })],
  ['-webkit-text-security', field('textSecurity', wordOf, inherited)],
  ['-webkit-text-stroke-color', field('textStroke', readPaint, { isInherited: true, unknown: 'unknown' })],
  ['-webkit-text-stroke-width', field('textStrokeWidth', readPixels, inherited)],
  ['white-space-collapse', field('whiteSpace', wordOf, inherited)],
  ['width', field('width', readSize)],
  ['word-spacing', field('wordSpacing', ([value], context) => lengthOf(value, context)?.pixels ?? 0, inherited)],
  ['z-index', field('zIndex', ([value]) => (value === undefined ? undefined : (numberOf(value) ?? 'auto')))],
]);
