import type { Address } from '../message.ts';

/** A word of a display name or an address, as it is written and as it is meant: without quotes and backslashes. */
interface Word {
  readonly written: string;
  readonly text: string;
  readonly isQuoted: boolean;
  /** Nothing stands between it and the word before. */
  readonly isJoined: boolean;
}

/** Everything that stands between two commas. */
interface Entry {
  readonly words: Word[];
  readonly comments: string[];
  readonly angles: string[];
  /** Whether a word outside of quotes has an `@`. */
  hasAt: boolean;
}

const atom = /[^\s"(),:;<>]+/y;

/**
 * Reads an address list (RFC 5322 section 3.4) with what mailers write beside it: names without quotes, also with a comma
 * in them, `;` for `,`, brackets that do not close. Groups give their members. Encoded words stay encoded, so that nothing
 * in one can become an address; `decodeName` decodes names. What follows the first `most` addresses is not read. Never
 * throws, and reads each character once.
 */
export function parseAddresses(
  value: string,
  decodeName: (text: string) => string,
  most = Number.POSITIVE_INFINITY,
): Address[] {
  const addresses: Address[] = [];
  const lastGroupEnd = value.lastIndexOf(';');
  let entry: Entry = { words: [], comments: [], angles: [], hasAt: false };
  let position = 0;
  let lastWordEnd = -1;
  /** Opening characters behind which no closing one comes: from here on they mean nothing. */
  const unclosed = new Set<string>();

  const addWord = (written: string, text: string, isQuoted: boolean): void => {
    entry.words.push({ written, text, isQuoted, isJoined: lastWordEnd === position });
    entry.hasAt ||= !isQuoted && written.includes('@');
    position += written.length;
    lastWordEnd = position;
  };
  /** Names without an address: what stands before a comma in `Lee, Ann <ann@example.org>`, or entries that have none. */
  let names: Address[] = [];
  const endEntry = (): void => {
    const address = readEntry(entry, decodeName);
    if (address !== undefined && address.address === '') names.push(address);
    else if (address !== undefined) {
      const isOneName = entry.angles.length > 0 && address.name !== '';
      if (isOneName) addresses.push({ ...address, name: [...names, address].map(({ name }) => name).join(', ') });
      else addresses.push(...names, address);
      names = [];
    }
    entry = { words: [], comments: [], angles: [], hasAt: false };
  };

  while (position < value.length && addresses.length + names.length < most) {
    const character = value.charAt(position);
    const closed = unclosed.has(character) ? undefined : readEnclosed(value, position);
    if (closed === 'unclosed') unclosed.add(character);
    else if (closed !== undefined) {
      const inside = closed.written.slice(1, -1);
      if (character === '"') addWord(closed.written, unescape(inside), true);
      else {
        if (character === '(') entry.comments.push(unescape(inside).trim());
        else entry.angles.push(inside);
        position += closed.written.length;
      }
      continue;
    }
    if (character === ',' || character === ';') {
      endEntry();
      position += 1;
    } else if (character === ':' && isGroupName(entry, position < lastGroupEnd || isBlankFrom(value, position + 1))) {
      entry = { words: [], comments: [], angles: [], hasAt: false };
      position += 1;
    } else {
      atom.lastIndex = position;
      const [text = character] = atom.exec(value) ?? [];
      if (/\S/.test(character)) addWord(text, text, false);
      else position += 1;
    }
  }
  if (addresses.length + names.length < most) endEntry();
  return [...addresses, ...names].slice(0, most);
}

function isGroupName({ angles, hasAt }: Entry, hasEnd: boolean): boolean {
  return hasEnd && angles.length === 0 && !hasAt;
}

function isBlankFrom(value: string, position: number): boolean {
  // Only what stands at the end is looked at, which happens once.
  return value.length - position < 100 && value.slice(position).trim() === '';
}

const closing: Readonly<Record<string, string>> = { '"': '"', '(': ')', '<': '>' };

/**
 * A quoted string, a comment (they nest) or an address in brackets, from its first to its last character. Undefined for a
 * character that opens nothing, as a bracket before another one.
 */
function readEnclosed(value: string, start: number): { readonly written: string } | 'unclosed' | undefined {
  const opening = value.charAt(start);
  const end = closing[opening];
  if (end === undefined) return undefined;
  let depth = 1;
  for (let index = opening === '<' ? behindLocalPart(value, start + 1) : start + 1; index < value.length; index += 1) {
    const character = value.charAt(index);
    if (character === '\\' && opening !== '<') index += 1;
    else if (opening === '(' && character === '(') depth += 1;
    else if (opening === '<' && character === '<') return undefined;
    else if (character === end) {
      depth -= 1;
      if (depth === 0) return { written: value.slice(start, index + 1) };
    }
  }
  return 'unclosed';
}

/** A local part in quotes may hold brackets (RFC 5321 section 4.1.2 allows 64 characters). */
const quotedLocalPart = /\s{0,9}"(?:[^"\\]|\\.){0,130}"@/y;

function behindLocalPart(value: string, start: number): number {
  quotedLocalPart.lastIndex = start;
  return start + (quotedLocalPart.exec(value)?.[0].length ?? 0);
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gs, '$1');
}

/** Of several addresses in one entry the first counts; an entry without any is a name. Undefined for nothing. */
function readEntry({ words, comments, angles }: Entry, decodeName: (text: string) => string): Address | undefined {
  const chunks = joinWords(words);
  const bare = angles.length > 0 ? -1 : chunks.findLastIndex(({ hasAt }) => hasAt);
  const inBrackets = angles.find((text) => text.includes('@')) ?? angles[0] ?? '';
  const address = cleanAddress(chunks[bare]?.written ?? inBrackets);
  const phrase = chunks.filter((_, index) => index !== bare).map(({ text }) => text);
  const name = decodeName(phrase.length > 0 ? phrase.join(' ') : comments.join(' ')).trim();
  if (name === '' && address === '') return undefined;
  return { name: name === address ? '' : name, address };
}

interface Chunk {
  readonly written: string;
  readonly text: string;
  /** It has an `@` that is not in quotes. */
  readonly hasAt: boolean;
}

/** Words with nothing between them are one. */
function joinWords(words: readonly Word[]): readonly Chunk[] {
  const runs: Word[][] = [];
  for (const word of words) {
    if (word.isJoined && runs.length > 0) runs.at(-1)?.push(word);
    else runs.push([word]);
  }
  return runs.map((run) => ({
    written: run.map(({ written }) => written).join(''),
    text: run.map(({ text }) => text).join(''),
    hasAt: run.some(({ written, isQuoted }) => !isQuoted && written.includes('@')),
  }));
}

/** Without what may stand around an address: brackets that close nothing, a route (RFC 5322 section 4.4), `mailto:`. */
function cleanAddress(written: string): string {
  const spaced = written
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([@.]) ?/g, '$1')
    .trim();
  const bare = spaced.replace(/^<+/, '').replace(/^mailto:/i, '');
  const end = />{0,9}$/.exec(bare.slice(-9))?.[0].length ?? 0;
  const address = bare.slice(0, bare.length - end);
  return address.startsWith('@') && address.includes(':') ? address.slice(address.lastIndexOf(':') + 1) : address;
}
