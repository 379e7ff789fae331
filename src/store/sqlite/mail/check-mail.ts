import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../../../core/errors.ts';
import { integerOf, textOf } from '../../columns.ts';
import { bytesFaults, isWhole, maxExamples, sizeOf, type MailCheck, type MailFault } from '../../mail/mail-check.ts';
import type { Database } from '../database.ts';
import { openDatabase } from '../open-database.ts';
import { mailFormat, rawFormat } from './mail-format.ts';
import { mailFileName, rawFileName } from './open-mail-store.ts';

const batchRows = 200;

/** Opens the mailbox in a folder to be checked. Throws as `openMailStore` does. */
export function openMailCheck(folder: string): MailCheck {
  const database = openDatabase(join(folder, mailFileName), mailFormat);
  const raw = openDatabase(join(folder, rawFileName), rawFormat);
  return {
    size: sizeOf(database.get('SELECT count(*) AS messages, coalesce(sum(size_bytes), 0) AS bytes FROM message')),
    async run(signal, onBytes) {
      const checks = [checkTotals, checkLabels, checkThreads, checkIndex];
      const faults = checks.flatMap((check) => check(database) ?? []);
      return [...faults, ...(await checkBytes(database, raw, signal, onBytes))];
    },
    close() {
      database.close();
      raw.close();
    },
  };
}

function count(database: Database, sql: string): number {
  const row = database.get(sql);
  return row === undefined ? 0 : integerOf(row, 'total');
}

function checkTotals(database: Database): MailFault | undefined {
  const actual = `SELECT (SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM thread WHERE messages_total > 0) AS threads`;
  const row = database.get(
    `SELECT abs(messages_total - messages) + abs(threads_total - threads) AS total FROM mailbox, (${actual})`,
  );
  const off = row === undefined ? 0 : integerOf(row, 'total');
  if (off === 0) return undefined;
  return {
    what: 'the counts of messages and threads are wrong',
    count: off,
    examples: [],
    repair: () =>
      void database.run(
        `UPDATE mailbox SET (messages_total, threads_total) = (SELECT messages, threads FROM (${actual}))`,
      ),
  };
}

function checkLabels(database: Database): MailFault | undefined {
  const stray = 'message_key NOT IN (SELECT id FROM message) OR label_key NOT IN (SELECT key FROM label)';
  const found = count(database, `SELECT count(*) AS total FROM message_label WHERE ${stray}`);
  if (found === 0) return undefined;
  return {
    what: 'labels stand on messages that are not there',
    count: found,
    examples: [],
    repair: () => void database.run(`DELETE FROM message_label WHERE ${stray}`),
  };
}

function checkThreads(database: Database): MailFault | undefined {
  const counted = 'SELECT thread_key, count(*) AS messages FROM message GROUP BY thread_key';
  const wrong = `FROM thread LEFT JOIN (${counted}) ON thread_key = key WHERE messages_total <> coalesce(messages, 0)`;
  const found = count(database, `SELECT count(*) AS total ${wrong}`);
  if (found === 0) return undefined;
  return {
    what: 'threads count their messages wrongly',
    count: found,
    examples: database.all(`SELECT gmail_id ${wrong} LIMIT ${maxExamples}`).map((row) => textOf(row, 'gmail_id')),
    repair: () =>
      void database.run(
        'UPDATE thread SET messages_total = (SELECT count(*) FROM message WHERE thread_key = thread.key)',
      ),
  };
}

function checkIndex(database: Database): MailFault | undefined {
  const what = 'the search index does not have what the messages have';
  const repair = (): void => {
    database.write(() => {
      database.execute("INSERT INTO full_text (full_text) VALUES ('delete-all')");
      // The content of every message, its words among it, is then made again from its bytes.
      database.run("DELETE FROM value WHERE kind = 'state' AND name = 'content'");
    });
  };
  try {
    database.execute("INSERT INTO full_text (full_text) VALUES ('integrity-check')");
  } catch (error) {
    return { what: `the search index is damaged (${messageOf(error)})`, count: 1, examples: [], repair };
  }
  const indexed = 'SELECT id FROM full_text_docsize';
  const missing = `FROM message WHERE id NOT IN (${indexed})`;
  const found =
    count(database, `SELECT count(*) AS total ${missing}`) +
    count(database, 'SELECT count(*) AS total FROM full_text_docsize WHERE id NOT IN (SELECT id FROM message)');
  if (found === 0) return undefined;
  const examples = database.all(`SELECT gmail_id ${missing} LIMIT ${maxExamples}`);
  return { what, count: found, examples: examples.map((row) => textOf(row, 'gmail_id')), repair };
}

/** Reads every message's bytes, or only looks whether they are there. */
async function checkBytes(
  database: Database,
  raw: Database,
  signal: AbortSignal,
  onBytes?: (doneBytes: number) => void,
): Promise<readonly MailFault[]> {
  const missing: string[] = [];
  const damaged: string[] = [];
  let doneBytes = 0;
  for (let after = 0; ;) {
    signal.throwIfAborted();
    const rows = database.all(
      `SELECT raw_key, gmail_id, size_bytes FROM message WHERE raw_key > ? ORDER BY raw_key LIMIT ${batchRows}`,
      after,
    );
    for (const row of rows) {
      after = integerOf(row, 'raw_key');
      const id = textOf(row, 'gmail_id');
      const columns = onBytes === undefined ? 'key' : 'size_bytes, zstd';
      const stored = raw.get(`SELECT ${columns} FROM raw WHERE key = ?`, after);
      // Deleted since the rows were read.
      if (stored === undefined && database.get('SELECT 1 FROM message WHERE raw_key = ?', after) === undefined)
        continue;
      if (stored === undefined) missing.push(id);
      else if (onBytes !== undefined && !isWhole(stored)) damaged.push(id);
      doneBytes += integerOf(row, 'size_bytes');
      if (onBytes === undefined) continue;
      onBytes(doneBytes);
      await setImmediate();
    }
    if (rows.length < batchRows) break;
  }
  return bytesFaults(missing, damaged);
}
