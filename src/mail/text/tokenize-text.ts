/**
 * The words of a text as they are typed, in order: letters, digits, `_` and private-use characters with the combining marks
 * behind them; everything else separates them. What only looks different (full and half width, ligatures) is one (NFKC).
 * A word may be several of those that are compared.
 */
export function splitWords(text: string): string[] {
  return comparable(text).match(/[\p{L}\p{N}\p{Co}_][\p{L}\p{N}\p{M}\p{Co}_]*/gu) ?? [];
}

/** Signs that NFKC makes letters and digits of, which are words beside what they stand at: `Acme™`, `№15`, `2½`. */
const wordSigns = /[\u00bc-\u00be\u2116\u2120-\u2122\u213b\u2150-\u215f\u2189]/g;

/** What only looks different (full and half width, ligatures) as one. */
function comparable(text: string): string {
  return text.replaceAll(wordSigns, ' $& ').normalize('NFKC');
}

/**
 * The words of a text as they are compared, in order: without case; Latin and Greek letters without accents and strokes
 * (`Zoë` is `zoe`, `Łódź` `lodz`, `Straße` `strasse`), `ё` as `е`, Arabic and Hebrew without vowel signs; and what only looks
 * different (full and half width, ligatures) as one (NFKC).
 * Chinese, Japanese, Thai, Lao, Khmer and Burmese are written without spaces, and Korean puts endings onto words: there each
 * character counts as a word, so that a name inside a sentence is found. This is the one rule by which search decides
 * whether a word occurs.
 */
export function tokenizeText(text: string): string[] {
  return wordsOf(indexableText(text).toLowerCase());
}

/**
 * A text in which SQLite's `unicode61 remove_diacritics 2 tokenchars '_'` finds the words of {@link tokenizeText}, to be
 * stored in and asked of a full-text index. SQLite alone knows an older Unicode: it takes newer emoji and the marks of
 * writing direction for letters, so that a word beside one could not be found, and the vowels of Thai for spaces.
 */
export function indexableText(text: string): string {
  if (/^\p{ASCII}*$/u.test(text)) return text;
  const bare = comparable(text).replaceAll(vowelSigns, '');
  return bare.replaceAll(/\P{ASCII}\p{M}*/gu, (cluster) => {
    const [first = '', ...marks] = cluster;
    const kind = kindOf(first);
    if (kind === 'mark') return '';
    if (kind === 'separator') return ' ';
    if (kind === 'word') return ` ${foldCharacter(first)}${marks.map(markInWord).join('')} `;
    // Marks of other scripts than these separate words in SQLite, but for those that it removes.
    return foldCharacter(first) + marks.map((mark) => (kindOf(mark) === 'mark' ? '' : ' ')).join('');
  });
}

/**
 * The words of a text as version 0.2 stored them, for what has not been stored again since: with strokes (`straße`), full
 * width and ligatures as they are, and each character of Chinese and Japanese alone as a word.
 */
export function tokenizeAsStoredBefore(text: string): string[] {
  const spaced = text.normalize('NFC').replaceAll(/\P{ASCII}/gu, (character) => {
    const kind = kindOf(character);
    if (kind === 'mark') return '';
    if (kind === 'separator') return ' ';
    const folded = foldLetter(character, {});
    return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character) ? ` ${folded} ` : folded;
  });
  return wordsOf(spaced.toLowerCase());
}

/** In an indexable text, everything outside ASCII is part of a word. */
function wordsOf(text: string): string[] {
  return text.match(/[\w\u{80}-\u{10ffff}]+/gu) ?? [];
}

type CharacterKind = 'letter' | 'word' | 'mark' | 'separator';

/** Signs of Hebrew and Arabic that most writers leave out, and the stroke that only makes an Arabic word longer. */
const vowelSigns =
  /[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]/g;

/** Letters that SQLite takes for marks, which separate words there: New Tai Lue vowels and two Vedic signs. */
const marksToSqlite = /[\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3]/;

/** Scripts in which a word may stand inside a longer run of letters. */
const unspacedScript =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const kindOf = cached((character): CharacterKind => {
  if (/[\u0300-\u036f]/.test(character)) return 'mark';
  if (!/[\p{L}\p{N}\p{Co}]/u.test(character) || marksToSqlite.test(character)) return 'separator';
  return unspacedScript.test(character) ? 'word' : 'letter';
});

/**
 * Vowels and tones of Thai and its relatives are marks, and tell words apart. SQLite would take them for spaces; in the
 * index a private-use character stands for each.
 */
const markInWord = cached((mark) =>
  unspacedScript.test(mark) ? String.fromCodePoint(0xe0_00 + ((mark.codePointAt(0) ?? 0) % 0x10_00)) : '',
);

/** Latin letters that no accent makes of another one, as people type them who do not have them. */
const plainLetters: Readonly<Record<string, string>> = {
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  ŋ: 'n',
  ø: 'o',
  ŧ: 't',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
};

/** Letters of other alphabets that are typed with their accent or without. */
const accentedOfOthers = /^[α-ωе]$/u;

const foldCharacter = cached((character) => {
  const folded = foldLetter(character, plainLetters);
  const [base = '', ...accents] = folded.normalize('NFD');
  return accents.length > 0 && accentedOfOthers.test(base) ? base : folded;
});

/** A letter without case and, if it is Latin, without accents, and as `plain` has what is left of it. */
function foldLetter(character: string, plain: Readonly<Record<string, string>>): string {
  const upper = character.toUpperCase();
  // By way of the capital, so that variants meet: final and medial sigma, long and round s. Not where one becomes two.
  const lower = (Array.from(upper).length === 1 ? upper : character).toLowerCase();
  const [base = '', ...accents] = lower.normalize('NFD');
  const known = plain[base];
  if (known !== undefined) return known;
  const isAccentedLatin = accents.length > 0 && /^[a-z]$/.test(base);
  return isAccentedLatin ? base : lower;
}

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
