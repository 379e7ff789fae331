import { suite } from 'node:test';
import type { TestContext } from 'node:test';
import { openLocalMailbox, type LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import { testMailboxConformance } from '../mailbox-conformance.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';
import { postgresOfFile } from '../support/postgres-of-file.ts';
import { testQueryProperties } from './query-properties.ts';
import { emailAddress } from './temporary-mailbox.ts';

suite('on PostgreSQL', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();
  let opened = 0;

  /** A mailbox of the same owner for every test, under an address of its own in the database. */
  async function open(t: TestContext): Promise<LocalMailbox> {
    opened += 1;
    const [database] = postgres.databases;
    const mailbox = openLocalMailbox({
      store: await openMailStore(database, `${opened} ${emailAddress}`),
      emailAddress,
    });
    t.after(() => mailbox.close());
    return mailbox;
  }

  testMailboxConformance('local on PostgreSQL', async (t) => {
    const mailbox = await open(t);
    return {
      mailbox,
      capabilities: { settingsSharing: true },
      deliver: async (mails) => {
        const messages = mails.map(async ({ raw, receivedMs, labels }) => ({
          raw,
          parsed: await parseMime(raw),
          internalDateMs: receivedMs,
          labels,
        }));
        return (await mailbox.addMessages(await Promise.all(messages))).map(({ id }) => id);
      },
    };
  });

  testQueryProperties('PostgreSQL', open);
});
