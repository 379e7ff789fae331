import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { buildMail } from '../build-mail.ts';
import { logIn, runCommand } from '../cli/command-harness.ts';
import { readEventStream } from '../end-to-end/event-reader.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';
import { call, hosts, startServer, type Environment, type Json, type Server } from '../support/hosts.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const me = 'me@example.org';
const unitsPerMinute = 600;
/** Makes the clock of a host's programs two hours late. */
const late = '--import=data:text/javascript,const{now}=Date;Date.now=()=>now()-7200000';

/** What makes a host use the emulator's account. */
const accountAt = ({ rootUrl, account }: TestEmulator) => ({
  GMAIL_BACKEND: 'gmail',
  GMAIL_API_ROOT_URL: rootUrl,
  GMAIL_OAUTH_ROOT_URL: rootUrl,
  GMAIL_CLIENT_ID: account.clientId,
  GMAIL_CLIENT_SECRET: account.clientSecret,
});

suite('two hosts with one Gmail account on one PostgreSQL', { skip: skipWithoutPostgres }, () => {
  test('log in once, read, send once, keep to one quota, and follow it, whichever lives and whatever its clock says', async (t) => {
    const [postgres, emulator] = await Promise.all([startPostgres(t), startTestEmulator(t)]);
    const google = {
      ...accountAt(emulator),
      GMAIL_GRANTS: 'all',
      GMAIL_QUOTA_UNITS_PER_MINUTE: String(unitsPerMinute),
      GMAIL_CACHE: 'off',
    };
    const [one = {}, other = {}] = (await hosts(t, postgres.create('mail'), 2)).map((host) => ({ ...host, ...google }));
    const { id } = await emulator.deliver(undefined, buildMail({ subject: 'Quaternions' }));

    const login = await logIn(one);
    assert.equal(login.code, 0, login.stderr);
    const accounts = await runCommand(['accounts'], other);
    assert.match(accounts.stdout, /me@example\.org +Gmail: connected; covers read, organize, draft, send/);
    const doctor = await runCommand(['doctor'], other);
    assert.match(doctor.stdout, /login me@example\.org.*Google renews it and Gmail answers/);
    const policy = join(temporaryFolder(t), 'policy.json');
    writeFileSync(policy, '{"sending": "direct"}');
    assert.equal((await runCommand(['policy', 'set', policy], one)).code, 0);

    const token = (await runCommand(['token'], one)).stdout.trim();
    emulator.counters.reset();
    const servers = await Promise.all(
      [one, { ...other, NODE_OPTIONS: late }].map((host) => startServer(t, 'gmail-api-server', host)),
    );
    const found = await Promise.all(servers.map((server) => call(server, token, 'GET', '/messages?q=quaternions')));
    for (const { json } of found) assert.equal((json.messages as readonly Json[])[0]?.id, id, JSON.stringify(json));
    assert.equal(emulator.counters.read().refreshes, 1);

    const mail = { to: ['bob@example.org'], subject: 'Once', body: 'Only once.', idempotencyKey: 'k1' };
    const sent = await Promise.all(servers.map((server) => call(server, token, 'POST', '/messages/send', mail)));
    assert.deepEqual(
      sent.map(({ status }) => status),
      [200, 200],
      JSON.stringify(sent),
    );
    assert.equal(emulator.counters.read().callsByMethod['gmail.users.drafts.send'], 1);

    // Two quotas would let through more than the minute has: some of it waits or is refused here, and none by Google.
    const reads = Array.from({ length: 24 }, (_, n) => servers[n % 2]).flatMap((server) =>
      server === undefined ? [] : [call(server, token, 'GET', `/messages/${id}`)],
    );
    const statuses = new Set((await Promise.all(reads)).map(({ status }) => status));
    assert.ok(
      statuses.has(200) && [...statuses].every((status) => status === 200 || status === 429),
      [...statuses].join(),
    );
    const { mostUnitsInAMinute, mostInFlight, answersByStatus } = emulator.counters.read();
    assert.ok(mostUnitsInAMinute <= unitsPerMinute, String(mostUnitsInAMinute));
    assert.ok(mostInFlight <= 8, String(mostInFlight));
    assert.equal(answersByStatus['429'] ?? answersByStatus['403'], undefined);

    // Whoever asks what changed hangs in it, and is killed.
    const hang = emulator.faults.add({ match: 'gmail.users.history.list', kind: 'delay', milliseconds: 25_000 });
    const holder = async () => {
      const { json } = await call(servers[0] ?? assert.fail(), token, 'GET', '/admin/jobs');
      const history = (json.jobs as readonly Json[]).find(({ name }) => name === 'gmail-history');
      return servers.find(({ child }) => String(history?.runningOn).endsWith(` ${child.pid}`));
    };
    let held = await holder();
    for (; held === undefined; held = await holder()) await delay(50);
    const arrived = await emulator.deliver(undefined, buildMail({ subject: 'Later' }));
    held.child.kill('SIGKILL');
    await once(held.child, 'exit');
    emulator.faults.clear(hang);
    const left = servers.find((server) => server !== held) ?? assert.fail();
    const seen = new EventTarget();
    const reader = readEventStream({
      urls: [left.url],
      token,
      after: 0,
      onEvent: ({ kind, ids }) => void (kind === 'messageAdded' && seen.dispatchEvent(new Event(ids.messageId ?? ''))),
    });
    if (!reader.events.some(({ ids }) => ids.messageId === arrived.id)) {
      await once(seen, arrived.id, { signal: AbortSignal.timeout(120_000) });
    }
    await reader.close();
    const removed = await runCommand(['accounts', 'remove', me], other);
    assert.match(removed.stdout, /Forgotten: me@example\.org\. It was revoked at Google/);
    assert.doesNotMatch((await runCommand(['accounts'], one)).stdout, /me@example\.org/);
  });

  test('keep one mirror of it: one fills it, another goes on, and each reads what the other has changed', async (t) => {
    const messages = 60;
    const [postgres, emulator] = await Promise.all([startPostgres(t), startTestEmulator(t)]);
    const variables = {
      ...accountAt(emulator),
      GMAIL_MIRROR: 'on',
      GMAIL_GRANTS: 'all',
      GMAIL_QUOTA_UNITS_PER_MINUTE: '12000',
    };
    const [one = {}, other = {}] = (await hosts(t, postgres.create('mail'), 2)).map((host) => ({
      ...host,
      ...variables,
    }));
    for (let number = 1; number <= messages; number += 1) {
      await emulator.deliver(undefined, buildMail({ subject: `number ${number}`, messageId: `${number}@x` }));
    }
    assert.equal((await logIn(one)).code, 0);
    const token = (await runCommand(['token'], one)).stdout.trim();
    const start = (host: Environment) => startServer(t, 'gmail-api-server', host);
    const skewed = { ...other, NODE_OPTIONS: late };
    // Whoever fills the mirror can be seen at it, on the fastest machine: a second batch is under way.
    const slow = emulator.faults.add({ match: 'batch', kind: 'delay', milliseconds: 3000 });
    const servers = [await start(one), await start(skewed)];
    const mirrorOf = async (server: Server) => {
      const { json } = await call(server, token, 'GET', '/admin/sync');
      const [{ mirror } = {}] = json.accounts as readonly { readonly mirror?: Json }[];
      return mirror ?? {};
    };
    const holderOf = async (server: Server) => {
      const { json } = await call(server, token, 'GET', '/admin/jobs');
      const { runningOn } = (json.jobs as readonly Json[]).find(({ name }) => name === 'gmail-mirror') ?? {};
      return servers.find(({ child }) => String(runningOn).endsWith(` ${child.pid}`));
    };
    const until = async (isSo: () => Promise<boolean>) => {
      while (!(await isSo())) await delay(50, undefined, { signal: t.signal });
    };
    const [first = assert.fail()] = servers;
    let holder: Server | undefined;
    await until(
      async () => Number((await mirrorOf(first)).messages) > 0 && (holder = await holderOf(first)) !== undefined,
    );
    holder?.child.kill('SIGKILL');
    const killedMs = performance.now();
    const left = servers.find((server) => server !== holder) ?? assert.fail();
    await until(async () => (await holderOf(left)) === left);
    emulator.faults.clear(slow);
    t.diagnostic(`the other host went on after ${Math.round(performance.now() - killedMs)} ms`);
    await until(async () => (await mirrorOf(left)).phase === 'complete');
    const fetchedAgain = Object.values(emulator.counters.read().rawByMessage).filter((count) => count > 1).length;
    assert.ok(fetchedAgain <= 40, `${fetchedAgain} messages were fetched twice`);

    const back = await start(holder === first ? one : skewed);
    const search = async (server: Server, q: string) => {
      const { json } = await call(server, token, 'GET', `/messages?q=${q}&maxResults=500`);
      assert.equal(json.source, 'mirror', JSON.stringify(json).slice(0, 300));
      assert.ok(Date.parse(String(json.asOf)) > 0);
      return (json.messages as readonly Json[]).map(({ id }) => String(id));
    };
    const ids = await search(back, 'number');
    assert.equal(ids.length, messages);
    assert.deepEqual(await search(left, 'number'), ids);
    // Each in turn, and each sees at once what the other has changed; then both at once.
    const change = async (server: Server, id: string | undefined, labels: object) => {
      const body = { ids: [id], addLabelIds: [], removeLabelIds: [], ...labels };
      assert.equal((await call(server, token, 'POST', '/messages/modify', body)).status, 200);
    };
    for (const [writer, reader, id] of [
      [left, back, ids[0]],
      [back, left, ids[1]],
    ] as const) {
      await change(writer, id, { addLabelIds: ['STARRED'] });
      assert.ok((await search(reader, 'is:starred')).includes(id ?? ''));
      await change(reader, id, { removeLabelIds: ['STARRED'] });
      assert.deepEqual(await search(writer, 'is:starred'), []);
    }
    const some = ids.slice(2, 10);
    await Promise.all(some.map((id, n) => change(n % 2 === 0 ? left : back, id, { addLabelIds: ['STARRED'] })));
    const google = emulator.mailbox();
    await google.modifyMessages({ ids: [ids[2] ?? ''], addLabelIds: [], removeLabelIds: ['STARRED'] });
    await until(async () => (await search(back, 'is:starred')).length === some.length - 1);
    assert.deepEqual(await search(left, 'is:starred'), some.slice(1));

    // By whichever clock: what was asked for before the question is not new enough for it.
    for (const [n, { url }] of [left, back].entries()) {
      await google.modifyMessages({ ids: [ids[20 + n] ?? ''], addLabelIds: ['STARRED'], removeLabelIds: [] });
      const headers = { authorization: `Bearer ${token}`, 'cache-control': 'no-cache' };
      const fresh = await fetch(`${url}/api/messages/${ids[20 + n]}?body=none`, { headers });
      const { source, labelIds } = (await fresh.json()) as { source: string; labelIds: readonly string[] };
      assert.deepEqual([source, labelIds.includes('STARRED')], ['mirror', true]);
    }

    const status = await Promise.all([one, other].map((host) => runCommand(['sync', '--status', '--json'], host)));
    for (const { stdout } of status) {
      const [{ mirror }] = JSON.parse(stdout);
      assert.deepEqual([mirror.phase, mirror.messages], ['complete', messages]);
      assert.ok(mirror.megabytes > 0);
    }
    const doctor = await runCommand(['doctor'], other);
    assert.match(doctor.stdout, /mirror +every live account: kept in the database .*unencrypted/);
    for (const { child } of [left, back]) child.kill('SIGTERM');
    const deletion = ['sync', '--delete', '--account', me];
    assert.equal((await runCommand(deletion, { ...one, GMAIL_MIRROR: 'off' })).code, 0);
    assert.equal((await runCommand(deletion, { ...other, GMAIL_MIRROR: 'off' })).code, 4);
  });

  test('get another key in three steps, each with the file copied to the other, and read the login all the while', async (t) => {
    const [postgres, emulator] = await Promise.all([startPostgres(t), startTestEmulator(t)]);
    const google = { ...accountAt(emulator), GMAIL_CACHE: 'off' };
    const [one = {}, other = {}] = (await hosts(t, postgres.create('mail'), 2)).map((host) => ({ ...host, ...google }));
    assert.equal((await logIn(one)).code, 0);
    const token = (await runCommand(['token'], one)).stdout;
    const keyOf = (host: Environment) => join(host.GMAIL_HOME ?? '', 'data/gmail/key');
    const keys = (host: Environment) => readFileSync(keyOf(host), 'utf8').split(',');
    const [old] = keys(one);
    const rotate = (host: Environment) => runCommand(['accounts', 'rotate-key'], host);
    const bothRead = async () => {
      for (const host of [one, other]) {
        const called = await runCommand(['call', 'get_profile', '--account', me], host);
        assert.equal(called.code, 0, called.stderr);
        assert.equal((await runCommand(['token'], host)).stdout, token);
      }
    };

    assert.match((await rotate(one)).stdout, /^Step 1 of 3: .*Copy that file to every other host/);
    await bothRead();
    const early = await rotate(other);
    assert.deepEqual([early.code, /does not have the key file of the step before/.test(early.stderr)], [75, true]);
    copyFileSync(keyOf(one), keyOf(other));
    await bothRead();
    assert.match((await rotate(other)).stdout, /^Step 2 of 3: /);
    await bothRead();
    assert.equal((await rotate(one)).code, 75);
    copyFileSync(keyOf(other), keyOf(one));
    assert.match((await rotate(one)).stdout, /^Step 3 of 3: /);
    await bothRead();
    copyFileSync(keyOf(one), keyOf(other));
    await bothRead();
    assert.equal(keys(other).length, 1);
    assert.ok(!keys(other).includes(old ?? ''));
    assert.match((await rotate(one)).stdout, /^Step 1 of 3: /);
  });
});
