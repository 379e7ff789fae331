import { AppError } from '../../../../core/errors.ts';
import { integerOf } from '../../../columns.ts';
import type { Database, Parameter } from '../../database.ts';
import { fewMessages } from '../../../mail/is-led-by-index.ts';
import type { SizeRange } from '../../../mail/condition.ts';
import { sizeLimits, type SearchFacts } from './plan-condition.ts';
import type { LabelExtent } from './planned-condition.ts';

/** What conditions are planned with, as the mailbox is now. */
export function readSearchFacts(database: Database): SearchFacts {
  const row = database.get('SELECT longest_spill FROM mailbox');
  if (row === undefined) throw new AppError('UNAVAILABLE', `The file ${database.file} is damaged.`);
  const extentOf = remembering((labelKey: number) => readExtent(database, labelKey));
  const ofSize = remembering((range: SizeRange) => countSizes(database, range), JSON.stringify);
  let attachments: number | undefined;
  const withAttachment = (): number =>
    (attachments ??= countFew(database, 'message_with_attachment', "attachment_names <> '[]'", []));
  const totals = { withAttachment, ofLabel: (key: number) => extentOf(key).messagesTotal, ofSize };
  return { longestOverflow: integerOf(row, 'longest_spill'), extentOf, totals };
}

/** The function, called once for each argument. */
function remembering<A, R>(read: (argument: A) => R, keyOf: (argument: A) => unknown = (argument) => argument) {
  const known = new Map<unknown, R>();
  return (argument: A): R => {
    const key = keyOf(argument);
    const result = known.get(key) ?? read(argument);
    known.set(key, result);
    return result;
  };
}

function countSizes(database: Database, range: SizeRange): number {
  const { text, parameters } = sizeLimits(range);
  return countFew(database, 'message_by_size', text, parameters);
}

function countFew(database: Database, index: string, where: string, parameters: readonly Parameter[]): number {
  const rows = `SELECT 1 FROM message m INDEXED BY ${index} WHERE ${where} LIMIT ${fewMessages + 1}`;
  const row = database.get(`SELECT count(*) AS total FROM (${rows})`, ...parameters);
  return row === undefined ? 0 : integerOf(row, 'total');
}

function readExtent(database: Database, key: number): LabelExtent {
  const row = database.get(
    `SELECT
       coalesce((SELECT min(message_key) FROM message_label WHERE label_key = ?1), 0) AS oldest,
       coalesce((SELECT max(message_key) FROM message_label WHERE label_key = ?1), 0) AS newest,
       (SELECT count(*) FROM (SELECT 1 FROM message_label WHERE label_key = ?1 LIMIT ${fewMessages + 1})) AS total`,
    key,
  );
  return {
    key,
    oldestMessageKey: row === undefined ? 0 : integerOf(row, 'oldest'),
    newestMessageKey: row === undefined ? 0 : integerOf(row, 'newest'),
    messagesTotal: row === undefined ? 0 : integerOf(row, 'total'),
  };
}
