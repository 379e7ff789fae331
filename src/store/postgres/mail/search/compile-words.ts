import { indexedFields, type Condition, type IndexedField, type TextCondition } from '../../../mail/condition.ts';
import { queriedWord } from '../words.ts';
import type { SqlBuilder } from './sql-builder.ts';

/** Words and combinations of them: one row of `message_text` says whether its message matches. */
export type WordsCondition =
  | TextCondition
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly WordsCondition[] }
  | { readonly kind: 'not'; readonly condition: WordsCondition };

/** Whether a condition asks for nothing but words. */
export function isOfWords(condition: Condition): condition is WordsCondition {
  if (condition.kind === 'and' || condition.kind === 'or') return condition.conditions.every(isOfWords);
  return condition.kind === 'text' || (condition.kind === 'not' && isOfWords(condition.condition));
}

/** What a row of `message_text` has to fulfil. */
export interface WordsSql {
  /** Whether the index has all that every match needs. */
  readonly indexed: string;
  /** What is read of a message's own words where that does not decide. */
  readonly read?: string;
}

/** That all of these hold. */
export function compileWords(conditions: readonly WordsCondition[], builder: SqlBuilder): WordsSql {
  const needed = combined('&', conditions.map((condition) => neededQuery(condition, builder)).filter(isGiven));
  const indexed = needed === undefined ? 'TRUE' : hasWords(needed, builder);
  const undecided = conditions.filter((condition) => exactQuery(condition, builder) === undefined);
  if (undecided.length === 0) return { indexed };
  // The index was asked for the words already.
  const read = undecided.map((condition) =>
    condition.kind === 'text' && !isOneWord(condition) ? readWords(condition, builder) : compileRow(condition, builder),
  );
  return { indexed, read: read.join(' AND ') };
}

function compileRow(condition: WordsCondition, builder: SqlBuilder): string {
  const exact = exactQuery(condition, builder);
  if (exact !== undefined) return hasWords(exact, builder);
  switch (condition.kind) {
    case 'not':
      return `NOT ${compileRow(condition.condition, builder)}`;
    case 'and':
    case 'or': {
      const [operator, word] = condition.kind === 'and' ? (['&', ' AND '] as const) : (['|', ' OR '] as const);
      const exact = condition.conditions.map((part) => exactQuery(part, builder));
      const decided = combined(operator, exact.filter(isGiven));
      const others = condition.conditions.filter((_, index) => exact[index] === undefined);
      const parts = others.map((part) => compileRow(part, builder));
      return `(${[...(decided === undefined ? [] : [hasWords(decided, builder)]), ...parts].join(word)})`;
    }
    case 'text': {
      const read = readWords(condition, builder);
      const words = allWords(condition, builder);
      if (!isOneWord(condition)) return `(${hasWords(words, builder)} AND ${read})`;
      return `(words @@ ${builder.value(words)}::tsquery OR (is_partial AND ${read}))`;
    }
  }
}

function hasWords(query: string, builder: SqlBuilder): string {
  const indexed = `words @@ ${builder.value(query)}::tsquery`;
  return builder.hasPartialWords ? `(${indexed} OR is_partial)` : indexed;
}

/** What the index is asked where it alone decides: it does not know which words are next to each other, or of the body. */
function exactQuery(condition: WordsCondition, builder: SqlBuilder): string | undefined {
  if (builder.hasPartialWords) return undefined;
  switch (condition.kind) {
    case 'text':
      return isOneWord(condition) ? allWords(condition, builder) : undefined;
    case 'not': {
      const query = exactQuery(condition.condition, builder);
      return query === undefined ? undefined : `!(${query})`;
    }
    case 'and':
    case 'or': {
      const queries = condition.conditions.map((part) => exactQuery(part, builder)).filter(isGiven);
      if (queries.length < condition.conditions.length) return undefined;
      return combined(condition.kind === 'and' ? '&' : '|', queries);
    }
  }
}

/** What the index is asked for all that may match; undefined where that is everything. */
function neededQuery(condition: WordsCondition, builder: SqlBuilder): string | undefined {
  switch (condition.kind) {
    case 'text':
      return allWords(condition, builder);
    case 'not':
      return exactQuery(condition, builder);
    case 'and':
    case 'or': {
      const queries = condition.conditions.map((part) => neededQuery(part, builder)).filter(isGiven);
      if (condition.kind === 'and') return combined('&', queries);
      return queries.length < condition.conditions.length ? undefined : combined('|', queries);
    }
  }
}

function combined(operator: '&' | '|', queries: readonly string[]): string | undefined {
  return queries.length === 0 ? undefined : `(${queries.join(` ${operator} `)})`;
}

function isGiven(query: string | undefined): query is string {
  return query !== undefined;
}

function everyWord({ words, near }: TextCondition): readonly string[] {
  return [...words, ...(near?.words ?? [])];
}

function isOneWord(text: TextCondition): boolean {
  return everyWord(text).length === 1 && text.fields?.includes('body') !== true;
}

function allWords(text: TextCondition, { account }: SqlBuilder): string {
  const words = [...new Set(everyWord(text))];
  const inField = (field: IndexedField | undefined) =>
    words.map((word) => queriedWord(account, field, word)).join(' & ');
  return `(${(text.fields ?? [undefined]).map((field) => `(${inField(field)})`).join(' | ')})`;
}

/** Whether one of the fields has the words next to each other, in this order, or near the others. */
function readWords({ words, fields, near }: TextCondition, builder: SqlBuilder): string {
  const text = words.join(' ').toLowerCase();
  const read = fieldsIn(fields ?? indexedFields);
  if (near === undefined) return `strpos(${read}, ${builder.value(` ${text} `)}) > 0`;
  return `${read} ~ ${builder.value(nearPattern(text, near))}`;
}

/**
 * The words of fields as one text, with the end of a line between fields, which is no word: so the fields, which lie
 * compressed, are unpacked once and not for each of them.
 */
function fieldsIn(fields: readonly IndexedField[]): string {
  const places = fields.map((field) => indexedFields.indexOf(field) + 1);
  const [first = 1] = places;
  if (places.length === 1) return `fields[${first}]`;
  const isRow = places.every((place, index) => place === first + index);
  const all = isRow
    ? `fields[${first}:${first + places.length - 1}]`
    : `ARRAY[${places.map((place) => `fields[${place}]`).join(', ')}]`;
  return `array_to_string(${all}, E'\\n')`;
}

/** An expression for two texts in either order. Words hold letters, digits and `_` only, which all stand for themselves. */
function nearPattern(text: string, { words, within }: NonNullable<TextCondition['near']>): string {
  const other = words.join(' ').toLowerCase();
  const between = within === 1 ? '' : `( \\S+){0,${within - 1}}`;
  return ` ${text}${between} ${other} | ${other}${between} ${text} `;
}
