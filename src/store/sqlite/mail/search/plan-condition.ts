import { hashText } from '../../../../mail/text/hash-text.ts';
import {
  notOf,
  type Condition,
  type IndexedField,
  type SizeRange,
  type TextCondition,
} from '../../../mail/condition.ts';
import { hasFew, type IndexedTotals } from '../../../mail/is-led-by-index.ts';
import { sizeClass, sizeClassOf } from '../mail-format.ts';
import { fieldWord } from '../field-words.ts';
import { firstMessageKey } from '../message-key.ts';
import type { LabelExtent, PlannedCondition } from './planned-condition.ts';
import { conjunction, disjunction, negation } from './planned-condition.ts';
import type { Sql } from './sql.ts';
import { joinSql, sql } from './sql.ts';

/** What a condition can only be planned with: facts about the mailbox it is asked of. */
export interface SearchFacts {
  readonly totals: IndexedTotals;
  readonly extentOf: (labelKey: number) => LabelExtent;
  /** The keys of messages of these sizes as a JSON array, where they are few. */
  readonly keysOfSize: (range: SizeRange) => string | undefined;
  /** How far at most a message's key lies after the first key of its time. */
  readonly longestOverflow: number;
}

/** Columns of the full-text index that are not named as their field is. */
const columns: Readonly<Partial<Record<IndexedField, string>>> = { deliveredTo: 'delivered_to' };

/** A condition with what the mailbox knows about it. */
export function planCondition(condition: Condition, facts: SearchFacts): PlannedCondition {
  const plan = (child: Condition): PlannedCondition => planCondition(child, facts);
  switch (condition.kind) {
    case 'all':
    case 'none':
    case 'userLabel':
      return condition;
    case 'and':
      return conjunction(condition.conditions.map(plan));
    case 'or':
      return disjunction(condition.conditions.map(plan));
    case 'not':
      return planNegation(condition.condition, facts);
    case 'text':
      return {
        kind: 'fullText',
        expression: expressionOf(condition),
        loose: expressionOf(condition, inAnyPlace),
        made: condition.words.length === 1 && condition.near === undefined ? 'ofWords' : 'ofPhrases',
      };
    case 'label': {
      const labels = condition.keys.map(facts.extentOf).filter(({ messagesTotal }) => messagesTotal > 0);
      return labels.length === 0 ? { kind: 'none' } : { kind: 'label', labels };
    }
    case 'attachment':
      return {
        kind: 'column',
        sql: sql("m.attachment_names <> '[]'"),
        index: 'message_with_attachment',
        isShort: hasFew(condition, facts.totals),
      };
    case 'date':
      return planDate(condition, facts);
    case 'size':
      return planSize(condition, facts);
    case 'messageId': {
      const { messageId } = condition;
      return {
        kind: 'column',
        sql: sql('m.message_id_hash = ? AND m.message_id = ?', hashText(messageId), messageId),
        index: 'message_by_message_id',
        isShort: true,
      };
    }
  }
}

/** What is negated in the end are single conditions, and of these dates and sizes are ranges again. */
function planNegation(condition: Condition, facts: SearchFacts): PlannedCondition {
  if (condition.kind === 'and' || condition.kind === 'or') {
    const negated = condition.conditions.map((each) => planNegation(each, facts));
    return condition.kind === 'and' ? disjunction(negated) : conjunction(negated);
  }
  const opposite = notOf(condition);
  return opposite.kind === 'not' ? negation(planCondition(condition, facts)) : planCondition(opposite, facts);
}

function expressionOf(condition: TextCondition, join: Join = inOrder): string {
  const { fields, asStoredBefore } = condition;
  if (fields === undefined) return join(condition, asIs);
  if (asStoredBefore === true) return inColumns(fields, join(condition, asIs));
  const alternatives = fields.map((field) =>
    field === 'body' ? inColumns([field], join(condition, asIs)) : join(condition, (word) => fieldWord(field, word)),
  );
  return alternatives.length === 1 ? alternatives.join('') : `(${alternatives.join(' OR ')})`;
}

function inColumns(fields: readonly IndexedField[], expression: string): string {
  return `{${fields.map((field) => columns[field] ?? field).join(' ')}} : ${expression}`;
}

/** Words, each as it is stored, in one expression. They hold letters, digits and `_` only, so nothing in them can end a phrase. */
type Join = (condition: TextCondition, stored: (word: string) => string) => string;

const asIs = (word: string): string => word;

/** As a phrase, or near each other: NEAR counts the words between. */
const inOrder: Join = ({ words, near }, stored) => {
  const text = (some: readonly string[]): string => `"${some.map(stored).join(' ')}"`;
  return near === undefined ? text(words) : `NEAR(${text(words)} ${text(near.words)}, ${near.within - 1})`;
};

const inAnyPlace: Join = ({ words, near }, stored) => {
  const different = [...new Set([...words, ...(near?.words ?? [])])];
  return `(${different.map((word) => `"${stored(word)}"`).join(' AND ')})`;
};

function planDate(
  { fromMs, beforeMs }: { readonly fromMs?: number; readonly beforeMs?: number },
  { longestOverflow }: SearchFacts,
): PlannedCondition {
  return {
    kind: 'column',
    sql: between('m.internal_ms', fromMs, beforeMs),
    ...(fromMs === undefined ? {} : { fromKey: firstMessageKey(fromMs) }),
    ...(beforeMs === undefined ? {} : { toKey: firstMessageKey(beforeMs) + longestOverflow }),
    certain: {
      fromKey: fromMs === undefined ? 0 : firstMessageKey(fromMs) + longestOverflow + 1,
      toKey: beforeMs === undefined ? Number.MAX_SAFE_INTEGER : firstMessageKey(beforeMs) - 1,
    },
  };
}

function planSize(range: SizeRange, { totals, keysOfSize }: SearchFacts): PlannedCondition {
  const limits = sizeLimits(range);
  if (totals.ofSize(range) > totals.rareSizes) return { kind: 'column', sql: limits };
  const keys = keysOfSize(range);
  if (keys !== undefined) return { kind: 'keys', keys };
  return { kind: 'column', sql: limits, index: 'message_by_size', isShort: false };
}

/** Sizes as an index finds them: SQLite looks for the expression that it was made with. */
export function sizeLimits({ minBytes, belowBytes }: SizeRange): Sql {
  const classes = between(
    sizeClass('m.'),
    minBytes === undefined ? undefined : sizeClassOf(minBytes),
    belowBytes === undefined ? undefined : sizeClassOf(belowBytes) + 1,
  );
  return joinSql([classes, between('m.size_bytes', minBytes, belowBytes)], 'AND');
}

/** From the first limit on and below the second, each where it is given. */
function between(column: string, from: number | undefined, below: number | undefined): Sql {
  return joinSql(
    [
      from === undefined ? sql('TRUE') : sql(`${column} >= ?`, from),
      below === undefined ? sql('TRUE') : sql(`${column} < ?`, below),
    ],
    'AND',
  );
}
