import { integerOf, textOf } from '../../columns.ts';
import { accountAddress } from '../../mail/account-address.ts';
import type { Mailboxes } from '../../mail/mailboxes.ts';
import type { PostgresDatabase } from '../database.ts';
import { openMailStore } from './open-mail-store.ts';

/** The mailboxes in a database. */
export function postgresMailboxes(database: PostgresDatabase): Mailboxes {
  return {
    async list() {
      const rows = await database.all('SELECT email_address FROM account ORDER BY email_address COLLATE "C"');
      return rows.map((row) => textOf(row, 'email_address'));
    },
    async has(emailAddress) {
      const sql = 'SELECT 1 FROM account WHERE email_address = $1';
      return (await database.get(sql, accountAddress(emailAddress))) !== undefined;
    },
    open: async (emailAddress) => openMailStore(database, accountAddress(emailAddress)),
    async stamps(emailAddresses) {
      const rows = await database.all(
        `SELECT email_address, history_id FROM account JOIN mailbox ON mailbox.account = account.key
         WHERE email_address = ANY ($1::text[])`,
        emailAddresses,
      );
      return new Map(rows.map((row) => [textOf(row, 'email_address'), `${integerOf(row, 'history_id')}`]));
    },
  };
}
