import { indexedFields, type Condition, type IndexedField } from '../../../mail/condition.ts';
import { queriedWord } from '../words.ts';
import type { SqlBuilder } from './sql-builder.ts';

type TextCondition = Extract<Condition, { readonly kind: 'text' }>;

/**
 * Whether the row `t` of `message_text` has the words, next to each other in this order, in one of the fields. The index
 * knows which messages have all of them; where that is not enough, the message's own words are read.
 */
export function compileText({ words, fields }: TextCondition, builder: SqlBuilder): string {
  const places = fields ?? indexedFields;
  const query = builder.value(
    (fields ?? [undefined]).map((field) => `(${allWords(builder.account, field, words)})`).join(' | '),
  );
  const indexed = `t.words @@ ${query}::tsquery`;
  const phrase = builder.value(` ${words.join(' ').toLowerCase()} `);
  const isRead = places
    .map((field) => `strpos(t.fields[${indexedFields.indexOf(field) + 1}], ${phrase}) > 0`)
    .join(' OR ');
  const isExact = words.length === 1 && fields?.includes('body') !== true;
  return isExact ? `(${indexed} OR (t.is_partial AND (${isRead})))` : `((${indexed} OR t.is_partial) AND (${isRead}))`;
}

function allWords(account: number, field: IndexedField | undefined, words: readonly string[]): string {
  return [...new Set(words)].map((word) => queriedWord(account, field, word)).join(' & ');
}
