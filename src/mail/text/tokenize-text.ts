/**
 * The words of a text as they are typed, in order. Letters, digits, `_` and private-use characters make words, with the
 * combining marks that stand behind them; everything else separates them. Han, Hiragana and Katakana are written without
 * spaces: there each character counts as a word, so that a name inside a sentence is found.
 */
export function splitWords(text: string): string[] {
  return wordsOf(spaced(text, (character) => character));
}

/**
 * The words of a text as they are compared, in order: without case, Latin letters without accents (`Zoë` is `zoe`).
 * This is the one rule by which search decides whether a word occurs.
 */
export function tokenizeText(text: string): string[] {
  return wordsOf(indexableText(text).toLowerCase());
}

/**
 * A text in which SQLite's `unicode61 remove_diacritics 2 tokenchars '_'` finds the words of {@link tokenizeText}, to be
 * stored in and asked of a full-text index. SQLite alone knows an older Unicode: it takes newer emoji and the marks of
 * writing direction for letters, so that a word beside one could not be found.
 */
export function indexableText(text: string): string {
  return spaced(text, foldCharacter);
}

/** In a text that went through {@link spaced}, everything outside ASCII is part of a word. */
function wordsOf(text: string): string[] {
  return text.match(/[\w\u{80}-\u{10ffff}]+/gu) ?? [];
}

/** The text with spaces around its words wherever it is not ASCII, and each character of a word as `fold` makes it. */
function spaced(text: string, fold: (character: string) => string): string {
  if (/^\p{ASCII}*$/u.test(text)) return text;
  return text.normalize('NFC').replaceAll(/\P{ASCII}/gu, (character) => {
    const kind = kindOf(character);
    if (kind === 'letter') return fold(character);
    if (kind === 'mark') return '';
    return kind === 'word' ? ` ${fold(character)} ` : ' ';
  });
}

type CharacterKind = 'letter' | 'word' | 'mark' | 'separator';

/** Letters that SQLite takes for marks, which separate words there: New Tai Lue vowels and two Vedic signs. */
const marksToSqlite = /[\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3]/;

const unspacedScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

const kindOf = cached((character): CharacterKind => {
  if (/[\u0300-\u036f]/.test(character)) return 'mark';
  if (!/[\p{L}\p{N}\p{Co}]/u.test(character) || marksToSqlite.test(character)) return 'separator';
  return unspacedScript.test(character) ? 'word' : 'letter';
});

const foldCharacter = cached((character): string => {
  const upper = character.toUpperCase();
  // By way of the capital, so that variants meet: final and medial sigma, long and round s. Not where one becomes two.
  const lower = (Array.from(upper).length === 1 ? upper : character).toLowerCase();
  const [base = '', ...accents] = lower.normalize('NFD');
  const isAccentedLatin = accents.length > 0 && /^[a-z]$/.test(base);
  return isAccentedLatin ? base : lower;
});

/** Text is made of few different characters; there are at most 1.1 million. */
function cached<T>(compute: (character: string) => T): (character: string) => T {
  const known = new Map<string, T>();
  return (character) => {
    let value = known.get(character);
    if (value === undefined) {
      value = compute(character);
      known.set(character, value);
    }
    return value;
  };
}
