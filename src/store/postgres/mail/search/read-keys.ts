import type { Condition } from '../../../mail/condition.ts';
import type { KeyRange } from '../../../mail/count-newest.ts';
import { integerOf, textOf, type Row } from '../../../columns.ts';
import type { Queries } from '../../database.ts';
import { compileAll, compileCondition, exists } from './compile-condition.ts';
import { compileWords, isOfWords } from './compile-words.ts';
import type { SearchFacts } from './search-facts.ts';
import { SqlBuilder } from './sql-builder.ts';
import { prepared } from '../../prepared-statement.ts';

/** Where a search is made. */
export interface Search {
  readonly queries: Queries;
  readonly account: number;
  readonly facts: SearchFacts;
}

/** Collects the parameters of a statement of a search. */
export function builderFor({ account, facts }: Search): SqlBuilder {
  return new SqlBuilder(account, facts.hasPartialWords);
}

/** The keys that a statement has as one text: a thousand rows cost more than looking for them. */
function inOneRow(keys: string): string {
  return `SELECT string_agg(key::text, ' ') AS keys FROM (${keys}) k`;
}

/** From the row of {@link inOneRow}, newest first. */
function keysIn(row: Row | undefined): readonly number[] {
  if (row === undefined || row.keys === null) return [];
  return textOf(row, 'keys')
    .split(' ')
    .map(Number)
    .toSorted((a, b) => b - a);
}

/** Walks along the messages, newest first. */
export async function walk(
  search: Search,
  conditions: readonly Condition[],
  { fromKey, toKey }: KeyRange,
  limit: number,
): Promise<readonly number[]> {
  const builder = builderFor(search);
  const { table, row, where } = walked(conditions, builder);
  const sql = inOneRow(
    `SELECT key FROM ${table} ${row} WHERE account = $1 AND key BETWEEN ${builder.value(fromKey)} AND
       ${builder.value(toKey)} AND ${where} ORDER BY key DESC LIMIT ${builder.value(limit)}`,
  );
  return keysIn(await search.queries.get(sql, ...builder.parameters));
}

/** What of these conditions the words of a message decide, and the others. */
function partWords(conditions: readonly Condition[], builder: SqlBuilder) {
  const words = conditions.filter(isOfWords);
  const others = conditions.filter((condition) => !isOfWords(condition));
  return { hasWords: words.length > 0, ...compileWords(words, builder), others };
}

/** The rows that are walked along, those with the words where words are asked for, and what is asked of each. */
function walked(conditions: readonly Condition[], builder: SqlBuilder) {
  const { hasWords, indexed, read = 'TRUE', others } = partWords(conditions, builder);
  if (!hasWords) return { table: 'message', row: 'm', where: compileAll(conditions, 'm', builder) };
  return { table: 'message_text', row: 'w', where: `${indexed} AND ${read} AND ${compileAll(others, 'w', builder)}` };
}

/** Walks along the messages of labels. */
export function walkLabels(
  search: Search,
  conditions: readonly Condition[],
  labelKeys: readonly number[],
  { fromKey, toKey }: KeyRange,
  limit: number,
): Promise<readonly number[]> {
  const builder = builderFor(search);
  const keys = `SELECT DISTINCT message_key AS key FROM message_label
    WHERE account = $1 AND label_key = ANY (${builder.value(labelKeys)}::integer[])
      AND message_key BETWEEN ${builder.value(fromKey)} AND ${builder.value(toKey)}`;
  return walkAlong(search, keys, whereOf(conditions, builder), limit, builder);
}

/** Walks along the messages of some sizes, or with attachments. */
export function walkFew(
  search: Search,
  conditions: readonly Condition[],
  few: Condition,
  { fromKey, toKey }: KeyRange,
  limit: number,
): Promise<readonly number[]> {
  const builder = builderFor(search);
  const keys = `SELECT m.key FROM message m WHERE m.account = $1 AND ${compileCondition(few, 'm', builder)}
    AND m.key BETWEEN ${builder.value(fromKey)} AND ${builder.value(toKey)}`;
  const others = conditions.filter((condition) => condition !== few);
  return walkAlong(search, keys, whereOf(others, builder), limit, builder);
}

function whereOf(conditions: readonly Condition[], builder: SqlBuilder): readonly string[] {
  return conditions.length === 0 ? [] : [compileAll(conditions, 'd', builder)];
}

/** Of the messages whose keys a statement has, all of which are found before, asks the newest first until there are enough. */
async function walkAlong(
  { queries }: Search,
  keys: string,
  where: readonly string[],
  limit: number,
  builder: SqlBuilder,
): Promise<readonly number[]> {
  const newestFirst = where.length === 0 ? 'd' : '(SELECT key FROM d ORDER BY key DESC OFFSET 0) d';
  const sql = inOneRow(
    `SELECT d.key FROM ${newestFirst} ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
     ORDER BY d.key DESC LIMIT ${builder.value(limit)}`,
  );
  return keysIn(await queries.get(`WITH d AS MATERIALIZED (${keys}) ${sql}`, ...builder.parameters));
}

/** The newest `limit` matches among the newest `window` messages of a range, and the lowest key that was looked at. */
export async function lookAt(
  search: Search,
  conditions: readonly Condition[],
  { fromKey, toKey }: KeyRange,
  window: number,
  limit: number,
): Promise<{ readonly found: readonly number[]; readonly fromKey: number }> {
  const builder = builderFor(search);
  const { table, row, where } = walked(conditions, builder);
  const [to, most] = [builder.value(toKey), builder.value(limit)];
  const newest = inOneRow(
    `SELECT key FROM ${table} ${row} WHERE account = $1 AND ${row}.key BETWEEN b.key AND ${to} AND ${where}
     ORDER BY key DESC LIMIT ${most}`,
  );
  const looked = await search.queries.get(
    `SELECT b.key AS from_key, f.keys FROM (
       SELECT greatest(${builder.value(fromKey)}::bigint, (
         SELECT key FROM ${table} WHERE account = $1 AND key <= ${to}
         ORDER BY key DESC LIMIT 1 OFFSET ${builder.value(window)})) AS key) b
     CROSS JOIN LATERAL (${newest}) f`,
    ...builder.parameters,
  );
  if (looked === undefined) throw new Error('a look at messages has no row');
  return { found: keysIn(looked), fromKey: integerOf(looked, 'from_key') };
}

const selectFurtherDown = prepared(
  'SELECT key FROM message WHERE account = $1 AND key <= $2 ORDER BY key DESC LIMIT 1 OFFSET $3',
);

/** The key so many messages below another, or 0 where there are fewer. */
export async function keyFurtherDown({ queries, account }: Search, key: number, count: number): Promise<number> {
  const row = await queries.get(selectFurtherDown, account, key, count);
  return row === undefined ? 0 : integerOf(row, 'key');
}

export async function askIndex(
  search: Search,
  conditions: readonly Condition[],
  { fromKey, toKey }: KeyRange,
  limit: number,
): Promise<readonly number[]> {
  const builder = builderFor(search);
  const { indexed, read, others } = partWords(conditions, builder);
  const keys = `SELECT key FROM message_text WHERE account = $1 AND key BETWEEN ${builder.value(fromKey)} AND
    ${builder.value(toKey)} AND ${indexed}`;
  const isRead =
    read === undefined ? [] : [exists(`message_text t WHERE t.account = $1 AND t.key = d.key AND ${read}`)];
  return walkAlong(search, keys, [...whereOf(others, builder), ...isRead], limit, builder);
}
