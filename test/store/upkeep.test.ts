import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { suite, test, type TestContext } from 'node:test';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { done, runCommand } from '../cli/command-harness.ts';
import { call, hosts, mbox, startServer, type Json, type Server } from '../support/hosts.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const me = 'me@example.org';
const bob = 'bob@example.org';
const ann = "ann.o'hara@example.org";

function mailFile(t: TestContext, count: number): string {
  const file = join(temporaryFolder(t), 'mail.mbox');
  writeFileSync(file, mbox(count));
  return file;
}

/** Asks about an account until a server answers with this status, for 20 seconds at most. */
async function until(server: Server, token: string, account: string, status: number): Promise<Json> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await call(server, token, 'GET', `/profile?account=${encodeURIComponent(account)}`);
    if (answer.status === status) return answer.json;
    await setTimeout(100);
  }
  return assert.fail(`${account} never was ${status}`);
}

/** What is done to a mailbox, what is said of it, and whether `--repair` puts it right. */
const faults = [
  ['UPDATE mailbox SET messages_total = 99', /counts of messages and threads are wrong: 1/, true],
  ['INSERT INTO message_label VALUES (1, 1, 12345)', /labels stand on messages that are not there: 1/, true],
  ['UPDATE thread SET messages_total = 5', /threads count their messages wrongly: \d+ \(/, true],
  ["INSERT INTO draft VALUES (1, 'r1', 12345)", /drafts have lost their message: 1 \(r1\)/, true],
  ['DELETE FROM message_text', /search index does not have what the messages have: 3 \(/, true],
  ['UPDATE message_text SET key = key + 1', /search index does not have what the messages have: 6 \(/, true],
  [
    'UPDATE raw SET zstd = substr(zstd, 1, length(zstd) - 9) WHERE key = (SELECT min(key) FROM raw)',
    /have damaged bytes: 1 \(/,
    false,
  ],
  ['DELETE FROM raw WHERE key = (SELECT max(key) FROM raw)', /have lost their bytes: 1 \(/, false],
] as const;

suite('upkeep of mailboxes in PostgreSQL', { skip: skipWithoutPostgres }, () => {
  test('a mailbox is renamed, deleted and made again while servers of other hosts have it open', async (t) => {
    const postgres = await startPostgres(t);
    const address = postgres.create('mail');
    const [one = {}, other = {}] = await hosts(t, address, 2);
    await done(['import', '--account', me, mailFile(t, 3)], one);
    await done(['import', '--account', bob, mailFile(t, 5)], one);
    const policy = join(temporaryFolder(t), 'policy.json');
    writeFileSync(policy, JSON.stringify({ accounts: { [me]: { sending: 'off' } } }));
    await done(['policy', 'set', policy], one);
    await done(['token', 'create', 'agent', '--grants', 'read', '--accounts', me], one);
    const token = (await done(['token'], one)).trim();
    const server = await startServer(t, 'gmail-api-server', other);
    for (const account of [me, bob]) await until(server, token, account, 200);

    assert.equal((await runCommand(['accounts', 'rename', me, bob], one)).code, 5);
    assert.equal(
      await done(['accounts', 'rename', me, ann], one),
      `${me} is ${ann} now.\nThe policy has its rules under ${ann}.\nTokens that are good for it: agent.\n` +
        `On each host whose GMAIL_ACCOUNT was ${me}: gmail-llm config set GMAIL_ACCOUNT ${ann}, then gmail-llm ctl restart gmail-servers:*\n`,
    );
    assert.equal((await until(server, token, ann, 200)).messagesTotal, 3);
    await until(server, token, me, 404);
    const label = { name: 'New', account: ann };
    assert.equal((await call(server, token, 'POST', '/labels', label)).status, 201);
    assert.match(await done(['policy', 'explain', 'x@example.net', '--account', ann], one), /refused/);
    assert.match(await done(['token', 'list'], one), /agent.*ann\.o'hara@example\.org/);

    const refused = await runCommand(['accounts', 'remove', bob], one);
    assert.match(refused.stderr, /This would delete the local mailbox bob@example\.org and its mail \(messages: 5\)/);
    await done(['accounts', 'remove', bob, '--yes'], one);
    // At once again, before the server can have looked.
    await done(['import', '--account', bob, mailFile(t, 2)], one);
    await call(server, token, 'POST', '/labels', { name: 'Again', account: bob });
    assert.equal((await until(server, token, bob, 200)).messagesTotal, 2);
    assert.equal((await call(server, token, 'POST', '/labels', { name: 'Once more', account: bob })).status, 201);

    assert.match(
      await done(['check'], one),
      /ann.o'hara@example\.org: 3 [^]*bob@example\.org: 2 [^]*Everything is whole/,
    );
    const database = postgresAt(address);
    t.after(() => database.close());
    for (const table of ['account', 'mailbox']) {
      assert.deepEqual(await database.all(`SELECT count(*) AS total FROM ${table}`), [{ total: 2 }]);
    }
    for (const table of ['message', 'raw', 'message_text']) {
      assert.deepEqual(await database.all(`SELECT count(*) AS total FROM ${table}`), [{ total: 5 }]);
    }
  });

  test('check finds what is wrong in the database, and repairs what can be', async (t) => {
    const postgres = await startPostgres(t);
    const address = postgres.create('mail');
    const [environment = {}] = await hosts(t, address, 1);
    await done(['import', '--account', me, mailFile(t, 3)], environment);
    const database = postgresAt(address);
    t.after(() => database.close());
    assert.match(await done(['check'], environment), /Everything is whole/);
    for (const [sql, pattern, isRepaired] of faults) {
      await database.run(sql);
      const found = await runCommand(['check', '--json'], environment);
      assert.equal(found.code, 75, `${sql}: ${found.stdout}`);
      assert.match(found.stdout, pattern);
      const repaired = await runCommand(['check', '--repair'], environment);
      assert.equal(repaired.code, isRepaired ? 0 : 75, repaired.stdout);
      if (!isRepaired) continue;
      assert.match(await done(['check'], environment), /Everything is whole/);
      const hits = JSON.parse(await done(['call', 'search_messages', '--q', 'quaternion'], environment));
      assert.equal(hits.messages.length, 3);
    }
  });
});
