import { textOf } from '../../columns.ts';
import { verifiedMarkName, type MirrorStores } from '../../mail/mirror-stores.ts';
import type { PostgresDatabase } from '../database.ts';
import { findAccount, openMailStore } from './open-mail-store.ts';
import { removedMark, removeMailbox } from './remove-mailbox.ts';

/**
 * The bytes of messages as they are; of the tables and indexes that accounts share, the share that follows from how many
 * messages each has.
 */
const sizeOfAccount = `
  SELECT (SELECT coalesce(sum(octet_length(zstd)), 0) FROM raw WHERE account = $1)
    + coalesce((SELECT messages_total FROM mailbox WHERE account = $1) / nullif((SELECT sum(messages_total) FROM mailbox), 0), 0)
    * (SELECT sum(pg_total_relation_size(name))
       FROM unnest(ARRAY['message', 'message_text', 'message_label', 'thread', 'history']::regclass[]) AS t (name)) AS bytes`;

/** The mirrors in a database, which hosts share. */
export function postgresMirrors(database: PostgresDatabase): MirrorStores {
  const find = (account: string) => findAccount(database, account.toLowerCase(), 'mirror');
  return {
    place: `the database ${database.name}`,
    async list() {
      const rows = await database.all(
        `SELECT email_address FROM account WHERE strpos(email_address, '${removedMark}') = 0 AND is_mirror
         ORDER BY email_address COLLATE "C"`,
      );
      return rows.map((row) => textOf(row, 'email_address'));
    },
    open: (account) => openMailStore(database, account.toLowerCase(), 'mirror'),
    async sizeBytes(account) {
      const row = await database.get(sizeOfAccount, (await find(account)) ?? null);
      return Math.round(Number(row?.bytes ?? 0));
    },
    async writtenMs(account) {
      const sql = "SELECT value FROM value WHERE account = $1 AND kind = 'mark' AND name = $2";
      const row = await database.get(sql, (await find(account)) ?? null, verifiedMarkName);
      return row === undefined ? 0 : Number.parseInt(textOf(row, 'value'), 10);
    },
    async remove(account) {
      const key = await find(account);
      if (key !== undefined) await removeMailbox(database, { account: key, emailAddress: account.toLowerCase() });
    },
  };
}
