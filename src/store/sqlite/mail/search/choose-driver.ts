import { fewMessages } from '../../../mail/is-led-by-index.ts';
import type { FullText, PlannedCondition } from './planned-condition.ts';
import type { Sql } from './sql.ts';
import { sql } from './sql.ts';

/** The table that a search runs along, newest first. */
export interface Driver {
  readonly from: Sql;
  /** The message's key in that table. */
  readonly key: string;
  /** The key as the range of a search is asked of it, where the rows are not those of a range already. */
  readonly rangeKey?: string;
  readonly where: readonly Sql[];
  /** Whether the rows are so few that the full-text index is asked about each. */
  readonly isShort: boolean;
  /** Whether the columns of `message m` are at hand. */
  readonly hasColumns: boolean;
}

/** How a search finds its messages: along a driver, or, without one, along all messages. */
export interface Plan {
  readonly driver: Driver | undefined;
  /** The condition that the driver sees to. */
  readonly taken: PlannedCondition | undefined;
  /** What the driver does not see to. */
  readonly rest: readonly PlannedCondition[];
}

/** The driver that leaves the fewest rows to look at. */
export function planOf(conditions: readonly PlannedCondition[]): Plan {
  const { driver, taken } = driverOf(conditions) ?? {};
  return { driver, taken, rest: conditions.filter((condition) => condition !== taken) };
}

type Choice = { readonly driver: Driver; readonly taken: PlannedCondition };

function driverOf(conditions: readonly PlannedCondition[]): Choice | undefined {
  const columns = conditions.filter((condition) => condition.kind === 'column');
  const byIndex = (isShort: boolean): Choice | undefined => {
    const column = columns.find((each) => each.index !== undefined && each.isShort === isShort);
    if (column?.index === undefined) return undefined;
    const driver = alongMessages(sql(`message m INDEXED BY ${column.index}`), isShort, column.sql);
    // Else SQLite looks for the range in every class of sizes.
    const rangeKey = column.index === 'message_by_size' ? `+${driver.key}` : driver.key;
    return { driver: { ...driver, rangeKey }, taken: column };
  };

  const labels = conditions.flatMap((condition) => {
    if (condition.kind !== 'label') return [];
    const messages = condition.labels.reduce((sum, { messagesTotal }) => sum + messagesTotal, 0);
    // Those of several labels have to be sorted first.
    return condition.labels.length === 1 || messages <= fewMessages ? [{ condition, messages }] : [];
  });
  const smallest = labels.toSorted((a, b) => a.messages - b.messages)[0];
  const isSmall = smallest !== undefined && smallest.messages <= fewMessages;
  const byLabel = (): Choice | undefined => {
    if (smallest === undefined) return undefined;
    const { condition } = smallest;
    const keys = condition.labels.map(({ key }) => key);
    const rows = `message_label WHERE label_key IN (${keys.join(', ')})`;
    const isOne = keys.length === 1;
    const driver = {
      from: sql(isOne ? 'message_label d' : `(SELECT DISTINCT message_key FROM ${rows}) d`),
      key: 'd.message_key',
      rangeKey: 'd.message_key',
      where: isOne ? keys.map((key) => sql('d.label_key = ?', key)) : [],
      isShort: isSmall,
      hasColumns: false,
    };
    return { driver, taken: condition };
  };

  const byKeys = (): Choice | undefined => {
    const few = conditions.find((condition) => condition.kind === 'keys');
    return few === undefined ? undefined : { driver: alongKeys(few.keys), taken: few };
  };

  const byFullText = (): Choice | undefined => {
    const words = conditions.find((condition) => condition.kind === 'fullText');
    if (words === undefined) return undefined;
    const key = 'full_text.rowid';
    const where = [sql('full_text MATCH ?', words.expression)];
    const driver = { from: sql('full_text'), key, rangeKey: key, where, isShort: false, hasColumns: false };
    return { driver, taken: words };
  };

  return byKeys() ?? (isSmall ? byLabel() : undefined) ?? byIndex(true) ?? byFullText() ?? byLabel() ?? byIndex(false);
}

function alongMessages(from: Sql, isShort: boolean, ...where: readonly Sql[]): Driver {
  return { from, key: 'm.id', rangeKey: 'm.id', where, isShort, hasColumns: true };
}

function alongKeys(keys: string): Driver {
  const from = sql('(SELECT value AS key FROM json_each(?)) k', keys);
  return { from, key: 'k.key', rangeKey: 'k.key', where: [], isShort: true, hasColumns: false };
}

/** Along the keys of a table or a query in parentheses. */
export function alongKeysOf(table: Sql): Driver {
  return { from: sql('? f', table), key: 'f.key', where: [], isShort: false, hasColumns: false };
}

/** Along the rows of all messages. */
export function alongAllMessages(isShort: boolean): Driver {
  return alongMessages(sql('message m'), isShort);
}

/** Whether the full-text index is asked for any part of a condition. */
export function mentionsWords(condition: PlannedCondition): boolean {
  return textsOf(condition).length > 0;
}

/** Whether it is asked for a phrase, or words near each other. */
export function mentionsPhrases(condition: PlannedCondition): boolean {
  return textsOf(condition).some(({ made }) => made === 'ofPhrases');
}

/** What is asked of the full-text index. */
export function textsOf(condition: PlannedCondition): readonly FullText[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.flatMap(textsOf);
    case 'not':
      return textsOf(condition.condition);
    case 'fullText':
      return [condition];
    case 'all':
    case 'none':
    case 'label':
    case 'userLabel':
    case 'keys':
    case 'column':
      return [];
  }
}
