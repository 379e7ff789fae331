import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { importPaths } from '../../src/local/import/import-paths.ts';
import { openLocalMailbox, type LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import { testMailboxConformance } from '../mailbox-conformance.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';
import { postgresOfFile } from '../support/postgres-of-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { mbox, message, writeFiles } from './import/archives.ts';
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

  test('an import reads by a thread, names what the database refuses, and finds all there when it is repeated', async (t) => {
    const { databases } = postgres.create(t);
    const [database] = databases;
    const mailbox = openLocalMailbox({ store: await openMailStore(database, emailAddress), emailAddress });
    t.after(() => mailbox.close());
    await database.run(`ALTER TABLE message ADD CONSTRAINT no_seven CHECK (subject <> 'Number 7')`);
    const messages = Array.from({ length: 1200 }, (_, index) => message(`Number ${index}`));
    const folder = writeFiles(temporaryFolder(t), { 'list.mbox': mbox([...messages, ...messages.slice(0, 10)]) });
    const options = { mailbox, paths: [folder], nowMs: Date.UTC(2026, 0), timeZone: 'UTC', inThreadFromBytes: 0 };
    const first = await importPaths(options);
    assert.deepEqual([first.found, first.imported, first.duplicates], [1210, 1199, 9]);
    assert.deepEqual(
      first.unreadable.map(({ reason }) => /^the mailbox cannot take it: .*no_seven/.test(reason)),
      [true, true],
    );
    const again = await importPaths(options);
    assert.deepEqual([again.found, again.imported, again.duplicates, again.unreadable.length], [1210, 0, 1208, 2]);
  });
});
