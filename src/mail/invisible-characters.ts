/**
 * Characters that show nothing or reorder what is shown: soft hyphens, joiners, fillers, marks and overrides of writing
 * direction, tag characters and the variation selectors that can carry a second text. U+FE00-FE0F stay: they choose
 * between the forms of a symbol.
 */
const invisible =
  /[\u00ad\u{34f}\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gv;

/** Joiners belong to the spelling of Arabic and Indic scripts, and to emoji made of several. */
const joinedLetters = /[[\p{L}\p{M}\p{Extended_Pictographic}\ufe0f]--[\p{ASCII}\p{Script=Latin}\u034f\u3164\uffa0]]/v;

/** A text without invisible characters, and how many they were. */
export function removeInvisible(text: string): { readonly text: string; readonly removed: number } {
  let removed = 0;
  const cleaned = text.replaceAll(invisible, (character, offset: number) => {
    const isJoiner = character === '\u200c' || character === '\u200d';
    if (isJoiner && joinedLetters.test(before(text, offset)) && joinedLetters.test(after(text, offset))) {
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
