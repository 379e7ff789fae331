import { domainToUnicode } from 'node:url';

/** Letters and signs that pass for others; what they look like. */
const lookLike: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '5': 's',
  '|': 'l',
  i: 'l',
  ı: 'l',
  а: 'a',
  в: 'b',
  с: 'c',
  е: 'e',
  ё: 'e',
  һ: 'h',
  і: 'l',
  ї: 'l',
  ј: 'j',
  к: 'k',
  м: 'm',
  н: 'h',
  о: 'o',
  р: 'p',
  ѕ: 's',
  т: 't',
  у: 'y',
  х: 'x',
  ԁ: 'd',
  ԛ: 'q',
  ԝ: 'w',
  ӏ: 'l',
  г: 'r',
  п: 'n',
  α: 'a',
  β: 'b',
  γ: 'y',
  ε: 'e',
  η: 'n',
  ι: 'l',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ω: 'w',
};

/** What a domain or an address looks like at a glance: accents and look-alikes of other alphabets as plain letters, `rn` as `m`. */
export function skeleton(domain: string): string {
  const letters = Array.from(domain.normalize('NFD').toLowerCase().replaceAll(/\p{M}/gu, ''));
  return letters
    .map((letter) => lookLike[letter] ?? letter)
    .join('')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('cl', 'd');
}

/** Alphabets that share shapes: a word made of more than one of them is made to deceive. */
const alphabets = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

/** Letters of other alphabets that nobody can tell from Latin ones: a word of nothing else is made to deceive, too. */
const onlyTwins = /^[асеорхуѕіјԁӏһαονρ\d-]{3,}$/u;

/** Whether a domain has a label whose letters are of several alphabets that look alike, or all pass for Latin ones. */
export function mixesAlphabets(domain: string): boolean {
  return domainToUnicode(domain.toLowerCase())
    .split('.')
    .some(
      (label) =>
        alphabets.filter((alphabet) => alphabet.test(label)).length > 1 ||
        (onlyTwins.test(label) && !/^[\d-]+$/.test(label)),
    );
}

/** The domain of an address, in Unicode and lower case; empty where it has none. */
export function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return address.includes('@') ? domainToUnicode(domain) || domain : '';
}

/** Names that are shorter without their last label (`hp.com`, `bp.com`) are one letter apart by chance. */
const minComparedCharacters = 4;

function nameLength(domain: string): number {
  return Math.max(0, domain.lastIndexOf('.'));
}

/**
 * Whether a domain looks like one of `known` without being it or belonging to it: the same shapes in other letters, one
 * letter more, less, other or two exchanged, or the name with another ending.
 */
export function looksLike(domain: string, known: Iterable<string>): boolean {
  const own = domainToUnicode(domain.toLowerCase()) || domain.toLowerCase();
  const shown = skeleton(own);
  for (const other of known) {
    if (own === other || own.endsWith(`.${other}`) || other.endsWith(`.${own}`)) return false;
  }
  for (const other of known) {
    const theirs = skeleton(other);
    if (shown === theirs) return true;
    const isLong = Math.min(nameLength(shown), nameLength(theirs)) >= minComparedCharacters;
    if (isLong && isOneEditApart(shown, theirs)) return true;
  }
  return false;
}

/** Whether two texts differ in one letter, by one letter more, or in two neighbours exchanged. */
function isOneEditApart(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < one.length - start && end < other.length - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
