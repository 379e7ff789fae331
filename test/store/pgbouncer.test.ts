import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { openPostgresAudit, openPostgresFeed, openPostgresJobs } from '../../src/store/postgres/open-shared-stores.ts';
import { assertMadeUpAgrees, fillWithMadeUp } from '../local/query-properties.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = '/usr/sbin/pgbouncer';
const skip = skipWithoutPostgres || (existsSync(program) ? false : 'needs pgbouncer: run apt-get install pgbouncer');

/** Starts a pgbouncer with few connections, each lent for one transaction; returns the address through it. */
async function startBouncer(t: TestContext, address: string): Promise<string> {
  const server = new URL(address).searchParams.get('host') ?? '';
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o777);
  const settings = [
    `[databases]\n* = host=${server} user=postgres\n[pgbouncer]\nlisten_addr=\nlisten_port=6432\nunix_socket_dir=${folder}`,
    `auth_type=any\npool_mode=transaction\ndefault_pool_size=3\npidfile=${folder}/pid\n`,
  ].join('\n');
  writeFileSync(join(folder, 'pgbouncer.ini'), settings);
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const bouncer = spawn(program, ['-q', ...user, join(folder, 'pgbouncer.ini')], { stdio: 'ignore' });
  const ended = once(bouncer, 'exit');
  t.after(async () => {
    bouncer.kill('SIGKILL');
    await ended;
  });
  for (let tries = 0; !existsSync(join(folder, '.s.PGSQL.6432')); tries += 1) {
    assert.ok(tries < 300 && bouncer.exitCode === null, 'pgbouncer does not start');
    await delay(50);
  }
  return `postgres://postgres@localhost:6432/mail?host=${encodeURIComponent(folder)}`;
}

test(
  'behind pgbouncer in transaction mode mail, leases, events and the audit log are as without it',
  { skip },
  async (t) => {
    const address = await startBouncer(t, (await startPostgres(t)).create('mail'));
    const [one, other] = [postgresAt(address), postgresAt(address)];
    t.after(() => Promise.all([one.close(), other.close()]));
    const open = async (database: typeof one) =>
      openLocalMailbox({ store: await openMailStore(database, 'me@example.org'), emailAddress: 'me@example.org' });
    const mailboxes = [await open(one), await open(other)] as const;
    await assertMadeUpAgrees(await fillWithMadeUp(mailboxes[0], 40), { numRuns: 10 });

    const names = Array.from({ length: 20 }, (_, index) => `L${index}`);
    await Promise.all(names.map((name, index) => mailboxes[index % 2 === 0 ? 0 : 1].createLabel({ name })));
    const made = new Set((await mailboxes[1].listLabels()).map(({ name }) => name));
    assert.ok(names.every((name) => made.has(name)));

    const times = { ttlMs: 60_000, longestMs: 100_000 };
    const taken = await Promise.all(
      [one, other].map((database) => openPostgresJobs(database, database.now).take('work', times)),
    );
    assert.deepEqual(taken.map(({ kind }) => kind).toSorted(), ['held', 'taken']);

    const audits = [openPostgresAudit(one, one.now), openPostgresAudit(other, other.now)] as const;
    const change = {
      account: 'me@example.org',
      actor: { transport: 'rest', requestId: 'r' },
      operation: 'create_label',
      method: 'createLabel',
      target: {},
      from: null,
    } as const;
    await Promise.all(names.map((_, index) => audits[index % 2 === 0 ? 0 : 1].begin(change)));
    assert.equal(await audits[0].findBreak(), undefined);
    assert.equal((await audits[0].list({ limit: 100 })).length, names.length);

    // Notifications do not come through: events are seen by looking.
    const feeds = [openPostgresFeed(one, one.now), openPostgresFeed(other, other.now)] as const;
    t.after(() => feeds.forEach((feed) => feed.close()));
    const changes = feeds[1].changes(t.signal)[Symbol.asyncIterator]();
    await changes.next();
    const next = changes.next();
    await feeds[0].append([{ account: 'me@example.org', kind: 'settingChanged', ids: {}, cause: { by: 'google' } }]);
    await next;
    const { events } = await feeds[1].read({ after: 0, limit: 10 });
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['settingChanged'],
    );
  },
);

test('pgbouncer outlives searches whose callers leave while all its connections are lent', { skip }, async (t) => {
  const postgres = await startPostgres(t);
  const direct = postgresAt(postgres.create('mail'));
  const database = postgresAt(await startBouncer(t, postgres.address('mail')));
  t.after(() => Promise.all([database.close(), direct.close()]));
  await database.all('SELECT 1');
  const sleeping = `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid() AND state = 'active'`;
  for (let round = 0; round < 3; round += 1) {
    const leaving = Array.from({ length: 10 }, () => new AbortController());
    const searches = leaving.map(({ signal }) =>
      database.read((queries) => queries.all('SELECT pg_sleep(0.5)'), { signal, limitMs: 20_000 }),
    );
    const ended = Promise.allSettled(searches);
    await eventually('all are lent', async () => (await direct.all(sleeping)).length === 3);
    for (const caller of leaving) caller.abort();
    await ended;
  }
  assert.deepEqual(await database.all('SELECT 1 AS one'), [{ one: 1 }]);
});
