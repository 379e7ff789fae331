import { integerOf, textOf } from '../../columns.ts';
import { accountAddress } from '../../mail/account-address.ts';
import { addressTaken, noMailbox, type Mailboxes } from '../../mail/mailboxes.ts';
import type { PostgresDatabase } from '../database.ts';
import { findAccount, openMailStore } from './open-mail-store.ts';
import { removeAccount, removedMark } from './remove-account.ts';
import { mailboxLock } from './mail-schema.ts';

/** The mailboxes in a database. */
export function postgresMailboxes(database: PostgresDatabase): Mailboxes {
  async function accountOf(emailAddress: string): Promise<number> {
    const address = accountAddress(emailAddress);
    const account = await findAccount(database, address);
    if (account === undefined) throw noMailbox(address);
    return account;
  }

  return {
    async list() {
      const rows = await database.all(
        `SELECT email_address FROM account WHERE strpos(email_address, '${removedMark}') = 0
         ORDER BY email_address COLLATE "C"`,
      );
      return rows.map((row) => textOf(row, 'email_address'));
    },
    async has(emailAddress) {
      const sql = 'SELECT 1 FROM account WHERE email_address = $1';
      return (await database.get(sql, accountAddress(emailAddress))) !== undefined;
    },
    open: async (emailAddress) => openMailStore(database, accountAddress(emailAddress)),
    async check(emailAddress) {
      const { openMailCheck } = await import('./check-mail.ts');
      return openMailCheck(database, await accountOf(emailAddress));
    },
    async rename(from, to) {
      const [old, address] = [accountAddress(from), accountAddress(to)];
      const account = await accountOf(from);
      await database.write(mailboxLock(account), async (queries) => {
        if ((await findAccount(queries, address)) !== undefined) throw addressTaken(address);
        const sql = 'UPDATE account SET email_address = $2 WHERE email_address = $1';
        if ((await queries.run(sql, old, address)) === 0) throw noMailbox(old);
      });
    },
    remove: async (emailAddress) => removeAccount(database, await accountOf(emailAddress)),
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
