/**
 * A word. Han, Hiragana and Katakana are written without spaces: there each character counts as a word, so that a name
 * inside a sentence is found. Elsewhere it is a run of letters, digits, `_` and private use (the categories of SQLite's
 * `unicode61` with `tokenchars '_'`), with the combining marks that stand behind their letters.
 */
const wordPattern =
  /[[\p{L}\p{N}]&&[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]][\u0300-\u036f]*|(?:[[\p{L}\p{N}\p{Co}_]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]][\u0300-\u036f]*)+/gv;

/** The words of a text as they are typed, in order. Everything but letters, digits and `_` separates words. */
export function splitWords(text: string): string[] {
  return text.match(isAscii(text) ? /\w+/g : wordPattern) ?? [];
}

/**
 * The words of a text as they are compared, in order: without case, Latin letters without accents (`Zoë` is `zoe`).
 * This is the one rule by which search decides whether a word occurs.
 */
export function tokenizeText(text: string): string[] {
  return splitWords(text).map(foldWord);
}

/**
 * A text in which SQLite's `unicode61 remove_diacritics 2 tokenchars '_'` finds the words of {@link tokenizeText}, to be
 * stored in and asked of a full-text index. SQLite alone knows Unicode of 2014 and takes newer emoji and the marks of
 * writing direction for letters, so that a word beside one could not be found.
 */
export function indexableText(text: string): string {
  return isAscii(text) ? text : tokenizeText(text).join(' ');
}

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

function foldWord(word: string): string {
  return isAscii(word) ? word.toLowerCase() : Array.from(word.normalize('NFC'), foldCharacter).join('');
}

function foldCharacter(character: string): string {
  const upper = character.toUpperCase();
  // By way of the capital, so that variants meet: final and medial sigma, long and round s. Not where one becomes two.
  const lower = (isOneCharacter(upper) ? upper : character).toLowerCase();
  const [base = '', ...accents] = lower.normalize('NFD');
  const isAccentedLatin = accents.length > 0 && /^[a-z]$/.test(base);
  return (isAccentedLatin ? base : lower).replaceAll(/[\u0300-\u036f]/g, '');
}

function isOneCharacter(text: string): boolean {
  return Array.from(text).length === 1;
}
