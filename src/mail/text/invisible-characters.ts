/**
 * Characters that show nothing or reorder what is shown: soft hyphens, joiners, fillers, marks and overrides of writing
 * direction, tag characters and variation selectors, which can carry a second text.
 */
const invisible = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gv;

/** Joiners belong to the spelling of Arabic and Indic scripts, and to emoji made of several. */
const joinedLetter =
  /[\ufe0f\p{Emoji_Modifier}[[\p{L}\p{M}\p{Extended_Pictographic}]--[\p{ASCII}\p{Script=Latin}\p{Default_Ignorable_Code_Point}]]]/v;

/** Characters that a variation selector gives another form: pictures, mathematical signs, Han, Mongolian, Myanmar. */
const varied =
  /[[\p{Emoji}\p{Sm}\p{Script=Han}\p{Script=Mongolian}\p{Script=Myanmar}\p{Script=Phags_Pa}\u2010-\u205e\u3000-\u303f]--\p{ASCII}]/v;

/** A text without invisible characters, and how many they were. */
export function removeInvisible(text: string): { readonly text: string; readonly removed: number } {
  let removed = 0;
  const cleaned = text.replaceAll(invisible, (character, offset: number) => {
    if (belongs(character, text, offset)) return character;
    removed += 1;
    return '';
  });
  return { text: cleaned, removed };
}

/** Whether the writing needs it where it stands. */
function belongs(character: string, text: string, offset: number): boolean {
  if (character === '\u200c' || character === '\u200d') {
    return joinedLetter.test(before(text, offset)) && joinedLetter.test(after(text, offset));
  }
  // One, behind a character that has several forms: a run of them can spell out anything.
  if (character >= '\ufe00' && character <= '\ufe0f') {
    return (
      varied.test(before(text, offset)) || /^[#*\d]\ufe0f\u20e3$/.test(text.slice(Math.max(0, offset - 1), offset + 2))
    );
  }
  return false;
}

function before(text: string, offset: number): string {
  const pair = text.slice(Math.max(0, offset - 2), offset);
  return Array.from(pair).at(-1) ?? '';
}

function after(text: string, offset: number): string {
  return Array.from(text.slice(offset + 1, offset + 3))[0] ?? '';
}
