import { integerOf, textOf } from '../../columns.ts';
import { accountAddress } from '../../mail/account-address.ts';
import { addressTaken, noMailbox, type Mailboxes } from '../../mail/mailboxes.ts';
import type { PostgresDatabase } from '../database.ts';
import { findAccount, mailStoreOf, openMailStore } from './open-mail-store.ts';
import { lockMailbox, orGone, type FoundMailbox } from './lock-mailbox.ts';
import { removedMark, removeMailbox } from './remove-mailbox.ts';

/** The mailboxes in a database. */
export function postgresMailboxes(database: PostgresDatabase): Mailboxes {
  async function find(named: string): Promise<FoundMailbox> {
    const emailAddress = accountAddress(named);
    const account = await findAccount(database, emailAddress);
    if (account === undefined) throw noMailbox(emailAddress);
    return { account, emailAddress };
  }

  return {
    async list() {
      const rows = await database.all(
        `SELECT email_address FROM account WHERE strpos(email_address, '${removedMark}') = 0 AND NOT is_mirror
         ORDER BY email_address COLLATE "C"`,
      );
      return rows.map((row) => textOf(row, 'email_address'));
    },
    async has(emailAddress) {
      return (await findAccount(database, accountAddress(emailAddress))) !== undefined;
    },
    open: async (emailAddress) => openMailStore(database, accountAddress(emailAddress)),
    openExisting: async (emailAddress) => mailStoreOf(database, await find(emailAddress)),
    async check(emailAddress) {
      const { openMailCheck } = await import('./check-mail.ts');
      return openMailCheck(database, await find(emailAddress));
    },
    async rename(from, to) {
      const mailbox = await find(from);
      const address = accountAddress(to);
      const renaming = database.write(lockMailbox(mailbox), async (queries) => {
        if ((await findAccount(queries, address)) !== undefined) throw addressTaken(address);
        await queries.run('UPDATE account SET email_address = $2 WHERE key = $1', mailbox.account, address);
      });
      await orGone(mailbox, renaming);
    },
    remove: async (emailAddress) => removeMailbox(database, await find(emailAddress)),
    async stamps(emailAddresses) {
      const rows = await database.all(
        `SELECT email_address, history_id FROM account JOIN mailbox ON mailbox.account = account.key
         WHERE email_address = ANY ($1::text[]) AND NOT is_mirror`,
        emailAddresses,
      );
      return new Map(rows.map((row) => [textOf(row, 'email_address'), `${integerOf(row, 'history_id')}`]));
    },
  };
}
