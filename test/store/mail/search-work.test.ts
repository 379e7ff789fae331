import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openLocalMailbox } from '../../../src/local/open-local-mailbox.ts';
import { searchBasis, searchCondition } from '../../../src/local/search/search-condition.ts';
import { parseQuery } from '../../../src/mail/query/parse-query.ts';
import type { Queries } from '../../../src/store/postgres/database.ts';
import { openMailStore } from '../../../src/store/postgres/mail/open-mail-store.ts';
import { searchRows } from '../../../src/store/postgres/mail/search/search-rows.ts';
import { fillWithMadeUp } from '../../local/query-properties.ts';
import { skipWithoutPostgres } from '../../support/postgres.ts';
import { postgresOfFile } from '../../support/postgres-of-file.ts';

const emailAddress = 'me@example.org';
const messages = 700;
/** Rows that a search may read of all tables, for each message of the mailbox. */
const mostReads = 12;

suite('the work of a search on PostgreSQL', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();

  test('reads each message a few times at most, though PostgreSQL has counted nothing yet', async (t) => {
    const [database] = postgres.databases;
    for (const table of ['message', 'message_text', 'message_label', 'thread']) {
      await database.run(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
    }
    const store = await openMailStore(database, emailAddress);
    const mailbox = openLocalMailbox({ store, emailAddress });
    t.after(() => mailbox.close());
    await fillWithMadeUp(mailbox, messages);
    const basis = await store.once(searchBasis);
    for (const q of [
      'whale',
      'whale blue',
      '"blue whale"',
      'subject:blue -to:ann smaller:1000',
      'x_y OR (cc:whale -me size:1000)',
      'newer_than:99y OR (to:ann larger:1000)',
      'has:attachment OR whale (pdf OR the)',
      'label:Old whale',
      '-whale larger:1000',
    ]) {
      const query = parseQuery(q, { emailAddress, nowMs: Date.UTC(2026, 5, 15), timeZone: 'UTC' });
      const condition = searchCondition(basis, { query, includeSpamTrash: false });
      const reads = await database.read(async (queries) => {
        const before = await readsOf(queries);
        await searchRows(queries, 1).countedKeys(condition, { limit: 51, count: { limit: 1001, mostLooked: 3000 } });
        return (await readsOf(queries)) - before;
      });
      assert.ok(reads <= messages * mostReads, `${q} reads ${reads} rows of ${messages} messages`);
    }
  });
});

/** Rows that a connection has read of all tables since PostgreSQL last collected them. */
async function readsOf(queries: Queries): Promise<number> {
  const row = await queries.get(
    'SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::integer AS reads FROM pg_stat_xact_user_tables',
  );
  return Number(row?.reads);
}
