import { indexedFields, type IndexedField } from '../../mail/condition.ts';
import { fieldCodes } from '../../mail/field-codes.ts';

/** Before the code of the field: SQLite takes this noncharacter for a letter, and no word of a message has it. */
const mark = '\ufdd0';

/**
 * A word as the full-text index has it once more for its field: a word that is everywhere, but rarely in that field, is then
 * found without reading where else it is.
 */
export function fieldWord(field: keyof typeof fieldCodes, word: string): string {
  return `${mark}${fieldCodes[field]}${word}`;
}

/** The texts of a message in the order of {@link indexedFields}, each with its words for the field behind them. */
export function withFieldWords(texts: Readonly<Record<IndexedField, string>>): readonly string[] {
  return indexedFields.map((field) => {
    const text = texts[field];
    if (field === 'body' || text === '') return text;
    return `${text} ${text.replaceAll(/[\w\u{80}-\u{10ffff}]+/gu, `${mark}${fieldCodes[field]}$&`)}`;
  });
}
