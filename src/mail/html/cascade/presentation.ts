import { readLonghands, type Declaration } from '../css/declarations.ts';
import { parseLegacyColor } from '../css/legacy-color.ts';
import type { Color } from '../css/color.ts';
import { word } from '../css/shorthand.ts';
import { tokensOf, type Value } from '../css/tokens.ts';
import type { DomElement } from '../dom/dom-element.ts';
import { attributeOf, mathNamespace, svgNamespace } from '../dom/html-document.ts';

const groundElements = new Set('body table tbody td tfoot th thead tr marquee'.split(' '));
const sizedElements = new Set(
  'canvas col embed hr iframe img object table td th tr tbody thead tfoot video marquee'.split(' '),
);

const fontSizes = ['x-small', 'x-small', 'small', 'medium', 'large', 'x-large', 'xx-large', 'xxx-large'];

/** What attributes say of an element's looks (HTML standard, section 15.2): weaker than any style sheet of the mail. */
export function presentationHints(element: DomElement): readonly Declaration[] {
  const { node, name } = element;
  if (node.attrs.length === 0) return [];
  if (node.namespaceURI === svgNamespace) return svgHints(element);
  if (node.namespaceURI === mathNamespace) return namedHints(element, mathProperties);
  if (!element.isHtml) return [];
  const hints: Declaration[] = [];
  const add = (property: string, values: readonly Value[] | undefined) => {
    if (values !== undefined) hints.push({ property, specified: { kind: 'values', values }, isImportant: false });
  };
  const of = (attribute: string) => attributeOf(node, attribute);
  if (groundElements.has(name)) {
    add('background-color', colorOf(of('bgcolor')));
    const picture = of('background');
    if (picture !== undefined && picture !== '') add('background-image', [{ kind: 'url', text: picture }]);
  }
  if (name === 'font') {
    add('color', colorOf(of('color')));
    add('font-size', fontSize(of('size')));
  }
  if (name === 'body') add('color', colorOf(of('text')));
  if (sizedElements.has(name)) {
    add('width', dimension(of('width')));
    add('height', dimension(of('height')));
  }
  if (name === 'ol' || name === 'ul' || name === 'li') add('list-style-type', listStyle(of('type')));
  if ((name === 'td' || name === 'th') && of('nowrap') !== undefined) add('text-wrap-mode', word('nowrap'));
  return hints;
}

const svgProperties = new Set(
  'clip-path color display fill fill-opacity filter font-size letter-spacing mask opacity overflow stroke visibility'.split(
    ' ',
  ),
);

/** MathML Core, section 2.1.6. */
const mathProperties: Readonly<Record<string, string>> = {
  mathbackground: 'background-color',
  mathcolor: 'color',
  mathsize: 'font-size',
};

function namedHints({ node }: DomElement, names: Readonly<Record<string, string>>): readonly Declaration[] {
  return node.attrs.flatMap(({ name, value }) => {
    const property = Object.hasOwn(names, name) ? names[name] : undefined;
    const longhands = property === undefined ? [] : readLonghands(property, tokensOf(value));
    return longhands.map(([one, specified]) => ({ property: one, specified, isImportant: false }));
  });
}

/** Attributes of SVG that are properties (SVG 2, section 6.6); lengths in them need no unit. */
function svgHints({ node }: DomElement): readonly Declaration[] {
  return node.attrs
    .filter(({ name }) => svgProperties.has(name))
    .flatMap(({ name, value }) => {
      const css = name === 'font-size' && /^[\d.]+$/.test(value) ? `${value}px` : value;
      return readLonghands(name, tokensOf(css)).map(([property, specified]) => ({
        property,
        specified,
        isImportant: false,
      }));
    });
}

/** The colour of links that `<body link>` names. */
export function linkColor(body: DomElement): Declaration | undefined {
  const values = colorOf(attributeOf(body.node, 'link'));
  return values === undefined
    ? undefined
    : { property: 'color', specified: { kind: 'values', values }, isImportant: false };
}

function colorOf(text: string | undefined): readonly Value[] | undefined {
  const color = text === undefined ? undefined : parseLegacyColor(text);
  return color === undefined ? undefined : [{ kind: 'hash', text: hexOf(color) }];
}

function hexOf({ red, green, blue }: Color): string {
  return [red, green, blue].map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('');
}

/** Pixels or a percentage, whatever follows (HTML standard, section 2.3.4.4). */
function dimension(text: string | undefined): readonly Value[] | undefined {
  const match = /^\s*(\d+(?:\.\d*)?)(%?)/.exec(text ?? '');
  if (match === null) return undefined;
  const value = Number(match[1]);
  return [match[2] === '%' ? { kind: 'percentage', value } : { kind: 'length', value, unit: 'px' }];
}

function fontSize(text: string | undefined): readonly Value[] | undefined {
  const match = /^\s*([+-]?)(\d+)/.exec(text ?? '');
  if (match === null) return undefined;
  const number = Number(match[2]);
  const size = match[1] === '+' ? 3 + number : match[1] === '-' ? 3 - number : number;
  return word(fontSizes[Math.min(7, Math.max(1, size))] ?? 'medium');
}

const listTypes: Readonly<Record<string, string>> = {
  '1': 'decimal',
  a: 'lower-alpha',
  A: 'upper-alpha',
  i: 'lower-roman',
  I: 'upper-roman',
};

function listStyle(type: string | undefined): readonly Value[] | undefined {
  const name =
    listTypes[type ?? ''] ?? (/^(?:disc|circle|square|none)$/i.test(type ?? '') ? type?.toLowerCase() : undefined);
  return name === undefined ? undefined : word(name);
}
