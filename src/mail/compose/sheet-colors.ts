import type { Declarations } from '../html/css-declarations.ts';
import { mergeDeclarations, parseDeclarations } from '../html/css-declarations.ts';
import type { StyleSheet } from '../html/style-sheet.ts';
import { matchingRules } from '../html/style-sheet.ts';

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
