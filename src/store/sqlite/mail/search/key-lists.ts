import type { KeyRange } from '../../../mail/count-newest.ts';
import { firstUserLabelKey } from '../mail-format.ts';
import type { FullText, PlannedCondition } from './planned-condition.ts';
import type { Sql } from './sql.ts';
import { sql } from './sql.ts';

/** Of more labels the messages are sorted: SQLite merges two lists at a time. */
const mostMerged = 8;

/** Keys of messages, both ends included. */
export interface ListedRange extends KeyRange {
  /** Whether they are few beside all messages: FTS5 looks for a phrase beyond the end of a range, unless it is kept from it. */
  readonly isNarrow?: boolean;
}

/**
 * SQL for the keys of all messages in a range, both ends included. Every message has a row in the table of the lengths of its
 * texts, which is a twentieth of the size of `message`.
 */
export function allKeys(range: KeyRange): Sql {
  return sql('SELECT id AS key FROM full_text_docsize WHERE id BETWEEN ? AND ?', ...boundsOf(range));
}

/**
 * SQL for the keys in a range of the messages that hold a condition, as `key`, which an index has in their order or nearly
 * so. Undefined where no index has them: then each message has to be looked at.
 */
function listOfKeys(condition: PlannedCondition, range: ListedRange): Sql | undefined {
  const bounds = boundsOf(range);
  switch (condition.kind) {
    case 'fullText':
      return range.isNarrow === true && condition.made === 'ofPhrases'
        ? listOfPhrases(condition, range)
        : listOfMatches(condition.expression, range);
    case 'label': {
      const keys = condition.labels.map(({ key }) => key);
      if (keys.length > mostMerged) {
        const rows = `SELECT DISTINCT message_key AS key FROM message_label WHERE label_key IN (${keys.join(', ')})`;
        return sql(`${rows} AND message_key BETWEEN ? AND ?`, ...bounds);
      }
      const lists = keys.map((key) =>
        sql(
          'SELECT message_key AS key FROM message_label WHERE label_key = ? AND message_key BETWEEN ? AND ?',
          key,
          ...bounds,
        ),
      );
      return lists.length === 1 ? lists[0] : inOrder(merged(lists, 'UNION'));
    }
    case 'userLabel':
      return sql(
        `SELECT DISTINCT message_key AS key FROM message_label INDEXED BY label_by_message
         WHERE label_key >= ${firstUserLabelKey} AND message_key BETWEEN ? AND ?`,
        ...bounds,
      );
    case 'keys':
      return sql('SELECT value AS key FROM json_each(?) WHERE value BETWEEN ? AND ?', condition.keys, ...bounds);
    case 'column': {
      if (condition.index === undefined) return undefined;
      const key = condition.index === 'message_with_attachment' ? 'm.id' : '+m.id';
      const rows = `SELECT m.id AS key FROM message m INDEXED BY ${condition.index} WHERE (?) AND ${key} BETWEEN ? AND ?`;
      return sql(rows, condition.sql, ...bounds);
    }
    case 'all':
    case 'none':
    case 'and':
    case 'or':
    case 'not':
      return undefined;
  }
}

function listOfMatches(expression: string, range: KeyRange): Sql {
  const rows = 'SELECT rowid AS key FROM full_text WHERE full_text MATCH ? AND rowid BETWEEN ? AND ?';
  return sql(rows, expression, ...boundsOf(range));
}

/**
 * The same without a look beyond the range. For a phrase, FTS5 looks on from message to message until one matches, and only then at
 * the end of the range; so those are taken, in which its words are in other places, from those that have its words.
 */
function listOfPhrases({ expression, loose, parts }: FullText, range: ListedRange): Sql {
  if (parts?.kind !== 'and' && parts?.kind !== 'or') {
    const others = listOfMatches(`(${loose} NOT ${expression})`, range);
    return inOrder(merged([listOfMatches(loose, range), others], 'EXCEPT'));
  }
  const wanted = parts.conditions.filter(({ kind }) => kind !== 'not');
  const unwanted = parts.conditions.filter(({ kind }) => kind === 'not');
  const all = merged(listsOfKeys(wanted, range), parts.kind === 'or' ? 'UNION' : 'INTERSECT');
  return inOrder(merged([all, ...listsOfKeys(unwanted, range)], 'EXCEPT'));
}

function inOrder(list: Sql): Sql {
  return sql('SELECT key FROM (? ORDER BY 1 DESC LIMIT -1)', list);
}

/** The lists that there are for these conditions, or for what they negate. */
export function listsOfKeys(conditions: readonly PlannedCondition[], range: KeyRange): readonly Sql[] {
  const bare = conditions.map((condition) => (condition.kind === 'not' ? condition.condition : condition));
  return bare.flatMap((condition) => listOfKeys(condition, range) ?? []);
}

/** Whether {@link listOfKeys} has a list for it, or for what it negates. */
export function hasList(condition: PlannedCondition): boolean {
  if (condition.kind === 'not') return condition.condition.kind !== 'not' && hasList(condition.condition);
  if (condition.kind === 'column') return condition.index !== undefined;
  return ['fullText', 'label', 'userLabel', 'keys'].includes(condition.kind);
}

/** Lists as one, which SQLite merges row by row where each is in order: `ORDER BY 1` is to follow. */
export function merged(lists: readonly Sql[], word: 'UNION' | 'UNION ALL' | 'INTERSECT' | 'EXCEPT'): Sql {
  return {
    text: lists.map(({ text }) => text).join(` ${word} `),
    parameters: lists.flatMap((list) => list.parameters),
  };
}

/** As integers: Node.js hands numbers to SQLite as floating-point ones, and FTS5 begins at the first row for those. */
export function boundsOf({ fromKey, toKey }: KeyRange): readonly [bigint, bigint] {
  return [BigInt(fromKey), BigInt(toKey)];
}
