import type { PlannedCondition } from './planned-condition.ts';
import { conjunction, conjunctsOf } from './planned-condition.ts';
import type { KeyRange } from '../../../mail/count-newest.ts';
import { fewMessages } from '../../../mail/is-led-by-index.ts';
import { firstUserLabelKey } from '../mail-format.ts';
import type { Sql } from './sql.ts';
import { joinSql, sql } from './sql.ts';

/** Which messages of a search to answer: the newest `limit` with keys in a range, both ends included. */
export interface Slice extends KeyRange {
  readonly limit: number;
}

/** The table that a search runs along, newest first. */
interface Driver {
  readonly from: string;
  /** The message's key in that table. */
  readonly key: string;
  /** The key as the range of a search is asked of it. */
  readonly rangeKey: string;
  readonly where: readonly Sql[];
  /** Whether the rows are so few that the full-text index is asked about each. */
  readonly isShort: boolean;
}

interface Plan {
  readonly driver: Driver;
  /** What the driver does not see to. */
  readonly rest: readonly PlannedCondition[];
}

/** Alternatives that are searched one by one and merged; with more, the messages are walked once for all of them. */
const maxAlternatives = 32;

/** SQL that answers the keys of the matching messages as `key`, newest first. Pure: all facts are in the condition. */
export function compileQuery(condition: PlannedCondition, slice: Slice): Sql {
  return compileWithin(condition, slice, maxAlternatives);
}

function compileWithin(condition: PlannedCondition, slice: Slice, alternativesLeft: number): Sql {
  const conditions = conjunctsOf(condition);
  const mixed = conditions.find(({ kind }) => kind === 'or');
  const plan = makePlan(conditions);
  if (plan === undefined && mixed?.kind === 'or' && mixed.conditions.length <= alternativesLeft) {
    const others = conditions.filter((condition) => condition !== mixed);
    const branchesLeft = Math.floor(alternativesLeft / mixed.conditions.length);
    const branches = mixed.conditions.map((alternative) =>
      sql('SELECT key FROM (?)', compileWithin(conjunction([alternative, ...others]), slice, branchesLeft)),
    );
    const union = {
      text: branches.map(({ text }) => text).join(' UNION '),
      parameters: branches.flatMap((b) => b.parameters),
    };
    return sql('SELECT key FROM (?) ORDER BY key DESC LIMIT ?', union, slice.limit);
  }
  const range = keyRange(conditions, slice);
  // One message is looked at, whatever is asked of it.
  const isOne = range.fromKey === range.toKey;
  const walk: Plan = { driver: alongMessages('message m', isOne), rest: conditions };
  const { driver, rest } = isOne ? walk : (plan ?? walk);
  const where = [
    ...driver.where,
    sql(`${driver.rangeKey} BETWEEN ? AND ?`, ...boundsOf(range)),
    ...rest.map((condition) => compileCondition(condition, driver, range)),
  ];
  return sql(
    `SELECT ${driver.key} AS key FROM ${driver.from} WHERE ? ORDER BY ${driver.key} DESC LIMIT ?`,
    joinSql(where, 'AND'),
    slice.limit,
  );
}

/** As integers: Node.js hands numbers to SQLite as floating-point ones, and FTS5 begins at the first row for those. */
function boundsOf({ fromKey, toKey }: KeyRange): readonly [bigint, bigint] {
  return [BigInt(fromKey), BigInt(toKey)];
}

/**
 * Whether the work of a search grows with its range of keys, however few messages are wanted: where words are asked of
 * the index beside the driver, it answers them for the whole range first.
 */
export function growsWithRange(condition: PlannedCondition): boolean {
  const conditions = conjunctsOf(condition);
  const plan = makePlan(conditions);
  return plan?.driver.isShort !== true && (plan?.rest ?? conditions).some(mentionsWords);
}

function mentionsWords(condition: PlannedCondition): boolean {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.some(mentionsWords);
    case 'not':
      return mentionsWords(condition.condition);
    case 'fullText':
      return true;
    case 'all':
    case 'none':
    case 'label':
    case 'userLabel':
    case 'column':
      return false;
  }
}

/** The driver that leaves the fewest rows to look at, or undefined where there is only the walk along all messages. */
function makePlan(conditions: readonly PlannedCondition[]): Plan | undefined {
  const without = (taken: PlannedCondition): readonly PlannedCondition[] =>
    conditions.filter((condition) => condition !== taken);
  const columns = conditions.filter((condition) => condition.kind === 'column');
  const byIndex = (isShort: boolean): Plan | undefined => {
    const column = columns.find((each) => each.index !== undefined && each.isShort === isShort);
    if (column === undefined) return undefined;
    const rest = without(column);
    // Words are asked for in windows of messages, newest first: each would walk through all sizes.
    if (column.index === 'message_by_size' && !isShort && rest.some(mentionsWords)) return undefined;
    const driver = alongMessages(`message m INDEXED BY ${column.index}`, isShort, column.sql);
    // Else SQLite looks for the range in every class of sizes.
    const rangeKey = column.index === 'message_by_size' ? `+${driver.key}` : driver.key;
    return { driver: { ...driver, rangeKey }, rest };
  };

  const labels = conditions.flatMap((condition) => {
    if (condition.kind !== 'label') return [];
    const messages = condition.labels.reduce((sum, { messagesTotal }) => sum + messagesTotal, 0);
    // Those of several labels have to be sorted first.
    return condition.labels.length === 1 || messages <= fewMessages ? [{ condition, messages }] : [];
  });
  const smallest = labels.toSorted((a, b) => a.messages - b.messages)[0];
  const isSmall = smallest !== undefined && smallest.messages <= fewMessages;
  const byLabel = (): Plan | undefined => {
    if (smallest === undefined) return undefined;
    const { condition } = smallest;
    const keys = condition.labels.map(({ key }) => key);
    const rows = `message_label WHERE label_key IN (${keys.join(', ')})`;
    const isOne = keys.length === 1;
    const driver = {
      from: isOne ? 'message_label d' : `(SELECT DISTINCT message_key FROM ${rows}) d`,
      key: 'd.message_key',
      rangeKey: 'd.message_key',
      where: isOne ? keys.map((key) => sql('d.label_key = ?', key)) : [],
      isShort: isSmall,
    };
    return { driver, rest: without(condition) };
  };

  const byFullText = (): Plan | undefined => {
    const words = conditions.find((condition) => condition.kind === 'fullText');
    if (words === undefined) return undefined;
    const where = [sql('full_text MATCH ?', words.expression)];
    const key = 'full_text.rowid';
    return { driver: { from: 'full_text', key, rangeKey: key, where, isShort: false }, rest: without(words) };
  };

  return (isSmall ? byLabel() : undefined) ?? byIndex(true) ?? byFullText() ?? byLabel() ?? byIndex(false);
}

function alongMessages(from: string, isShort: boolean, ...where: readonly Sql[]): Driver {
  return { from, key: 'm.id', rangeKey: 'm.id', where, isShort };
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
      if (driver.key === 'm.id') return condition.sql;
      return sql(`EXISTS (SELECT 1 FROM message m WHERE m.id = ${key} AND ?)`, condition.sql);
    }
    case 'fullText': {
      if (driver.isShort) {
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
    case 'all':
      return sql('TRUE');
    case 'none':
      return sql('FALSE');
  }
}
