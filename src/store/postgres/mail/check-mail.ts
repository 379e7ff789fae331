import { integerOf, textOf } from '../../columns.ts';
import { bytesFaults, isWhole, maxExamples, sizeOf, type MailCheck, type MailFault } from '../../mail/mail-check.ts';
import type { PostgresDatabase, Queries } from '../database.ts';
import { lockMail, orGone, type FoundMailbox } from './lock-mailbox.ts';

const batchRows = 50;

/** Rows of one kind that are wrong, and what puts them right; `$1` is the account. */
interface Wrong {
  readonly what: string;
  /** Selects `example`, a text, of each wrong row. */
  readonly select: string;
  readonly repairs: readonly string[];
}

/** Rows of a table whose message is not there. */
function strays(table: string, key: string): string {
  return `FROM ${table} s WHERE s.account = $1
    AND NOT EXISTS (SELECT 1 FROM message m WHERE m.account = $1 AND m.key = s.${key})`;
}

function deleteStrays(table: string, key: string): string {
  return `DELETE ${strays(table, key)}`;
}

const countedMessages = '(SELECT count(*) FROM message WHERE account = $1)';
const countedThreads = '(SELECT count(*) FROM thread WHERE account = $1 AND messages_total > 0)';
const countedInThread = '(SELECT count(*) FROM message m WHERE m.account = $1 AND m.thread_key = t.key)';
const strayLabel = `FROM message_label s WHERE s.account = $1 AND NOT (
  EXISTS (SELECT 1 FROM message m WHERE m.account = $1 AND m.key = s.message_key)
  AND EXISTS (SELECT 1 FROM label l WHERE l.account = $1 AND l.key = s.label_key))`;

/** Threads before totals, which count them. */
const kinds: readonly Wrong[] = [
  {
    what: 'threads count their messages wrongly',
    select: `SELECT t.gmail_id AS example FROM thread t LEFT JOIN (
        SELECT thread_key, count(*) AS total FROM message WHERE account = $1 GROUP BY thread_key) c ON c.thread_key = t.key
      WHERE t.account = $1 AND t.messages_total <> coalesce(c.total, 0)`,
    repairs: [
      `UPDATE thread t SET messages_total = ${countedInThread}
       WHERE t.account = $1 AND t.messages_total <> ${countedInThread}`,
    ],
  },
  {
    what: 'the counts of messages and threads are wrong',
    select: `SELECT '' AS example FROM mailbox WHERE account = $1
      AND (messages_total <> ${countedMessages} OR threads_total <> ${countedThreads})`,
    repairs: [
      `UPDATE mailbox SET messages_total = ${countedMessages}, threads_total = ${countedThreads} WHERE account = $1`,
    ],
  },
  {
    what: 'labels stand on messages that are not there',
    select: `SELECT '' AS example ${strayLabel}`,
    repairs: [`DELETE ${strayLabel}`],
  },
  {
    what: 'drafts have lost their message',
    select: `SELECT s.gmail_id AS example ${strays('draft', 'message_key')}`,
    repairs: [deleteStrays('draft', 'message_key')],
  },
  {
    what: 'the search index does not have what the messages have',
    select: `SELECT m.gmail_id AS example FROM message m WHERE m.account = $1
        AND NOT EXISTS (SELECT 1 FROM message_text t WHERE t.account = $1 AND t.key = m.key)
      UNION ALL SELECT '' ${strays('message_text', 'key')}`,
    repairs: [
      deleteStrays('message_text', 'key'),
      // The content of every message, its words among it, is then made again from its bytes.
      "DELETE FROM value WHERE account = $1 AND kind = 'state' AND name = 'content'",
    ],
  },
];

/** Opens a mailbox to be checked. Repairs throw `NOT_FOUND` where others have renamed or removed it. */
export async function openMailCheck(database: PostgresDatabase, mailbox: FoundMailbox): Promise<MailCheck> {
  const { account } = mailbox;
  const sum = `SELECT count(*) AS messages, coalesce(sum(size_bytes), 0)::bigint AS bytes FROM message WHERE account = $1`;
  return {
    size: sizeOf(await database.get(sum, account)),
    async run(signal, onBytes) {
      // Of one moment: a message that comes meanwhile would look like a wrong count.
      const rows = await database.read(async (queries) => {
        const found: MailFault[] = [];
        for (const kind of kinds) found.push(...(await look(queries, database, mailbox, kind)));
        return found;
      });
      return [...rows, ...(await checkBytes(database, account, signal, onBytes))];
    },
    close: () => undefined,
  };
}

async function look(
  queries: Queries,
  database: PostgresDatabase,
  mailbox: FoundMailbox,
  { what, select, repairs }: Wrong,
): Promise<readonly MailFault[]> {
  const { account } = mailbox;
  const row = await queries.get(
    `SELECT count(*) AS total, (array_agg(example) FILTER (WHERE example <> ''))[1:${maxExamples}] AS examples
     FROM (${select}) AS wrong`,
    account,
  );
  const count = row === undefined ? 0 : integerOf(row, 'total');
  if (count === 0) return [];
  return [
    {
      what,
      count,
      examples: Array.isArray(row?.examples) ? row.examples.map(String) : [],
      repair() {
        const repairing = database.write(lockMail(mailbox), async (writer) => {
          for (const repair of repairs) await writer.run(repair, account);
        });
        return orGone(mailbox, repairing);
      },
    },
  ];
}

/** Reads every message's bytes, or only looks whether they are there. */
async function checkBytes(
  database: PostgresDatabase,
  account: number,
  signal: AbortSignal,
  onBytes?: (doneBytes: number) => void,
): Promise<readonly MailFault[]> {
  const missing: string[] = [];
  const damaged: string[] = [];
  let doneBytes = 0;
  for (let after = 0; ;) {
    signal.throwIfAborted();
    const rows = await database.all(
      `SELECT m.bytes_key, m.gmail_id, m.size_bytes, r.key IS NOT NULL AS is_there${onBytes === undefined ? '' : ', r.zstd'}
       FROM message m LEFT JOIN raw r ON r.account = m.account AND r.key = m.bytes_key
       WHERE m.account = $1 AND m.bytes_key > $2 ORDER BY m.bytes_key LIMIT ${onBytes === undefined ? 5000 : batchRows}`,
      account,
      after,
    );
    for (const row of rows) {
      after = integerOf(row, 'bytes_key');
      if (row.is_there !== true) missing.push(textOf(row, 'gmail_id'));
      else if (onBytes !== undefined && !isWhole(row)) damaged.push(textOf(row, 'gmail_id'));
      doneBytes += integerOf(row, 'size_bytes');
    }
    if (rows.length === 0) return bytesFaults(missing, damaged);
    onBytes?.(doneBytes);
  }
}
