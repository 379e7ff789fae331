import { indexedFields, type IndexedField, type TextCondition } from '../../../mail/condition.ts';
import { queriedWord } from '../words.ts';
import type { SqlBuilder } from './sql-builder.ts';

/**
 * Whether the row `t` of `message_text` has the words, next to each other in this order, in one of the fields. The index
 * knows which messages have all of them; where that is not enough, the message's own words are read.
 */
export function compileText({ words, fields, near }: TextCondition, builder: SqlBuilder): string {
  const places = fields ?? indexedFields;
  const every = [...words, ...(near?.words ?? [])];
  const query = builder.value(
    (fields ?? [undefined]).map((field) => `(${allWords(builder.account, field, every)})`).join(' | '),
  );
  const indexed = `t.words @@ ${query}::tsquery`;
  const isExact = every.length === 1 && fields?.includes('body') !== true;
  // Where the index has every word, it alone leads to the rows: a second look at each is spared.
  if (isExact && !builder.hasPartialWords) return indexed;
  const text = words.join(' ').toLowerCase();
  const wanted = builder.value(near === undefined ? ` ${text} ` : nearPattern(text, near));
  const isRead = places
    .map((field) => `t.fields[${indexedFields.indexOf(field) + 1}]`)
    .map((place) => (near === undefined ? `strpos(${place}, ${wanted}) > 0` : `${place} ~ ${wanted}`))
    .join(' OR ');
  if (isExact) return `(${indexed} OR (t.is_partial AND (${isRead})))`;
  return `((${builder.hasPartialWords ? `${indexed} OR t.is_partial` : indexed}) AND (${isRead}))`;
}

/** An expression for two texts in either order. Words hold letters, digits and `_` only, which all stand for themselves. */
function nearPattern(text: string, { words, within }: NonNullable<TextCondition['near']>): string {
  const other = words.join(' ').toLowerCase();
  const between = within === 1 ? '' : `( \\S+){0,${within - 1}}`;
  return ` ${text}${between} ${other} | ${other}${between} ${text} `;
}

function allWords(account: number, field: IndexedField | undefined, words: readonly string[]): string {
  return [...new Set(words)].map((word) => queriedWord(account, field, word)).join(' & ');
}
