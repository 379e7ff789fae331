import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { runInContext } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import type { MailStore } from '../../src/store/mail/mail-store.ts';
import { postgresMailboxes } from '../../src/store/postgres/mail/mailboxes.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { openPostgresFeed, openPostgresJobs } from '../../src/store/postgres/open-shared-stores.ts';
import { cuttableWay } from '../support/cuttable-postgres.ts';
import { postgresOfFile } from '../support/postgres-of-file.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';

const readMark = (store: MailStore) => store.once((rows) => rows.values.get('mark', 'a'));

suite('PostgreSQL with several hosts', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();

  test('is NOT_FOUND to who renames, removes or repairs a mailbox that another host renames or removes meanwhile', async (t) => {
    const [one, other] = postgres.create(t).databases;
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
          while ((await other.get(isWaiting)) === undefined) await delay(20);
          return { working };
        });
        const error = await outcome.working;
        assert.ok(error instanceof AppError && error.code === 'NOT_FOUND', `${name}, ${sql}: ${String(error)}`);
        assert.equal(error.message, `There is no mailbox of ${emailAddress} any more.`);
      }
    }
  });

  test('serves what is read while it takes no changes, as a standby does, and changes again after it', async (t) => {
    const {
      address,
      databases: [database, other],
    } = postgres.create(t);
    const [admin] = postgres.databases;
    const name = new URL(address).pathname.slice(1);
    const store = await openMailStore(database, 'me@example.org');
    await store.write((rows) => rows.values.put('mark', 'a', 'before'));
    const failOver = async (setting: string) => {
      await admin.run(`ALTER DATABASE ${name} ${setting}`);
      // Connections end with a failover.
      await admin.run('SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1', name);
      // A pool finds out by the first that it hands out.
      for (let tries = 0; tries < 20; tries += 1) if (await readMark(store).catch(() => undefined)) return;
      assert.fail('reads do not recover');
    };
    await failOver('SET default_transaction_read_only = on');
    await assert.rejects(
      store.write((rows) => rows.values.put('mark', 'a', 'after')),
      { code: 'UNAVAILABLE', message: /takes no changes now\.$/ },
    );
    assert.equal(await readMark(await openMailStore(other, 'me@example.org')), 'before');
    await failOver('RESET default_transaction_read_only');
    await store.write((rows) => rows.values.put('mark', 'a', 'after'));
    assert.equal(await readMark(store), 'after');
  });

  test('is UNAVAILABLE to a host that is cut off, in the time that its caller has, and nothing is done by halves', async (t) => {
    const {
      address,
      databases: [other],
    } = postgres.create(t);
    const way = await cuttableWay(t, address);
    const database = postgresAt(way.address);
    t.after(() => database.close());
    const store = await openMailStore(database, 'me@example.org');
    const elsewhere = await openMailStore(other, 'me@example.org');
    await store.write((rows) => rows.values.put('mark', 'a', 'before'));
    const calling = <T>(work: () => Promise<T>) =>
      runInContext({ requestId: 'r', transport: 'cli', deadlineMs: performance.now() + 1000 }, work);
    const unavailable = { code: 'UNAVAILABLE', message: /cannot be reached\.$/ };
    const half = calling(() =>
      store.write(async (rows) => {
        await rows.values.put('mark', 'a', 'half');
        way.cut();
        await rows.values.put('mark', 'b', 'half');
      }),
    );
    await assert.rejects(half, unavailable);
    await assert.rejects(
      calling(() => readMark(store)),
      unavailable,
    );
    assert.equal(await readMark(elsewhere), 'before');
    way.heal();
    // Nothing but the end of it is lost on the way: whoever waits for that gets an answer, too.
    const uncommitted = calling(() =>
      store.write(async (rows) => {
        await rows.values.put('mark', 'a', 'uncommitted');
        way.cut();
      }),
    );
    await assert.rejects(uncommitted, unavailable);
    way.heal();
    await elsewhere.write((rows) => rows.values.put('mark', 'c', 'elsewhere'));
    await store.write((rows) => rows.values.put('mark', 'a', 'after'));
    const values = await elsewhere.once((rows) =>
      Promise.all(['a', 'b', 'c'].map((name) => rows.values.get('mark', name))),
    );
    assert.deepEqual(values, ['after', undefined, 'elsewhere']);
  });

  test('keeps no events back for a change whose end a host could not write down, once it is reached again', async (t) => {
    const {
      address,
      databases: [other],
    } = postgres.create(t);
    const way = await cuttableWay(t, address);
    const database = postgresAt(way.address);
    const [feed, elsewhere] = [openPostgresFeed(database, database.now), openPostgresFeed(other, other.now)];
    t.after(async () => {
      feed.close();
      elsewhere.close();
      await database.close();
    });
    const account = 'me@example.org';
    const cause = { by: 'google' } as const;
    const event = { kind: 'messageAdded', ids: { messageId: 'm', threadId: 't', labelIds: [] } } as const;
    const bring = () =>
      elsewhere.bring({
        account,
        from: '1',
        to: '2',
        events: [{ historyId: '2', event }],
        isComplete: true,
        settledMs: 0,
        cause: () => cause,
      });
    await elsewhere.follow(account, '1');
    const own = await feed.begin(account, { by: 'call', requestId: 'r', operation: 'modify_messages' });
    way.cut();
    const context = { requestId: 'r', transport: 'cli', deadlineMs: performance.now() + 1000 } as const;
    await assert.rejects(
      runInContext(context, () => own.publish([])),
      { code: 'UNAVAILABLE' },
    );
    assert.equal(await bring(), '1', 'what history reports may be that change');
    way.heal();
    // Long before a change counts as never ended.
    const endMs = performance.now() + 90_000;
    while ((await bring()) !== '2') {
      assert.ok(performance.now() < endMs, 'it still waits');
      await delay(50);
    }
    assert.equal((await elsewhere.read({ after: 0, limit: 10 })).events.length, 1);
  });

  test('ends the transaction of a process that fell asleep in it, so that others do not wait', async () => {
    const [database] = postgres.databases;
    const setting = "SELECT current_setting('idle_in_transaction_session_timeout') AS bound";
    const [row] = await database.write('SELECT 1', (queries) => queries.all(setting));
    assert.equal(row?.bound, '15s');
    // What the server says then.
    const asleep = database.write('SELECT 1', async (queries) => {
      await queries.run('SET LOCAL idle_in_transaction_session_timeout = 1');
      await delay(100);
      await queries.run('SELECT 1');
    });
    await assert.rejects(asleep, { code: 'UNAVAILABLE' });
    assert.equal((await database.get('SELECT 1 AS one'))?.one, 1);
  });

  test('gives all hosts one time, whatever their clocks say', async (t) => {
    const [one, other] = postgres.databases;
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
