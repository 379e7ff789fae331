import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { postgresMailboxes } from '../../src/store/postgres/mail/mailboxes.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { openPostgresAudit, openPostgresJobs } from '../../src/store/postgres/open-shared-stores.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';

const change = {
  account: 'me@example.org',
  actor: { transport: 'rest', requestId: 'r' },
  operation: 'create_label',
  method: 'createLabel',
  // What no text of PostgreSQL holds.
  target: { name: 'NUL \0, half a pair \ud800, a whole one 😀, and \\u0000 as it is written' },
  from: null,
} as const;

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

  test('is NOT_FOUND to who renames, removes or repairs a mailbox that another host renames or removes meanwhile', async (t) => {
    const address = (await startPostgres(t)).create('mail');
    const [one, other] = [postgresAt(address), postgresAt(address)];
    t.after(() => Promise.all([one.close(), other.close()]));
    const mailboxes = postgresMailboxes(one);
    const isWaiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    const repair = async (emailAddress: string) => {
      const [fault] = await (await mailboxes.check(emailAddress)).run(t.signal);
      await fault?.repair?.();
    };
    const works = {
      rename: (emailAddress: string) => mailboxes.rename(emailAddress, 'new@example.org'),
      remove: mailboxes.remove,
      repair,
    };
    for (const [name, work] of Object.entries(works)) {
      const renaming = `UPDATE account SET email_address = 'moved-${name}@example.org' WHERE email_address = $1`;
      const removing = 'DELETE FROM mailbox WHERE account = (SELECT key FROM account WHERE email_address = $1)';
      // A repair is right wherever the mailbox is.
      for (const [index, sql] of (name === 'repair' ? [removing] : [renaming, removing]).entries()) {
        const emailAddress = `${name}-${index}@example.org`;
        await mailboxes.open(emailAddress);
        await one.run('UPDATE mailbox SET messages_total = 99');
        const outcome = await other.write('SELECT 1 FROM mailbox FOR UPDATE', async (queries) => {
          await queries.run(sql, emailAddress);
          const working = work(emailAddress).then(
            () => undefined,
            (error: unknown) => error,
          );
          while ((await other.get(isWaiting)) === undefined);
          return { working };
        });
        const error = await outcome.working;
        assert.ok(error instanceof AppError && error.code === 'NOT_FOUND', `${name}, ${sql}: ${String(error)}`);
        assert.equal(error.message, `There is no mailbox of ${emailAddress} any more.`);
      }
    }
  });

  test('gives all hosts one time, whatever their clocks say', async (t) => {
    const postgres = await startPostgres(t);
    const address = postgres.create('jobs');
    const [one, other] = [postgresAt(address), postgresAt(address)];
    t.after(() => Promise.all([one.close(), other.close()]));
    const realNow = Date.now;
    t.after(() => {
      Date.now = realNow;
    });
    const times = { ttlMs: 60_000, longestMs: 100_000 };
    const taken = await openPostgresJobs(one, one.now).take('work', times);
    assert.equal(taken.kind, 'taken');
    // A host whose clock is two minutes ahead: by it the lease would have ended.
    Date.now = () => realNow() + 120_000;
    assert.equal((await openPostgresJobs(other, other.now).take('work', times)).kind, 'held');
    assert.ok(Math.abs(other.now() - realNow()) < 10_000);
  });
});
