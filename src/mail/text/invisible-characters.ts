/**
 * Characters that show nothing or reorder what is shown: soft hyphens, joiners, fillers, marks and overrides of writing
 * direction, tag characters and the variation selectors that can carry a second text. U+FE00-FE0F stay: they choose
 * between the forms of a symbol.
 */
const invisible = /[[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]--[\ufe00-\ufe0f]]/gv;

/** Joiners belong to the spelling of Arabic and Indic scripts, and to emoji made of several. */
const joinedLetter =
  /[\ufe0f\p{Emoji_Modifier}[[\p{L}\p{M}\p{Extended_Pictographic}]--[\p{ASCII}\p{Script=Latin}\p{Default_Ignorable_Code_Point}]]]/v;

/** A text without invisible characters, and how many they were. */
export function removeInvisible(text: string): { readonly text: string; readonly removed: number } {
  let removed = 0;
  const cleaned = text.replaceAll(invisible, (character, offset: number) => {
    const isJoiner = character === '\u200c' || character === '\u200d';
    if (isJoiner && joinedLetter.test(before(text, offset)) && joinedLetter.test(after(text, offset))) {
      return character;
    }
    removed += 1;
    return '';
  });
  return { text: cleaned, removed };
}

function before(text: string, offset: number): string {
  const pair = text.slice(Math.max(0, offset - 2), offset);
  return Array.from(pair).at(-1) ?? '';
}

function after(text: string, offset: number): string {
  return Array.from(text.slice(offset + 1, offset + 3))[0] ?? '';
}
