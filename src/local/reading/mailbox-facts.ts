import { AppError } from '../../core/errors.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { integerOf } from '../../store/sqlite/database.ts';
import { smallLabelMessages } from '../search/compile-query.ts';
import type { LabelExtent } from '../search/condition.ts';
import { readLabels } from '../labels/labels.ts';
import type { MailboxFacts } from '../search/resolve-query.ts';

/** What a query is resolved against, as the mailbox is now. */
export function readFacts(mailbox: Database): MailboxFacts {
  const row = mailbox.get('SELECT longest_spill FROM mailbox');
  if (row === undefined) throw new AppError('UNAVAILABLE', `The file ${mailbox.file} is damaged.`);
  return {
    longestSpill: integerOf(row, 'longest_spill'),
    findLabels: (name) =>
      readLabels(mailbox)
        .filter((label) => foldForQuery(label.name) === foldForQuery(name))
        .map(({ key }) => readExtent(mailbox, key)),
  };
}

/** In a query a label is written without case, and `-` stands for spaces and `/` of its name. */
function foldForQuery(name: string): string {
  return name.toLowerCase().replaceAll(/[\s/]/g, '-');
}

function readExtent(mailbox: Database, key: number): LabelExtent {
  const row = mailbox.get(
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
