import { AppError } from '../../../../core/errors.ts';
import { integerOf, textOf } from '../../../columns.ts';
import type { Database } from '../../database.ts';
import { sizeClassOf } from '../mail-format.ts';
import { fewMessages } from '../../../mail/is-led-by-index.ts';
import type { SizeRange } from '../../../mail/condition.ts';
import { sizeLimits, type SearchFacts } from './plan-condition.ts';
import type { LabelExtent } from './planned-condition.ts';
import { sql, type Sql } from './sql.ts';

/**
 * Of so many messages one at most is in a range of sizes that is walked by its index: of one in fifty or less, the newest 50
 * are found sooner in all of them, sorted, than along the messages, whose rows are read one by one.
 */
const messagesForOneRare = 50;

/** What conditions are planned with, as the mailbox is now. */
export function readSearchFacts(database: Database): SearchFacts {
  const row = database.get('SELECT longest_spill, messages_total FROM mailbox');
  if (row === undefined) throw new AppError('UNAVAILABLE', `The file ${database.file} is damaged.`);
  const extentOf = remembering((labelKey: number) => readExtent(database, labelKey));
  const rareSizes = Math.max(fewMessages, Math.floor(integerOf(row, 'messages_total') / messagesForOneRare));
  const sizesOf = remembering((range: SizeRange) => readSizes(database, range, rareSizes), JSON.stringify);
  let attachments: number | undefined;
  const withAttachment = (): number =>
    (attachments ??= countIndexed(database, 'message_with_attachment', sql("attachment_names <> '[]'"), fewMessages));
  const ofLabel = (key: number): number => extentOf(key).messagesTotal;
  const totals = { withAttachment, ofLabel, ofSize: (range: SizeRange) => sizesOf(range).total, rareSizes };
  const keysOfSize = (range: SizeRange): string | undefined => sizesOf(range).keys;
  return { longestOverflow: integerOf(row, 'longest_spill'), extentOf, keysOfSize, totals };
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

interface Sizes {
  readonly total: number;
  readonly keys?: string;
}

/**
 * How many messages a range of sizes has, counted up to one more than `most`, and their keys where they are few: finding these
 * may take a look at all messages of a class of sizes.
 */
function readSizes(database: Database, range: SizeRange, most: number): Sizes {
  const where = sizeLimits(range);
  // In one class of sizes all of it is looked at, which is not to be done twice.
  const bound = isOfOneClass(range) ? most : fewMessages;
  const row = database.get(
    `WITH some AS MATERIALIZED (SELECT id FROM message m INDEXED BY message_by_size WHERE ${where.text} LIMIT ${bound + 1})
     SELECT count(*) AS total, iif(count(*) > ${fewMessages}, '', (SELECT json_group_array(id) FROM some)) AS keys FROM some`,
    ...where.parameters,
  );
  const total = row === undefined ? 0 : integerOf(row, 'total');
  if (row !== undefined && total <= fewMessages) return { total, keys: textOf(row, 'keys') };
  return { total: bound === most ? total : countIndexed(database, 'message_by_size', where, most) };
}

function isOfOneClass({ minBytes, belowBytes }: SizeRange): boolean {
  return minBytes !== undefined && belowBytes !== undefined && sizeClassOf(minBytes) === sizeClassOf(belowBytes - 1);
}

/** Counted up to one more than `most`. */
function countIndexed(database: Database, index: string, where: Sql, most: number): number {
  const rows = `SELECT 1 FROM message m INDEXED BY ${index} WHERE ${where.text} LIMIT ${most + 1}`;
  const row = database.get(`SELECT count(*) AS total FROM (${rows})`, ...where.parameters);
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
