import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { postgresMailboxes } from '../../src/store/postgres/mail/mailboxes.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import type { Queries } from '../../src/store/postgres/database.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { openPostgresAudit } from '../../src/store/postgres/open-shared-stores.ts';
import { buildMail } from '../build-mail.ts';
import { eventually } from '../support/eventually.ts';
import { diskBytes, skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { skipWithoutDisks } from '../support/small-disk.ts';

const change = {
  account: 'me@example.org',
  actor: { transport: 'rest', requestId: 'r' },
  operation: 'create_label',
  method: 'createLabel',
  // What no text of PostgreSQL holds.
  target: { name: 'NUL \0, half a pair \ud800, a whole one 😀, and \\u0000 as it is written' },
  from: null,
} as const;

/** Text that does not get smaller when it is packed. */
const noise = () => randomBytes(2_000_000).toString('base64');

suite('PostgreSQL that fails', { skip: skipWithoutPostgres }, () => {
  test('is UNAVAILABLE while it is away, and used again when it is back, with all that was acknowledged', async (t) => {
    const postgres = await startPostgres(t, { isDurable: true });
    const database = postgresAt(postgres.create('mail'));
    t.after(() => database.close());
    const store = await openMailStore(database, 'me@example.org');
    const audit = openPostgresAudit(database, database.now);
    await store.write((rows) => rows.values.put('mark', 'a', 'before'));
    assert.equal(await audit.begin(change), 1);

    const half = store.write(async (rows) => {
      await rows.values.put('mark', 'a', 'half');
      await postgres.crash();
      await rows.values.put('mark', 'b', 'half');
    });
    await assert.rejects(half, { code: 'UNAVAILABLE' });
    const values = await store.once((rows) => Promise.all(['a', 'b'].map((name) => rows.values.get('mark', name))));
    assert.deepEqual(values, ['before', undefined]);

    await postgres.stop();
    await assert.rejects(audit.begin(change), {
      code: 'UNAVAILABLE',
      message: /^The database .*mail (?:cannot be reached|is stopping or starting)\.$/,
    });
    await postgres.start();
    assert.equal(await audit.begin(change), 2);
    assert.equal(await audit.findBreak(), undefined);
    const [last] = await audit.list({ limit: 1 });
    assert.deepEqual(last?.facts.target, {
      name: change.target.name.replace('\0', '\ufffd').replace('\ud800', '\ufffd'),
    });
  });

  test('hears of it when a connection is given up whose statement it has refused', async (t) => {
    const postgres = await startPostgres(t);
    const watching = postgresAt(postgres.create('mail'));
    t.after(() => watching.close());
    await watching.run('ALTER SYSTEM SET logging_collector = on');
    await watching.run('CREATE TABLE taken AS SELECT 1 AS one');
    await watching.run('CREATE UNIQUE INDEX ON taken (one)');
    await postgres.stop();
    await postgres.start();

    const database = postgresAt(postgres.address('mail'));
    for (let n = 0; n < 10; n += 1) {
      const duplicate = 'INSERT INTO taken VALUES (1)';
      await assert.rejects(database.write('SELECT 1', (queries) => queries.run(duplicate)));
      const slow = database.read((queries) => queries.all('SELECT pg_sleep(10)'), { limitMs: 10 });
      await assert.rejects(slow, { code: 'UNAVAILABLE' });
      const leaving = new AbortController();
      const sleeping = (queries: Queries) => queries.all('SELECT pg_sleep(10)');
      const left = database.read(sleeping, { signal: leaving.signal });
      setImmediate(() => leaving.abort());
      await assert.rejects(left);
    }
    await database.close();
    const others = 'SELECT 1 FROM pg_stat_activity WHERE backend_type = $1 AND pid <> pg_backend_pid()';
    await eventually('they are gone', async () => (await watching.all(others, 'client backend')).length === 0);
    const [log] = await watching.all('SELECT pg_read_file(pg_current_logfile()) AS text');
    assert.match(String(log?.text), /duplicate key/);
    assert.doesNotMatch(String(log?.text), /client lost|from client|to client/);
  });

  test('whose tables are changed under a statement that was kept says so once', async (t) => {
    const database = postgresAt((await startPostgres(t)).create('mail'));
    t.after(() => database.close());
    await database.run('CREATE TABLE probe (n integer)');
    const ask = () => database.write('SELECT 1', (queries) => queries.all('SELECT * FROM probe WHERE n = $1', 1));
    for (let uses = 0; uses < 10; uses += 1) assert.deepEqual(await ask(), []);
    await database.run('ALTER TABLE probe ADD COLUMN more text');
    await assert.rejects(ask(), { code: 'UNAVAILABLE', message: /was changed by a newer gmail-llm just now\.$/ });
    assert.deepEqual(await ask(), []);
  });

  const disks = { skip: skipWithoutDisks };
  test('is UNAVAILABLE while its disk is full, and goes on when there is room again', disks, async (t) => {
    const postgres = await startPostgres(t, { hasDisks: true });
    const database = postgresAt(postgres.create('mail'));
    t.after(() => database.close());
    const emailAddress = 'me@example.org';
    const mailbox = openLocalMailbox({ store: await openMailStore(database, emailAddress), emailAddress });
    const ids: string[] = [];
    const file = async () => {
      const raw = buildMail({ subject: `Number ${ids.length}`, attachment: { filename: 'a', content: noise() } });
      ids.push((await mailbox.importMessage({ raw, labelIds: ['INBOX'] })).id);
    };
    await file();
    await postgres.disks?.tables.fill();
    const full = async () => {
      for (let count = 0; count < 30; count += 1) await file();
    };
    await assert.rejects(full(), { code: 'UNAVAILABLE', message: /cannot grow: its disk is full\.$/ });
    for (const id of ids) assert.ok((await mailbox.getRawMessage(id)).raw.length > 0);
    postgres.disks?.tables.resize(diskBytes);
    await file();
    assert.equal((await mailbox.getProfile()).messagesTotal, ids.length);
    assert.deepEqual(await (await postgresMailboxes(database).check(emailAddress)).run(t.signal, () => undefined), []);
  });
});
