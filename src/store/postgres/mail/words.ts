import { createHash } from 'node:crypto';
import { indexedFields, type IndexedField } from '../../mail/condition.ts';
import { fieldCodes } from '../../mail/field-codes.ts';

/** Words that a `tsvector` keeps as they are; longer ones stand as their hash (PostgreSQL takes 2,046 bytes). */
const longestWordBytes = 1000;
/** A `tsvector` has at most 1 MiB of words, and some bytes for each. */
const mostBytes = 900_000;
const bytesForEach = 8;

/** The words of a message, as `message_text` keeps them. */
export interface TextRow {
  /** A literal of the type `tsvector`. */
  readonly words: string;
  readonly isPartial: boolean;
  /** Of each of {@link indexedFields}, its words in order between spaces. */
  readonly fields: readonly string[];
}

/** Words of an indexed text, as they are compared. */
function wordsIn(text: string): readonly string[] {
  return text.toLowerCase().match(/[\w\u{80}-\u{10ffff}]+/gu) ?? [];
}

function lexeme(account: number, field: string, word: string): string {
  const isLong = word.length > longestWordBytes / 4 && Buffer.byteLength(word) > longestWordBytes;
  return `${account}${field} ${isLong ? `#${createHash('sha256').update(word).digest('hex')}` : word}`;
}

/** Words hold letters, digits and `_` only, so nothing in them can end the quotes. */
function quoted(text: string): string {
  return `'${text}'`;
}

/**
 * What is stored of a message's texts. Every word stands under its account, so that a search reads the words of one
 * mailbox only, however many share the index.
 */
export function textRowOf(account: number, texts: Readonly<Record<IndexedField, string>>): TextRow {
  const lexemes = new Set<string>();
  let bytes = 0;
  let isPartial = false;
  const add = (field: string, word: string): void => {
    const entry = lexeme(account, field, word);
    if (lexemes.has(entry)) return;
    bytes += Buffer.byteLength(entry) + bytesForEach;
    if (bytes > mostBytes) isPartial = true;
    else lexemes.add(entry);
  };
  const fields = indexedFields.map((field) => {
    const words = wordsIn(texts[field]);
    for (const word of words) {
      if (field !== 'body') add(fieldCodes[field], word);
      add('', word);
    }
    return words.length === 0 ? '' : ` ${words.join(' ')} `;
  });
  return { words: Array.from(lexemes, quoted).join(' '), isPartial, fields };
}

/** A word as a `tsquery` asks for it: in the whole message, or in a field that has words of its own. */
export function queriedWord(account: number, field: IndexedField | undefined, word: string): string {
  const code = field === undefined || field === 'body' ? '' : fieldCodes[field];
  return quoted(lexeme(account, code, word.toLowerCase()));
}
