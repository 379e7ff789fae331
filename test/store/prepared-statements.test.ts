import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import { fillWithMadeUp } from '../local/query-properties.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';
import { postgresOfFile } from '../support/postgres-of-file.ts';

const emailAddress = 'me@example.org';

suite('statements that PostgreSQL has prepared', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();

  test('are made once for a connection, and outlive a new column', async (t) => {
    const [database, other] = postgres.databases;
    const mailbox = openLocalMailbox({ store: await openMailStore(database, emailAddress), emailAddress });
    t.after(() => mailbox.close());
    await fillWithMadeUp(mailbox, 3);
    const search = async () => {
      const query = { kind: 'text', field: 'anywhere', words: ['the'] } as const;
      const { messages } = await mailbox.searchMessages({ query, includeSpamTrash: false, maxResults: 10 });
      const read = [];
      // One after the other, so that one connection is enough.
      for (const { id } of messages) read.push(await mailbox.getMessage(id));
      return read;
    };
    const preparedNow = async (): Promise<readonly unknown[]> => {
      const rows = await database.all('SELECT name FROM pg_prepared_statements ORDER BY name');
      return rows.map(({ name }) => name);
    };

    const found = await search();
    assert.equal(found.length, 3);
    const once = await preparedNow();
    assert.ok(once.length > 3, `${once.length} are prepared`);
    await search();
    assert.deepEqual(await preparedNow(), once);

    for (const table of [
      'account',
      'mailbox',
      'message',
      'message_text',
      'message_label',
      'label',
      'thread',
      'value',
      'raw',
    ]) {
      await other.run(`ALTER TABLE ${table} ADD COLUMN later text`);
    }
    assert.deepEqual(await search(), found);
  });
});
