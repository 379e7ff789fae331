import type { PostgresDatabase } from '../database.ts';
import { lockMailbox, orGone, type FoundMailbox } from './lock-mailbox.ts';

/** In the address of a mailbox that is being removed: no address has it. */
export const removedMark = ' removed ';

/** Rows deleted by one statement, so that none lasts long. */
const rowsAtOnce = 5000;

/** Tables of what accounts have; the row of totals, which writers lock, and the account itself come last. */
const tables = [
  'message_label',
  'message_text',
  'draft',
  'history',
  'message',
  'thread_link',
  'thread',
  'label',
  'value',
  'released_bytes',
  'mail_delivery',
  'raw',
] as const;

/** Removes a mailbox: at once for everybody, then its rows, and those of removals that were stopped. Throws `NOT_FOUND`. */
export async function removeMailbox(database: PostgresDatabase, mailbox: FoundMailbox): Promise<void> {
  const marking = database.write(lockMailbox(mailbox), (queries) =>
    queries.run(
      `UPDATE account SET email_address = email_address || '${removedMark}' || key WHERE key = $1`,
      mailbox.account,
    ),
  );
  await orGone(mailbox, marking);
  const removed = `SELECT key FROM account WHERE strpos(email_address, '${removedMark}') > 0`;
  for (const table of tables) {
    const some = `SELECT ctid FROM ${table} WHERE account IN (${removed}) LIMIT ${rowsAtOnce}`;
    while ((await database.run(`DELETE FROM ${table} WHERE ctid = ANY (ARRAY(${some}))`)) > 0);
  }
  await database.write('SELECT 1', async (queries) => {
    await queries.run(`DELETE FROM mailbox WHERE account IN (${removed})`);
    await queries.run(`DELETE FROM account WHERE strpos(email_address, '${removedMark}') > 0`);
  });
}
