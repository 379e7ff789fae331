import { integerOf } from '../../../columns.ts';
import type { KeyRange } from '../../../mail/count-newest.ts';
import type { Database } from '../../database.ts';
import { mentionsWords, planOf, textsOf } from './choose-driver.ts';
import { compileRows, keyRange } from './compile-query.ts';
import { listsOfKeys, merged } from './key-lists.ts';
import { conjunctsOf, type FullText, type PlannedCondition } from './planned-condition.ts';
import { readKeys } from './read-keys.ts';
import type { Sql } from './sql.ts';

/** Where of so many messages at least one is asked about, reading all that have the words costs less. */
const messagesForOneKey = 20;

/**
 * A condition that leads to few messages, with its words looked up for these; any other as it is. FTS5 asked whether one message
 * has a phrase looks for the next that has, through all of the mailbox where there is none: each
 * of them is only sought once, and the messages before it are passed over.
 */
export function lookUpWords(database: Database, condition: PlannedCondition, within: KeyRange): PlannedCondition {
  const conditions = conjunctsOf(condition);
  const { driver, rest } = planOf(conditions);
  if (driver?.isShort !== true || !rest.some(mentionsWords)) return condition;
  const bare = rest.filter((each) => !mentionsWords(each));
  const slice = { ...keyRange(conditions, within), limit: Number.MAX_SAFE_INTEGER };
  const few = compileRows(driver, bare, slice);
  const isDense = areDense(database, few);
  // About single words each message is asked as quickly.
  const isAsked = ({ made }: FullText): boolean => !isDense && made === 'ofWords';
  if (rest.flatMap(textsOf).every(isAsked)) return condition;
  const keys = readKeys(database, few).toReversed();
  if (keys.length === 0) return { kind: 'none' };
  const lookUp = (each: PlannedCondition): PlannedCondition => {
    switch (each.kind) {
      case 'fullText':
        if (isAsked(each)) return each;
        if (isDense) return oneOf(readWith(database, each, keys));
        // What FTS5's NOT takes away it reads from its beginning each time.
        return hasNot(each.parts) ? lookUp(each.parts) : oneOf(seekWith(database, each.expression, keys));
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

function hasNot(parts: PlannedCondition | undefined): parts is PlannedCondition {
  return parts?.kind === 'and' && parts.conditions.some(({ kind }) => kind === 'not');
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

/** Those of the keys, which ascend, whose messages have the words; all that have them between their ends are read. */
function readWith(database: Database, words: FullText, keys: readonly number[]): readonly number[] {
  const range = { fromKey: keys[0] ?? 0, toKey: keys.at(-1) ?? 0, isNarrow: true };
  const lists = listsOfKeys([{ kind: 'keys', keys: JSON.stringify(keys) }, words], range);
  return readKeys(database, merged(lists, 'INTERSECT'));
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
