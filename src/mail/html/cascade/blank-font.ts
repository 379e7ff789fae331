import type { RawDeclaration } from '../css/parse-sheet.ts';
import { TokenType, valuesOf } from '../css/tokens.ts';

/** Letters shrunk to less than this share of their size cannot be read. */
const minSizeAdjust = 0.1;

/** The family, in lower case, of an `@font-face` rule whose letters cannot be seen; undefined for any other. */
export function blankFamily(descriptors: readonly RawDeclaration[]): string | undefined {
  const valueOf = (name: string) =>
    valuesOf(descriptors.findLast(({ property }) => property === name)?.tokens ?? [])?.[0];
  const adjust = valueOf('size-adjust');
  const family = valueOf('font-family');
  if (adjust?.kind !== 'percentage' || adjust.value / 100 >= minSizeAdjust) return undefined;
  // Only a font of the machine is there; those from elsewhere are not loaded.
  const source = descriptors.findLast(({ property }) => property === 'src')?.tokens ?? [];
  if (!source.some((token) => token[0] === TokenType.Function && token[4].value.toLowerCase() === 'local'))
    return undefined;
  return family?.kind === 'word' ? family.name : family?.kind === 'text' ? family.text.toLowerCase() : undefined;
}
