import type { Condition } from '../../../mail/condition.ts';
import type { SearchRows, ThreadMatch, ThreadSlice } from '../../../mail/search-rows.ts';
import { integerOf } from '../../../columns.ts';
import type { Queries } from '../../database.ts';
import { compileCondition } from './compile-condition.ts';
import { findCountedKeys, findKeys } from './find-keys.ts';
import { builderFor, type Search } from './read-keys.ts';
import { readSearchFacts, withoutEmptyLabels } from './search-facts.ts';
import { SqlBuilder } from './sql-builder.ts';
import { prepared } from '../../prepared-statement.ts';

/** Matches looked at in one go, for each thread that is wanted. */
const matchesPerThread = 4;
/** Conditions that one statement asks about. */
const conditionsAtOnce = 50;

const selectNewest = prepared('SELECT coalesce(max(key), 0) AS newest FROM message WHERE account = $1');
const selectThreads = prepared(
  'SELECT key, thread_key FROM message WHERE account = $1 AND key = ANY ($2::bigint[]) ORDER BY key DESC',
);

/** Searches of one account's mailbox. */
export function searchRows(queries: Queries, account: number): SearchRows {
  const begin = async (...conditions: readonly Condition[]): Promise<Search> => ({
    queries,
    account,
    facts: await readSearchFacts(queries, account, conditions),
  });
  return {
    async keys(condition, { belowKey, limit }) {
      const search = await begin(condition);
      return findKeys(search, withoutEmptyLabels(condition, search.facts.totals), belowKey, limit);
    },
    async countedKeys(condition, { limit, count, besides }) {
      const search = await begin(condition, besides ?? { kind: 'none' });
      const counted = await findCountedKeys(search, condition, limit, count);
      const { total } = besides === undefined ? {} : await findCountedKeys(search, besides, 0, count);
      return { ...counted, besides: total };
    },
    async threads(condition, slice) {
      const search = await begin(condition);
      return findThreads(search, withoutEmptyLabels(condition, search.facts.totals), slice);
    },
    async matches(conditions, messageKey) {
      const matches: boolean[] = [];
      for (let start = 0; start < conditions.length; start += conditionsAtOnce) {
        const builder = new SqlBuilder(account);
        const part = conditions.slice(start, start + conditionsAtOnce);
        const columns = part.map((condition, index) => `${compileCondition(condition, 'm', builder)} AS c${index}`);
        const sql = `SELECT ${columns.join(', ')} FROM message m WHERE m.account = $1 AND m.key = `;
        const row = await queries.get(`${sql}${builder.value(messageKey)}`, ...builder.parameters);
        matches.push(...part.map((_, index) => row?.[`c${index}`] === true));
      }
      return matches;
    },
    async newestKey() {
      const row = await queries.get(selectNewest, account);
      return row === undefined ? 0 : integerOf(row, 'newest');
    },
  };
}

async function findThreads(
  search: Search,
  condition: Condition,
  { newestKey, belowKey, limit }: ThreadSlice,
): Promise<readonly ThreadMatch[]> {
  const found = new Map<number, number>();
  const passed = new Set<number>();
  const batchSize = limit * matchesPerThread;
  for (let below = belowKey; found.size < limit;) {
    const keys = await findKeys(search, condition, below, batchSize);
    const matches = await readThreads(search, keys);
    const unknown = matches.flatMap(({ threadKey }) =>
      found.has(threadKey) || passed.has(threadKey) ? [] : [threadKey],
    );
    // Their newest match lies above: they were found there.
    for (const key of await matchingAbove(search, condition, unknown, belowKey, newestKey)) passed.add(key);
    for (const { threadKey, messageKey } of matches) {
      if (found.size < limit && !found.has(threadKey) && !passed.has(threadKey)) found.set(threadKey, messageKey);
    }
    if (keys.length < batchSize) break;
    below = keys.at(-1) ?? 0;
  }
  return [...found].map(([threadKey, messageKey]) => ({ threadKey, messageKey }));
}

/** The messages of these keys with their threads, newest first. */
async function readThreads({ queries, account }: Search, keys: readonly number[]): Promise<readonly ThreadMatch[]> {
  const rows = await queries.all(selectThreads, account, keys);
  return rows.map((row) => ({ threadKey: integerOf(row, 'thread_key'), messageKey: integerOf(row, 'key') }));
}

/** Those of these threads that have a match between two keys, both included. */
async function matchingAbove(
  search: Search,
  condition: Condition,
  threadKeys: readonly number[],
  fromKey: number,
  toKey: number,
): Promise<readonly number[]> {
  if (threadKeys.length === 0 || fromKey > toKey) return [];
  const builder = builderFor(search);
  const rows = await search.queries.all(
    `SELECT DISTINCT m.thread_key FROM message m WHERE m.account = $1
       AND m.thread_key = ANY (${builder.value([...new Set(threadKeys)])}::bigint[])
       AND m.key BETWEEN ${builder.value(fromKey)} AND ${builder.value(toKey)} AND ${compileCondition(condition, 'm', builder)}`,
    ...builder.parameters,
  );
  return rows.map((row) => integerOf(row, 'thread_key'));
}
