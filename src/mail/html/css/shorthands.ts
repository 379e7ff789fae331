import { parseColor } from './color.ts';
import { expandAnimation } from './expand-animation.ts';
import { expandBackground, expandMask } from './expand-background.ts';
import { container, flex, gridArea, gridLines, gridTemplate } from './expand-boxes.ts';
import { expandOffset } from './expand-offset.ts';
import { expandFont } from './expand-font.ts';
import { properties } from './properties.ts';
import { given, word, type Expand, type Longhands, type Shorthand } from './shorthand.ts';
import { splitAt, type Value } from './tokens.ts';

const sides = ['top', 'right', 'bottom', 'left'];

/** One to four values, for the sides from the top clockwise. */
function fourSides(names: readonly string[]): Shorthand {
  return {
    longhands: names,
    expand: (values) => {
      if (values.length === 0 || values.length > 4) return undefined;
      const [first, second = first, third = first, fourth = second] = values;
      return [first, second, third, fourth].map((value, index) => [
        names[index] ?? '',
        value === undefined ? undefined : [value],
      ]);
    },
  };
}

/** One or two values, for the beginning and the end. */
function twoSides(names: readonly string[]): Shorthand {
  return {
    longhands: names,
    expand: (values) => {
      if (values.length === 0 || values.length > 2) return undefined;
      const [first, second = first] = values;
      return [first, second].map((value, index) => [names[index] ?? '', value === undefined ? undefined : [value]]);
    },
  };
}

/** Another name of a property. */
function alias(name: string): Shorthand {
  return { longhands: [name], expand: (values) => [[name, values]] };
}

/** Width, style and colour in any order, the same for all of `names`. */
function border(names: readonly string[]): Shorthand {
  const parts = ['width', 'style', 'color'];
  const longhands = names.flatMap((side) => parts.map((part) => `border-${side}-${part}`));
  return {
    longhands,
    expand: (values) => {
      const found = anyOrder(
        values,
        parts.map((part) => `border-top-${part}`),
      );
      if (found === undefined) return undefined;
      return names.flatMap((side) =>
        parts.map((part) => [`border-${side}-${part}`, found.get(`border-top-${part}`)] as const),
      );
    },
  };
}

/** Single values for several longhands in any order; undefined where one fits none that is still free. */
function anyOrder(
  values: readonly Value[],
  names: readonly string[],
): ReadonlyMap<string, readonly Value[]> | undefined {
  const found = new Map<string, readonly Value[]>();
  for (const value of values) {
    const name = names.find((one) => !found.has(one) && properties.get(one)?.accepts([value]) === true);
    if (name === undefined) return undefined;
    found.set(name, [value]);
  }
  return values.length === 0 ? undefined : found;
}

function inAnyOrder(longhands: readonly string[]): Shorthand {
  return {
    longhands,
    expand: (values) => {
      const found = anyOrder(values, longhands);
      return found === undefined ? undefined : longhands.map((name) => [name, found.get(name)]);
    },
  };
}

/** CSS Text 4, section 3: what each old value means. */
const whiteSpaces: Readonly<Record<string, readonly [collapse: string, wrap: string]>> = {
  normal: ['collapse', 'wrap'],
  nowrap: ['collapse', 'nowrap'],
  pre: ['preserve', 'nowrap'],
  'pre-wrap': ['preserve', 'wrap'],
  'pre-line': ['preserve-breaks', 'wrap'],
  'break-spaces': ['break-spaces', 'wrap'],
  '-webkit-nowrap': ['collapse', 'nowrap'],
};

const whiteSpace: Shorthand = {
  longhands: ['white-space-collapse', 'text-wrap-mode'],
  expand: (values) => {
    const [first] = values;
    const old = values.length === 1 && first?.kind === 'word' ? whiteSpaces[first.name] : undefined;
    if (old !== undefined)
      return [
        ['white-space-collapse', word(old[0])],
        ['text-wrap-mode', word(old[1])],
      ];
    const found = anyOrder(values, ['white-space-collapse', 'text-wrap-mode']);
    return found === undefined
      ? undefined
      : ['white-space-collapse', 'text-wrap-mode'].map((name) => [name, found.get(name)]);
  },
};

const listStyle: Shorthand = {
  longhands: ['list-style-type'],
  expand: (values) => {
    const types = values.filter(
      (value) => value.kind === 'text' || (value.kind === 'word' && !['inside', 'outside'].includes(value.name)),
    );
    return types.length > 1 ? undefined : [['list-style-type', types.length === 0 ? undefined : types]];
  },
};

const textDecoration: Shorthand = {
  longhands: ['text-decoration-line', 'text-decoration-color', 'text-decoration-thickness'],
  expand: (values) => {
    const lines = values.filter((value) => properties.get('text-decoration-line')?.accepts([value]) === true);
    const others = values.filter((value) => !lines.includes(value));
    const isKnown = others.every(
      (value) =>
        parseColor(value) !== undefined ||
        value.kind !== 'word' ||
        /^(?:solid|double|dotted|dashed|wavy|auto|from-font)$/.test(value.name),
    );
    const thickness = others.filter((value) => properties.get('text-decoration-thickness')?.accepts([value]) === true);
    const color = others.filter((value) => parseColor(value) !== undefined);
    if (!isKnown || thickness.length > 1 || color.length > 1) return undefined;
    return [
      ['text-decoration-line', given(lines)],
      ['text-decoration-color', given(color)],
      ['text-decoration-thickness', given(thickness)],
    ];
  },
};

const borderRadius: Expand = (values) => (splitAt(values, '/').length <= 2 ? [] : undefined);

const inline = (name: (side: string) => string): Shorthand => twoSides([name('left'), name('right')]);
const block = (name: (side: string) => string): Shorthand => twoSides([name('top'), name('bottom')]);

/** Sides as they are named along the text, which runs from left to right and down here. */
const logicalSides = { 'inline-start': 'left', 'inline-end': 'right', 'block-start': 'top', 'block-end': 'bottom' };
const logicalSizes = { 'inline-size': 'width', 'block-size': 'height' };

const animationParts = ['name', 'delay', 'direction', 'duration', 'fill-mode', 'iteration-count', 'timeline'].map(
  (part) => `animation-${part}`,
);
const backgroundParts = ['clip', 'color', 'image', 'repeat', 'size'].map((part) => `background-${part}`);

const maskParts = ['image', 'size', 'position', 'repeat', 'composite', 'mode'].map((part) => `mask-${part}`);
const offsetParts = ['position', 'path', 'distance', 'rotate', 'anchor'].map((part) => `offset-${part}`);

const named: readonly (readonly [string, Shorthand])[] = [
  ['animation', { longhands: animationParts, expand: expandAnimation }],
  ['background', { longhands: backgroundParts, expand: expandBackground }],
  ['border', border(sides)],
  ...sides.map((side) => [`border-${side}`, border([side])] as const),
  ...['width', 'style', 'color'].map(
    (part) => [`border-${part}`, fourSides(sides.map((side) => `border-${side}-${part}`))] as const,
  ),
  ['border-inline', border(['left', 'right'])],
  ['border-block', border(['top', 'bottom'])],
  ['border-radius', { longhands: [], expand: borderRadius }],
  ['container', container],
  ['flex', flex],
  ...['gap', 'grid-gap'].map((name) => [name, twoSides(['row-gap', 'column-gap'])] as const),
  ['grid', gridTemplate],
  ['grid-area', gridArea],
  ['grid-column', gridLines('column')],
  ['grid-column-gap', alias('column-gap')],
  ['grid-row', gridLines('row')],
  ['grid-row-gap', alias('row-gap')],
  ['grid-template', gridTemplate],
  ['flex-flow', inAnyOrder(['flex-direction', 'flex-wrap'])],
  ['font', { longhands: ['font-size', 'line-height', 'font-family'], expand: expandFont }],
  ['inset', fourSides(sides)],
  ['inset-block', block((side) => side)],
  ['inset-inline', inline((side) => side)],
  ['list-style', listStyle],
  ['margin', fourSides(sides.map((side) => `margin-${side}`))],
  ['margin-block', block((side) => `margin-${side}`)],
  ['margin-inline', inline((side) => `margin-${side}`)],
  ['mask', { longhands: maskParts, expand: expandMask }],
  ['offset', { longhands: offsetParts, expand: expandOffset }],
  ['outline', inAnyOrder(['outline-color', 'outline-style', 'outline-width'])],
  ['overflow', twoSides(['overflow-x', 'overflow-y'])],
  ['overflow-block', alias('overflow-y')],
  ['overflow-inline', alias('overflow-x')],
  ['padding', fourSides(sides.map((side) => `padding-${side}`))],
  ['padding-block', block((side) => `padding-${side}`)],
  ['padding-inline', inline((side) => `padding-${side}`)],
  ['text-decoration', textDecoration],
  ['text-wrap', alias('text-wrap-mode')],
  ['-webkit-text-stroke', inAnyOrder(['-webkit-text-stroke-width', '-webkit-text-stroke-color'])],
  ['white-space', whiteSpace],
  ...Object.entries(logicalSides).flatMap(([logical, side]) => [
    [`margin-${logical}`, alias(`margin-${side}`)] as const,
    [`padding-${logical}`, alias(`padding-${side}`)] as const,
    [`inset-${logical}`, alias(side)] as const,
    [`border-${logical}`, border([side])] as const,
    [`border-${logical}-width`, alias(`border-${side}-width`)] as const,
    [`border-${logical}-style`, alias(`border-${side}-style`)] as const,
  ]),
  ...Object.entries(logicalSizes).flatMap(([logical, physical]) => [
    [logical, alias(physical)] as const,
    [`min-${logical}`, alias(`min-${physical}`)] as const,
    [`max-${logical}`, alias(`max-${physical}`)] as const,
  ]),
  ['-webkit-margin-start', alias('margin-left')],
  ['-webkit-margin-end', alias('margin-right')],
  ['-webkit-padding-start', alias('padding-left')],
  ['-webkit-padding-end', alias('padding-right')],
];

/** Properties that Chromium also knows by their names of before. */
const prefixed =
  'animation animation-delay animation-direction animation-duration animation-fill-mode animation-iteration-count animation-name backface-visibility background-clip background-size box-sizing clip-path filter flex flex-basis flex-direction flex-flow flex-wrap mask mask-image mask-mode mask-position mask-repeat mask-size opacity transform transform-origin transform-style';

const byName: ReadonlyMap<string, Shorthand> = new Map(named);

/** What a property sets: itself, or the longhands that it stands for; undefined for one that decides nothing here. */
export function longhandsOf(property: string): readonly string[] | undefined {
  const name = withoutPrefix(property);
  return properties.has(name) ? [name] : byName.get(name)?.longhands;
}

/** The longhands that a declaration sets; undefined where a browser drops it. */
export function expand(property: string, values: readonly Value[]): Longhands | undefined {
  const name = withoutPrefix(property);
  const longhands: Longhands | undefined = properties.has(name) ? [[name, values]] : byName.get(name)?.expand(values);
  const isValid = longhands?.every(([one, own]) => own === undefined || properties.get(one)?.accepts(own) === true);
  return isValid === true ? longhands : undefined;
}

const prefixedNames = new Set(prefixed.split(' '));

function withoutPrefix(property: string): string {
  const name = property.startsWith('-webkit-') ? property.slice('-webkit-'.length) : property;
  return name !== property && prefixedNames.has(name) ? name : property;
}
