/**
 * What a terminal obeys, or what hides or reorders what is beside it: controls but tab and line feed, line and paragraph
 * separators, marks of writing direction, zero-width characters but the joiners, tag characters, and variation selectors
 * but a first one.
 */
const unprintable =
  /[[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]--[\t\n]--\p{Join_Control}--\p{Variation_Selector}]|[\u{e0100}-\u{e01ef}]|(?<=\p{Variation_Selector})\p{Variation_Selector}/gv;

const anythingOdd = /[^\t\n\x20-\x7e]/;

/**
 * A text that steers no terminal: what must not be shown as it is stands there as `\uXXXX`. JSON stays JSON and means the
 * same. What every exit for JSON, log lines and commands goes through.
 */
export function escapeUnprintable(text: string): string {
  if (!anythingOdd.test(text)) return text;
  return text.replaceAll(unprintable, (character) =>
    Array.from({ length: character.length }, (_, index) => escapedUnit(character.charCodeAt(index))).join(''),
  );
}

function escapedUnit(unit: number): string {
  return String.raw`\u${unit.toString(16).padStart(4, '0')}`;
}
