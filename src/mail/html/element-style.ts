import { linkBlue } from './css-color.ts';
import type { Declarations } from './css-declarations.ts';
import { mergeDeclarations, parseDeclarations } from './css-declarations.ts';
import type { StyleSheet } from './style-sheet.ts';
import { matchingRules } from './style-sheet.ts';

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
