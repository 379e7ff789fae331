import { integerOf } from '../../../columns.ts';
import type { KeyRange } from '../../../mail/count-newest.ts';
import type { Database } from '../../database.ts';
import { mentionsWords, planOf, textsOf } from './choose-driver.ts';
import { compileRows, keyRange } from './compile-query.ts';
import { conjunctsOf, type FullText, type PlannedCondition } from './planned-condition.ts';
import type { Sql } from './sql.ts';

/** Where of so many messages at least one is asked about, reading all that have the words costs less. */
const messagesForOneKey = 20;

/**
 * A condition that leads to few messages, with its words looked up for these; any other as it is. FTS5 asked whether one message
 * has a phrase, or words that rarely meet, looks for the next that has, through all of the mailbox where there is none: each
 * of them is only sought once, and the messages before it are passed over.
 */
export function lookUpWords(database: Database, condition: PlannedCondition, within: KeyRange): PlannedCondition {
  const conditions = conjunctsOf(condition);
  const { driver, rest } = planOf(conditions);
  if (driver?.isShort !== true || !rest.some(mentionsWords)) return condition;
  const bare = rest.filter((each) => !mentionsWords(each));
  const slice = { ...keyRange(conditions, within), limit: Number.MAX_SAFE_INTEGER, order: 'ASC' } as const;
  const few = compileRows(driver, bare, slice);
  const isDense = areDense(database, few);
  // Of single words, SQLite asks about each message as quickly.
  const isAsked = ({ made }: FullText): boolean => !isDense && made === 'ofAnyWord';
  if (rest.flatMap(textsOf).every(isAsked)) return condition;
  const keys = database.all(few.text, ...few.parameters).map((row) => integerOf(row, 'key'));
  if (keys.length === 0) return { kind: 'none' };
  const lookUp = (each: PlannedCondition): PlannedCondition => {
    switch (each.kind) {
      case 'fullText':
        if (isAsked(each)) return each;
        if (isDense) return oneOf(readWith(database, each.expression, keys));
        return each.parts === undefined ? oneOf(seekWith(database, each.expression, keys)) : lookUp(each.parts);
      case 'and':
      case 'or':
        return { ...each, conditions: each.conditions.map(lookUp) };
      case 'not':
        return { ...each, condition: lookUp(each.condition) };
      case 'all':
      case 'none':
      case 'label':
      case 'userLabel':
      case 'keys':
      case 'column':
        return each;
    }
  };
  return { kind: 'and', conditions: [oneOf(keys), ...rest.filter(mentionsWords).map(lookUp)] };
}

function oneOf(keys: readonly number[]): PlannedCondition {
  return keys.length === 0 ? { kind: 'none' } : { kind: 'keys', keys: JSON.stringify(keys) };
}

/** Whether the messages between the ends of few keys are not many more. */
function areDense(database: Database, few: Sql): boolean {
  const row = database.get(
    `WITH few AS MATERIALIZED (SELECT count(*) * ${messagesForOneKey} AS most, min(key) AS oldest, max(key) AS newest FROM (${few.text}))
     SELECT most, (SELECT count(*) FROM (SELECT 1 FROM full_text_docsize
       WHERE id BETWEEN (SELECT oldest FROM few) AND (SELECT newest FROM few) LIMIT (SELECT most + 1 FROM few))) AS messages
     FROM few`,
    ...few.parameters,
  );
  return row !== undefined && integerOf(row, 'messages') <= integerOf(row, 'most');
}

/** Those of the keys, which ascend, whose messages match an expression; all that match between their ends are read. */
function readWith(database: Database, expression: string, keys: readonly number[]): readonly number[] {
  const matches = 'SELECT rowid AS key FROM full_text WHERE full_text MATCH ? AND rowid BETWEEN ? AND ?';
  const list = `SELECT value AS key FROM json_each(?) INTERSECT ${matches} ORDER BY 1`;
  const ends = [BigInt(keys[0] ?? 0), BigInt(keys.at(-1) ?? 0)] as const;
  return database.all(list, JSON.stringify(keys), expression, ...ends).map((row) => integerOf(row, 'key'));
}

/** The same; from each key on, the next message that matches is sought. */
function seekWith(database: Database, expression: string, keys: readonly number[]): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at < keys.length;) {
    const row = database.get(
      'SELECT rowid AS key FROM full_text WHERE full_text MATCH ? AND rowid >= ? ORDER BY rowid LIMIT 1',
      expression,
      BigInt(keys[at] ?? 0),
    );
    if (row === undefined) break;
    const next = integerOf(row, 'key');
    while (at < keys.length && (keys[at] ?? next) < next) at += 1;
    if (keys[at] !== next) continue;
    found.push(next);
    at += 1;
  }
  return found;
}
