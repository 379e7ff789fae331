import { AppError } from '../../../../core/errors.ts';
import { allOf, anyOf, notOf, type Condition, type SizeRange } from '../../../mail/condition.ts';
import { fewMessages, type IndexedTotals } from '../../../mail/is-led-by-index.ts';
import { integerOf } from '../../../columns.ts';
import type { Queries } from '../../database.ts';
import { compileCondition } from './compile-condition.ts';
import { SqlBuilder } from './sql-builder.ts';
import { prepared } from '../../prepared-statement.ts';

/** Where the messages of a label begin and end. */
interface LabelExtent {
  readonly oldestKey: number;
  readonly newestKey: number;
  /** Counted up to one more than {@link fewMessages}. */
  readonly messagesTotal: number;
}

/** What searches are planned with: facts about the mailbox. */
export interface SearchFacts {
  readonly totals: IndexedTotals;
  readonly extents: ReadonlyMap<number, LabelExtent>;
  /** How many messages the mailbox has. */
  readonly messagesTotal: number;
  /** How far at most a message's key lies after the first key of its time. */
  readonly longestOverflow: number;
  /** Whether a message has more words than the index takes. */
  readonly hasPartialWords: boolean;
}

type Leaf = Exclude<Condition, { readonly kind: 'and' | 'or' | 'not' }>;

function leavesOf(condition: Condition): readonly Leaf[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.flatMap(leavesOf);
    case 'not':
      return leavesOf(condition.condition);
    case 'label':
    case 'all':
    case 'none':
    case 'text':
    case 'userLabel':
    case 'attachment':
    case 'date':
    case 'size':
    case 'messageId':
      return [condition];
  }
}

// The order keeps PostgreSQL to the index: it expects to meet so many of any label soon, wherever it looks. How many labels
// there are it does not see, or it would plan again for each number.
const selectFacts = prepared(
  `SELECT b.messages_total, b.longest_spill, k.key,
       EXISTS (SELECT 1 FROM message_text WHERE account = $1 AND is_partial) AS has_partial,
       (SELECT coalesce(min(message_key), 0) FROM message_label WHERE account = $1 AND label_key = k.key) AS oldest,
       (SELECT coalesce(max(message_key), 0) FROM message_label WHERE account = $1 AND label_key = k.key) AS newest,
       (SELECT count(*) FROM (
          SELECT 1 FROM message_label WHERE account = $1 AND label_key = k.key
          ORDER BY message_key LIMIT ${fewMessages + 1}) s) AS total
     FROM mailbox b LEFT JOIN unnest((SELECT $2::integer[])) AS k (key) ON TRUE WHERE b.account = $1`,
);

/** Facts about the mailbox, as far as the conditions ask for them. */
export async function readSearchFacts(
  queries: Queries,
  account: number,
  conditions: readonly Condition[],
): Promise<SearchFacts> {
  const leaves = conditions.flatMap(leavesOf);
  const labelKeys = leaves.flatMap((leaf) => (leaf.kind === 'label' ? leaf.keys : []));
  const rows = await queries.all(selectFacts, account, [...new Set(labelKeys)]);
  const [first] = rows;
  if (first === undefined) throw new AppError('UNAVAILABLE', `The mailbox ${account} is gone.`);
  const extents = rows.flatMap((row) =>
    row.key === null
      ? []
      : [
          [
            integerOf(row, 'key'),
            {
              oldestKey: integerOf(row, 'oldest'),
              newestKey: integerOf(row, 'newest'),
              messagesTotal: integerOf(row, 'total'),
            },
          ] as const,
        ],
  );
  const totals = await countIndexed(queries, account, leaves);
  const byLabel = new Map(extents);
  return {
    messagesTotal: integerOf(first, 'messages_total'),
    longestOverflow: integerOf(first, 'longest_spill'),
    hasPartialWords: first.has_partial === true,
    extents: byLabel,
    totals: {
      rareSizes: fewMessages,
      ofLabel: (key) => byLabel.get(key)?.messagesTotal ?? 0,
      ofSize: (range) => totals.get(keyOf(range)) ?? fewMessages + 1,
      withAttachment: () => totals.get(keyOf('attachment')) ?? fewMessages + 1,
    },
  };
}

/** The same condition where labels that no message has, such as SPAM in most mailboxes, are asked of none. */
export function withoutEmptyLabels(condition: Condition, totals: IndexedTotals): Condition {
  const without = (part: Condition): Condition => withoutEmptyLabels(part, totals);
  switch (condition.kind) {
    case 'label': {
      const keys = condition.keys.filter((key) => totals.ofLabel(key) > 0);
      return keys.length === 0 ? { kind: 'none' } : { kind: 'label', keys };
    }
    case 'and':
      return allOf(condition.conditions.map(without));
    case 'or':
      return anyOf(condition.conditions.map(without));
    case 'not':
      return notOf(without(condition.condition));
    case 'all':
    case 'none':
    case 'text':
    case 'userLabel':
    case 'attachment':
    case 'date':
    case 'size':
    case 'messageId':
      return condition;
  }
}

/** No more ranges of sizes than this are counted for one search. */
const mostCounted = 8;

function keyOf(counted: SizeRange | 'attachment'): string {
  return counted === 'attachment' ? counted : `${counted.minBytes} ${counted.belowBytes}`;
}

/** How many messages the sizes and attachments among these conditions have, each counted up to one more than {@link fewMessages}. */
async function countIndexed(
  queries: Queries,
  account: number,
  leaves: readonly Leaf[],
): Promise<ReadonlyMap<string, number>> {
  const counted = new Map(
    leaves.flatMap((leaf): readonly (readonly [string, Leaf])[] => {
      if (leaf.kind === 'attachment') return [[keyOf('attachment'), leaf]];
      return leaf.kind === 'size' ? [[keyOf(leaf), leaf]] : [];
    }),
  );
  const totals = new Map<string, number>();
  for (const [key, leaf] of [...counted].slice(0, mostCounted)) {
    const builder = new SqlBuilder(account);
    const row = await queries.get(
      `SELECT count(*) AS total FROM (
         SELECT 1 FROM message m WHERE m.account = $1 AND ${compileCondition(leaf, 'm', builder)}
         ORDER BY ${leaf.kind === 'size' ? 'm.size_bytes' : 'm.key'} LIMIT ${fewMessages + 1}) s`,
      ...builder.parameters,
    );
    totals.set(key, row === undefined ? 0 : integerOf(row, 'total'));
  }
  return totals;
}
