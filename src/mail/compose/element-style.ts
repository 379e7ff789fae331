import { linkBlue } from '../css-color.ts';
import type { Declarations } from '../css-declarations.ts';
import { mergeDeclarations, parseDeclarations } from '../css-declarations.ts';
import type { StyleSheet } from '../style-sheet.ts';
import { matchingRules } from '../style-sheet.ts';

/** Everything that decides whether an element is seen, attributes included: those are the weakest. */
export function elementStyle(
  name: string,
  attributes: Readonly<Record<string, string>>,
  sheet: StyleSheet,
): Declarations {
  const { style, color, bgcolor, text, background } = attributes;
  const declared = new Map<string, { value: string; isImportant: boolean }>();
  const declare = (property: string, value: string | undefined): void => {
    if (value !== undefined) declared.set(property, { value: value.toLowerCase(), isImportant: false });
  };
  if (name === 'a' && attributes['href'] !== undefined) declare('color', `rgb(${linkBlue.join(',')})`);
  if (name === 'font') declare('color', color);
  if (name === 'body') declare('color', text);
  declare('background-color', bgcolor);
  declare('background-image', background === undefined ? undefined : 'url()');
  if (attributes['hidden'] !== undefined) declare('display', 'none');
  return mergeDeclarations([
    declared,
    ...matchingRules(sheet, name, attributes),
    ...(style === undefined ? [] : [parseDeclarations(style)]),
  ]);
}

const noStyle: Declarations = new Map();

/**
 * The colours that a style sheet gives an element, or an attribute gives the body, as a `style` attribute has them:
 * without, white text on dark ground would be white on white.
 */
export function sheetColors(name: string, attributes: Readonly<Record<string, string>>, sheet: StyleSheet): string {
  const ground = name === 'body' ? parseDeclarations(`background-color:${attributes['bgcolor'] ?? ''}`) : noStyle;
  const declarations = mergeDeclarations([ground, ...matchingRules(sheet, name, attributes)]);
  return ['color', 'background', 'background-color']
    .flatMap((property) => {
      const value = declarations.get(property)?.value;
      return value === undefined || value === '' ? [] : [`${property}:${value}`];
    })
    .join(';');
}
