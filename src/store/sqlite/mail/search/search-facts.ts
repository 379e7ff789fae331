import { AppError } from '../../../../core/errors.ts';
import { integerOf } from '../../../columns.ts';
import type { Database } from '../../database.ts';
import { smallLabelMessages } from '../../../mail/is-led-by-index.ts';
import type { SearchFacts } from './plan-condition.ts';
import type { LabelExtent } from './planned-condition.ts';

/** What conditions are planned with, as the mailbox is now. */
export function readSearchFacts(database: Database): SearchFacts {
  const row = database.get('SELECT longest_spill FROM mailbox');
  if (row === undefined) throw new AppError('UNAVAILABLE', `The file ${database.file} is damaged.`);
  const extents = new Map<number, LabelExtent>();
  const extentOf = (labelKey: number): LabelExtent => {
    const extent = extents.get(labelKey) ?? readExtent(database, labelKey);
    extents.set(labelKey, extent);
    return extent;
  };
  return { longestOverflow: integerOf(row, 'longest_spill'), extentOf };
}

function readExtent(database: Database, key: number): LabelExtent {
  const row = database.get(
    `SELECT
       coalesce((SELECT min(message_key) FROM message_label WHERE label_key = ?1), 0) AS oldest,
       coalesce((SELECT max(message_key) FROM message_label WHERE label_key = ?1), 0) AS newest,
       (SELECT count(*) FROM (SELECT 1 FROM message_label WHERE label_key = ?1 LIMIT ${smallLabelMessages + 1})) AS total`,
    key,
  );
  return {
    key,
    oldestMessageKey: row === undefined ? 0 : integerOf(row, 'oldest'),
    newestMessageKey: row === undefined ? 0 : integerOf(row, 'newest'),
    messagesTotal: row === undefined ? 0 : integerOf(row, 'total'),
  };
}
