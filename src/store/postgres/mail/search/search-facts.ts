import { AppError } from '../../../../core/errors.ts';
import type { Condition } from '../../../mail/condition.ts';
import { smallLabelMessages } from '../../../mail/is-led-by-index.ts';
import { integerOf } from '../../../columns.ts';
import type { Queries } from '../../database.ts';

/** Where the messages of a label begin and end. */
interface LabelExtent {
  readonly oldestKey: number;
  readonly newestKey: number;
  /** Counted up to one more than {@link smallLabelMessages}. */
  readonly messagesTotal: number;
}

/** What searches are planned with: facts about the mailbox. */
export interface SearchFacts {
  readonly extents: ReadonlyMap<number, LabelExtent>;
  /** How far at most a message's key lies after the first key of its time. */
  readonly longestOverflow: number;
  /** Whether a message has more words than the index takes. */
  readonly hasPartialWords: boolean;
}

function labelKeysIn(condition: Condition): readonly number[] {
  switch (condition.kind) {
    case 'label':
      return condition.keys;
    case 'and':
    case 'or':
      return condition.conditions.flatMap(labelKeysIn);
    case 'not':
      return labelKeysIn(condition.condition);
    case 'all':
    case 'none':
    case 'text':
    case 'userLabel':
    case 'attachment':
    case 'date':
    case 'size':
    case 'messageId':
      return [];
  }
}

/** Facts about the mailbox, as far as the conditions ask for them. */
export async function readSearchFacts(
  queries: Queries,
  account: number,
  conditions: readonly Condition[],
): Promise<SearchFacts> {
  // The order keeps PostgreSQL to the index: it expects to meet so many of any label soon, wherever it looks.
  const rows = await queries.all(
    `SELECT b.longest_spill, k.key,
       EXISTS (SELECT 1 FROM message_text WHERE account = $1 AND is_partial) AS has_partial,
       (SELECT coalesce(min(message_key), 0) FROM message_label WHERE account = $1 AND label_key = k.key) AS oldest,
       (SELECT coalesce(max(message_key), 0) FROM message_label WHERE account = $1 AND label_key = k.key) AS newest,
       (SELECT count(*) FROM (
          SELECT 1 FROM message_label WHERE account = $1 AND label_key = k.key
          ORDER BY message_key LIMIT ${smallLabelMessages + 1}) s) AS total
     FROM mailbox b LEFT JOIN unnest($2::integer[]) AS k (key) ON TRUE WHERE b.account = $1`,
    account,
    [...new Set(conditions.flatMap(labelKeysIn))],
  );
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
  return {
    longestOverflow: integerOf(first, 'longest_spill'),
    hasPartialWords: first.has_partial === true,
    extents: new Map(extents),
  };
}
