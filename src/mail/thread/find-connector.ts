import { hasWords, type TextLine } from './text-lines.ts';

/** Who wrote a message, as quotes name them. */
export interface Author {
  readonly name: string;
  readonly address: string;
}

/** `From: Ann`, `*Von:* Ann`, `件名：…`: a header field as mail programs repeat it above what they quote. */
const fieldLine = /^\*{0,2}\p{L}[\p{L}\p{M} ./-]{0,24}\*{0,2}\s?[:：]\*{0,2}(?:\s|$)/u;

const dividerMarks = '-_=*─—';
const maxDividerCharacters = 120;

/** Fields of a header block are this many at least; with a divider above it one less. */
const minFields = 3;
/** Lists of recipients go on over lines. */
const maxContinuationLines = 4;
const maxBlockLines = 24;

/** An attribution is short: `On Mon, Nov 2, 2026 at 9:15 AM Ann Lee <ann@example.org> wrote:`, on up to three lines. */
const maxAttributionLines = 3;
const maxAttributionCharacters = 260;
/** Words beside the name, the address and numbers: with a date in it, and without one. */
const maxWordsWithDate = 10;
const maxWordsWithoutDate = 2;

/** A year, or a time of day. */
const dateMark = /\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b|\d年/u;

/**
 * `-----Original Message-----`, `________________`, `-----"Ann Lee" <ann@example.org> wrote: -----`: marks alone, or some
 * words between marks. No expression says that in linear time.
 */
function isDivider(line: string): boolean {
  let start = 0;
  while (start < line.length && dividerMarks.includes(line.charAt(start))) start += 1;
  if (start < 2 || start === line.length) return start >= 2;
  let end = line.length;
  while (dividerMarks.includes(line.charAt(end - 1))) end -= 1;
  return line.length - end >= 2 && end - start <= maxDividerCharacters;
}

function simplified(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}@.]+/gu, ' ')
    .trim();
}

/** Whether a passage names one of the authors: by address, or by all words of the name in any order. */
function namedAuthor(text: string, authors: readonly Author[]): Author | undefined {
  const simple = ` ${simplified(text)} `;
  return authors.find(({ name, address }) => {
    if (address !== '' && simple.includes(address.toLowerCase())) return true;
    const words = simplified(name).split(' ');
    return words[0] !== '' && words.every((one) => simple.includes(` ${one} `));
  });
}

/**
 * The first line of the header block that ends directly above line `before` (empty lines aside), with a divider above it;
 * undefined for none. Known by its form and by naming an author of the thread, in any language.
 */
function headerBlockStart(lines: readonly TextLine[], before: number, authors: readonly Author[]): number | undefined {
  const last = lastFilled(lines, before);
  const depth = lines[last]?.depth;
  const isNamed = (at: number): boolean => namedAuthor(lines[at]?.content ?? '', authors) !== undefined;
  let fields = 0;
  let others = 0;
  let start: number | undefined;
  let isSpaced: boolean | undefined;
  for (let at = last; at >= 0 && at > last - maxBlockLines; at -= 1) {
    const line = lines[at];
    if (line === undefined || line.depth !== depth) break;
    if (line.content.endsWith(':') && isAttribution(line.content, authors)) break;
    if (fieldLine.test(line.content) && !isDivider(line.content)) {
      if (start !== undefined) isSpaced ??= start > at + 1;
      fields += 1;
      others = 0;
      start = at;
    } else if (line.content === '') {
      // Fields that are paragraphs each: then all of them are, and nothing goes on over lines.
      if (
        isSpaced === false ||
        others > 0 ||
        !fieldLine.test(lines[at - 1]?.content ?? '') ||
        lines[at - 2]?.content !== ''
      )
        break;
    } else {
      others += 1;
      // What is below the last field is text, and between two blocks too.
      const isList = line.content.includes('@') && /[,;]$/.test(lines[at - 1]?.content ?? '');
      if (start === undefined || !isList || others > maxContinuationLines) break;
    }
  }
  if (start === undefined) return undefined;
  let from = withDivider(lines, start);
  // Without a divider, spaced fields begin with who wrote it: a paragraph such as `PS: bring the key` above is none of them.
  if (isSpaced === true && from === start) {
    while (start < last && !isNamed(start)) {
      fields -= 1;
      start += 2;
    }
    from = start;
  }
  if (fields < (from === start ? minFields : minFields - 1)) return undefined;
  const text = lines.slice(from, last + 1).map(({ content }) => content);
  return namedAuthor(text.join(' '), authors) === undefined ? undefined : from;
}

/** Whether these words, all in one paragraph, are a line such as `Ann wrote:` above a quote of that author. */
function isAttribution(text: string, authors: readonly Author[]): boolean {
  if (
    text.length > maxAttributionCharacters ||
    !/(?:[:：]|>>>)[\s—-]{0,20}$|<[^<>\s@]+@[^<>\s@]+>\)?$/u.test(text.trimEnd())
  )
    return false;
  const author = namedAuthor(text, authors);
  if (author === undefined) return false;
  const ofAuthor = new Set(simplified(`${author.name} ${author.address}`).split(' '));
  const others = simplified(text)
    .split(' ')
    .filter(
      (word) =>
        !ofAuthor.has(word) && !/^[\d.]+$/.test(word) && word !== author.address.toLowerCase() && word !== 'mailto',
    );
  return others.length <= (dateMark.test(text) ? maxWordsWithDate : maxWordsWithoutDate);
}

/** A line of a date above `Ann Lee wrote:`, where mail programs break theirs. */
function isDateLine({ content, start, end }: TextLine): boolean {
  return /\b(?:19|20)\d\d\b/.test(content) && /,$|\d$/.test(content) && end - start <= maxWordsWithDate;
}

/** The first line of the attribution that ends directly above line `before` (empty lines aside), with a divider above it. */
function attributionStart(lines: readonly TextLine[], before: number, authors: readonly Author[]): number | undefined {
  const last = lastFilled(lines, before);
  for (let first = last; first > last - maxAttributionLines && first >= 0; first -= 1) {
    const taken = lines.slice(first, last + 1);
    if (taken.some((line) => !hasWords(line))) return undefined;
    if (!isAttribution(taken.map(({ content }) => content).join(' '), authors)) continue;
    const above = lines[first - 1];
    return withDivider(lines, above !== undefined && isDateLine(above) ? first - 1 : first);
  }
  return undefined;
}

/**
 * The first line of what introduces a quote that begins at line `before`: a header block or an attribution of one of the
 * authors directly above it, in any language. Undefined where there is none.
 */
export function connectorStart(
  lines: readonly TextLine[],
  before: number,
  authors: readonly Author[],
): number | undefined {
  return headerBlockStart(lines, before, authors) ?? attributionStart(lines, before, authors);
}

function lastFilled(lines: readonly TextLine[], before: number): number {
  let last = before - 1;
  while (last >= 0 && lines[last]?.content === '') last -= 1;
  return last;
}

/** The divider without a word above line `first`, or that line. */
export function withBareDivider(lines: readonly TextLine[], first: number): number {
  const above = withDivider(lines, first);
  const line = lines[above];
  return line === undefined || hasWords(line) ? first : above;
}

/** The divider above line `first`, if there is one. */
function withDivider(lines: readonly TextLine[], first: number): number {
  const above = lastFilled(lines, first);
  return isDivider(lines[above]?.content ?? '') ? above : first;
}
