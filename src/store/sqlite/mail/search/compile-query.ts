import type { KeyRange } from '../../../mail/count-newest.ts';
import { firstUserLabelKey } from '../mail-format.ts';
import { alongAllMessages, alongKeysOf, mentionsWords, planOf, type Driver, type Plan } from './choose-driver.ts';
import { allKeys, boundsOf, hasList, listsOfKeys, merged, type ListedRange } from './key-lists.ts';
import type { PlannedCondition } from './planned-condition.ts';
import { conjunctsOf } from './planned-condition.ts';
import type { Sql } from './sql.ts';
import { joinSql, sql } from './sql.ts';

/** Which messages of a search to answer: the newest `limit` with keys in a range. */
export interface Slice extends ListedRange {
  readonly limit: number;
}

/**
 * SQL that answers the keys of the matching messages as `key`, newest first. Lists of keys are merged where a condition has
 * one, which takes a tenth of the time of looking each key of one up in another. Pure: all facts are in the condition.
 */
export function compileQuery(condition: PlannedCondition, slice: Slice): Sql {
  const conditions = conjunctsOf(condition);
  const range = { ...slice, ...keyRange(conditions, slice) };
  // One message is looked at, whatever is asked of it.
  if (range.fromKey === range.toKey) return compileRows(alongAllMessages(true), conditions, range);
  const plan = planOf(conditions);
  const isNarrow = range.isNarrow === true && plan.driver?.isShort !== true;
  return isNarrow || plan.driver === undefined || isMerged(plan)
    ? compileMerge(conditions, range)
    : compileRows(plan.driver, plan.rest, range);
}

/** Whether lists of keys are merged: not where a driver has few rows, or sees to all that there is a list of. */
function isMerged({ driver, taken, rest }: Plan): boolean {
  if (driver?.isShort === true) return false;
  // Of the sizes that are walked by their index there are not many either; they are not in order.
  return taken?.kind === 'column' && taken.index === 'message_by_size' ? rest.some(mentionsWords) : rest.some(hasList);
}

/**
 * The driver whose rows may better be looked at one by one: merging reads all lists, however few rows the driver has. Words are
 * only ever merged.
 */
export function driverToLookAlong(plan: Plan): Driver | undefined {
  return isMerged(plan) && !plan.rest.some(mentionsWords) ? plan.driver : undefined;
}

/**
 * SQL that looks at the newest `rows` rows of a driver: in each row `looked`, how many there were, `lowest`, the key of the
 * last one, and in `key` a match, newest first, or NULL where there is none.
 */
export function compileLook(
  driver: Driver,
  rest: readonly PlannedCondition[],
  { rows, ...slice }: Slice & { readonly rows: number },
): Sql {
  return sql(
    `WITH row AS MATERIALIZED (?) SELECT key, looked, lowest FROM
     (SELECT count(*) AS looked, min(key) AS lowest FROM row) LEFT JOIN (?) ORDER BY key DESC`,
    compileRows(driver, [], { ...slice, limit: rows }),
    compileRows(alongKeysOf(sql('row')), rest, slice),
  );
}

/** The same, with each row of the driver looked at. */
export function compileRows(driver: Driver, rest: readonly PlannedCondition[], slice: Slice): Sql {
  const where = [
    ...driver.where,
    ...(driver.rangeKey === undefined ? [] : [sql(`${driver.rangeKey} BETWEEN ? AND ?`, ...boundsOf(slice))]),
    ...rest.map((condition) => compileCondition(condition, driver, slice)),
  ];
  return sql(
    `SELECT ${driver.key} AS key FROM ? WHERE ? ORDER BY ${driver.key} DESC LIMIT ?`,
    driver.from,
    where.length === 0 ? sql('TRUE') : joinSql(where, 'AND'),
    slice.limit,
  );
}

function compileMerge(conditions: readonly PlannedCondition[], slice: Slice): Sql {
  const negated = conditions.flatMap((condition) => (condition.kind === 'not' ? [condition.condition] : []));
  const lists = listsOfKeys(
    conditions.filter(({ kind }) => kind !== 'not'),
    slice,
  );
  const unwanted = listsOfKeys(negated, slice);
  const rest = conditions.filter((condition) => condition.kind !== 'all' && !hasList(condition));
  // Rows are read more cheaply in their order than for keys, but for the few that words may leave.
  const isRowByRow = lists.length === 0 && rest.some(readsRows) && !negated.some(({ kind }) => kind === 'fullText');
  if (isRowByRow) return compileRows(alongAllMessages(false), conditions, slice);
  const wanted = merged(lists.length === 0 ? [allKeys(slice)] : lists, 'INTERSECT');
  const merge = sql('? ORDER BY 1 DESC', merged([wanted, ...unwanted], 'EXCEPT'));
  if (rest.length === 0) return sql('? LIMIT ?', merge, slice.limit);
  // With a limit, SQLite keeps the order of the merge, and reads no more of it than is asked for.
  return compileRows(alongKeysOf(sql('(? LIMIT -1)', merge)), rest, slice);
}

/** Whether the rows of messages decide. */
function readsRows(condition: PlannedCondition): boolean {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.some(readsRows);
    case 'not':
      return readsRows(condition.condition);
    case 'column':
      return condition.certain === undefined;
    case 'all':
    case 'none':
    case 'fullText':
    case 'label':
    case 'userLabel':
    case 'keys':
      return false;
  }
}

/** The keys that every message of a conjunction lies between: dates, and the ends of labels. */
export function keyRange(conditions: readonly PlannedCondition[], within: KeyRange): KeyRange {
  let { fromKey, toKey } = within;
  for (const condition of conditions) {
    if (condition.kind === 'column') {
      fromKey = Math.max(fromKey, condition.fromKey ?? fromKey);
      toKey = Math.min(toKey, condition.toKey ?? toKey);
    } else if (condition.kind === 'label') {
      fromKey = Math.max(fromKey, Math.min(...condition.labels.map(({ oldestMessageKey }) => oldestMessageKey)));
      toKey = Math.min(toKey, Math.max(...condition.labels.map(({ newestMessageKey }) => newestMessageKey)));
    }
  }
  return { fromKey, toKey };
}

/** Whether the message at the driver's row matches, as an SQL expression. */
function compileCondition(condition: PlannedCondition, driver: Driver, range: KeyRange): Sql {
  const { key } = driver;
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts = condition.conditions.map((part) => compileCondition(part, driver, range));
      return joinSql(parts, condition.kind === 'and' ? 'AND' : 'OR');
    }
    case 'not':
      return sql('NOT (?)', compileCondition(condition.condition, driver, range));
    case 'label': {
      const keys = condition.labels.map((label) => label.key);
      const list = { text: keys.map(() => '?').join(', '), parameters: keys };
      return sql(`EXISTS (SELECT 1 FROM message_label l WHERE l.label_key IN (?) AND l.message_key = ${key})`, list);
    }
    case 'userLabel':
      return sql(
        `EXISTS (SELECT 1 FROM message_label l WHERE l.message_key = ${key} AND l.label_key >= ${firstUserLabelKey})`,
      );
    case 'column': {
      if (driver.hasColumns) return condition.sql;
      const row = sql(`EXISTS (SELECT 1 FROM message m WHERE m.id = ${key} AND ?)`, condition.sql);
      if (condition.certain === undefined) return row;
      return sql(`+${key} BETWEEN ? AND ? OR ?`, ...boundsOf(condition.certain), row);
    }
    case 'fullText': {
      if (driver.isShort) {
        if (condition.parts !== undefined) return compileCondition(condition.parts, driver, range);
        const isMatch = `EXISTS (SELECT 1 FROM full_text WHERE full_text MATCH ? AND rowid = ${key})`;
        return sql(isMatch, condition.expression);
      }
      // The unary plus keeps SQLite from running along the subquery instead of the driver.
      return sql(
        `+${key} IN (SELECT rowid FROM full_text WHERE full_text MATCH ? AND rowid BETWEEN ? AND ?)`,
        condition.expression,
        ...boundsOf(range),
      );
    }
    case 'keys':
      return sql(`${key} IN (SELECT value FROM json_each(?))`, condition.keys);
    case 'all':
      return sql('TRUE');
    case 'none':
      return sql('FALSE');
  }
}

/** Whether the work of {@link compileQuery} grows with its range of keys, however few messages are wanted. */
export function growsWithRange({ driver, rest }: Plan): boolean {
  return driver?.isShort !== true && rest.some((condition) => !hasList(condition) && mentionsWords(condition));
}
