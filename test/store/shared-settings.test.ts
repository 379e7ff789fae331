import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { hosts, mbox, startServer, type Environment, type Server } from '../support/hosts.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { bin, run } from '../support/installation.ts';
import { postgresOfFile } from '../support/postgres-of-file.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Runs a command that has to succeed. */
async function ok(words: readonly string[], environment: Environment): Promise<string> {
  const { code, stdout, stderr } = await run('gmail-llm', words, environment);
  assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  return stdout;
}

/** What making a label ends with: 403 where only reading is granted. */
async function labelStatus({ url }: Server, token: string, name: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/labels`, { method: 'POST', headers, body: JSON.stringify({ name }) });
  await response.body?.cancel();
  return response.status;
}

const copyOf = ({ GMAIL_HOME = '' }: Environment): string => join(GMAIL_HOME, 'data/shared-settings');

suite('settings that all hosts of a store share', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();

  test('hold on every host from the next start on, below what a host says itself', async (t) => {
    const [first = {}, second = {}] = await hosts(t, postgres.create(t).address, 2);
    const token = (await ok(['token'], first)).trim();
    const before = await startServer(t, 'gmail-api-server', second);
    const said = await ok(['config', 'set', 'GMAIL_GRANTS', 'read', '--shared'], first);
    assert.match(said, /^The servers of each host take it up after: gmail-llm ctl restart/);
    assert.equal(await labelStatus(before, token, 'Before'), 201);

    for (const host of [first, second]) {
      assert.equal(await labelStatus(await startServer(t, 'gmail-api-server', host), token, 'After'), 403);
      const row = JSON.parse(await ok(['config', 'get', 'GMAIL_GRANTS', '--json'], host));
      assert.deepEqual([row.value, row.origin], ['read', 'shared']);
    }
    const refused = await run('gmail-llm', ['call', 'create_label', '--name', 'By command'], second);
    assert.match(refused.stderr, /organize/);
    assert.equal(statSync(copyOf(second)).mode & 0o777, 0o600);

    await ok(['config', 'set', 'GMAIL_GRANTS', 'read,organize'], second);
    assert.equal(await labelStatus(await startServer(t, 'gmail-api-server', second), token, 'Own'), 201);
    const overruled = await ok(['config', 'set', 'GMAIL_GRANTS', 'read,draft', '--shared'], second);
    assert.match(overruled, /^On this host GMAIL_GRANTS is read,organize by its environment or settings, which win\./);
    const { stdout: findings } = await run('gmail-llm', ['doctor'], second);
    assert.match(findings, /GMAIL_GRANTS is read,organize on this host, and read,draft for all hosts\./);

    await ok(['config', 'unset', 'GMAIL_GRANTS', '--shared'], second);
    assert.equal(await ok(['config', 'get', 'GMAIL_GRANTS'], first), '\n');
    assert.equal(await labelStatus(await startServer(t, 'gmail-api-server', first), token, 'Last'), 201);
  });

  test('are asked of the store by every command, whatever this home last read', async (t) => {
    const [first = {}, second = {}] = await hosts(t, postgres.create(t).address, 2);
    const label = (name: string) => run('gmail-llm', ['call', 'create_label', '--name', name], second);
    await ok(['config', 'set', 'GMAIL_GRANTS', 'read,organize', '--shared'], first);
    assert.equal((await label('One')).code, 0);
    await ok(['config', 'set', 'GMAIL_GRANTS', 'read', '--shared'], first);
    assert.match((await label('Two')).stderr, /GMAIL_GRANTS/);
    await ok(['config', 'set', 'GMAIL_GRANTS', 'read', '--shared'], second);
    await ok(['config', 'unset', 'GMAIL_GRANTS', '--shared'], first);
    assert.equal((await label('Three')).code, 0);
    await ok(['config', 'set', 'GMAIL_GRANTS', 'all'], second);
    await ok(['config', 'set', 'GMAIL_GRANTS', 'read', '--shared'], first);
    const { stdout: findings } = await run('gmail-llm', ['doctor'], second);
    assert.match(findings, /GMAIL_GRANTS is all on this host, and read for all hosts\./);
  });

  test('limit what a login asks for, on a home that has never read them', async (t) => {
    const [first = {}, second = {}] = await hosts(t, postgres.create(t).address, 2);
    await ok(['config', 'set', 'GMAIL_GRANTS', 'read', '--shared'], first);
    const child = spawn(process.execPath, [join(bin, 'gmail-llm.js'), 'login', '--paste'], {
      env: {
        ...childEnvironment,
        ...second,
        GMAIL_CLIENT_ID: 'x.apps.googleusercontent.com',
        GMAIL_CLIENT_SECRET: 'y',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stdin.end();
    await once(child, 'close');
    assert.match(said, /gmail\.readonly/);
    assert.doesNotMatch(said, /gmail\.modify|gmail\.compose/);
  });

  test('keep every character of a value', async (t) => {
    const { address } = postgres.create(t);
    const [host = {}] = await hosts(t, address, 1);
    const token = (await ok(['token'], host)).trim();
    for (const value of ['read,\u2028read', 'read,\nread', 'read,\tread ', '"read"', "read,'read'", 'read,\\']) {
      const { code } = await run('gmail-llm', ['config', 'set', 'GMAIL_GRANTS', value, '--shared'], host);
      if (code === 2) continue;
      assert.equal(await labelStatus(await startServer(t, 'gmail-api-server', host), token, 'No'), 403, value);
    }
  });

  test('are those that can be the same on every host, with values that fit', async (t) => {
    const [host = {}] = await hosts(t, postgres.create(t).address, 1);
    const alone = { GMAIL_HOME: temporaryFolder(t) };
    const refusals: readonly (readonly [Environment, readonly string[], RegExp])[] = [
      [host, ['set', 'GMAIL_API_PORT', '8080', '--shared'], /GMAIL_API_PORT belongs to each host\./],
      [host, ['set', 'GMAIL_CLIENT_SECRET', 'x', '--shared'], /GMAIL_CLIENT_SECRET belongs to each host\./],
      [host, ['set', 'GMAIL_QUOTA', 'most', '--shared'], /GMAIL_QUOTA cannot be that\./],
      [
        host,
        ['set', 'GMAIL_QOTA', '2026', '--shared'],
        /There is no variable GMAIL_QOTA\..*did you mean GMAIL_QUOTA\?/is,
      ],
      [host, ['unset', 'GMAIL_HOST', '--shared'], /GMAIL_HOST belongs to each host\./],
      [host, ['list', '--shared'], /`--shared` is for `set` and `unset`\./],
      [alone, ['set', 'GMAIL_QUOTA', '2026', '--shared'], /This home shares nothing with other hosts\./],
    ];
    for (const [environment, words, pattern] of refusals) {
      const { code, stderr } = await run('gmail-llm', ['config', ...words], environment);
      assert.equal(code, 2, words.join(' '));
      assert.match(stderr, pattern);
    }
    assert.doesNotMatch(await ok(['config'], host), /\(shared\)/);
  });

  test('go along where a mailbox is renamed or deleted, and to the one home that is left', async (t) => {
    const [host = {}] = await hosts(t, postgres.create(t).address, 1);
    const file = join(temporaryFolder(t), 'mail.mbox');
    writeFileSync(file, mbox(1));
    await ok(['import', '--account', 'me@example.org', file], host);
    await ok(['config', 'set', 'GMAIL_ACCOUNT', 'me@example.org', '--shared'], host);
    await ok(['config', 'set', 'GMAIL_CONCURRENCY', '2', '--shared'], host);
    const renamed = await ok(['accounts', 'rename', 'me@example.org', 'you@example.org'], host);
    assert.match(renamed, /GMAIL_ACCOUNT is you@example\.org for all hosts\./);

    await ok(['migrate', '--to', 'sqlite'], host);
    const { GMAIL_HOME = '' } = host;
    assert.equal(
      readFileSync(join(GMAIL_HOME, 'settings'), 'utf8'),
      'GMAIL_ACCOUNT=you@example.org\nGMAIL_CONCURRENCY=2\n',
    );
    await ok(['config', 'set', 'GMAIL_CONCURRENCY', '1', '--shared'], host);
    const again = await ok(['migrate', '--to', 'sqlite'], host);
    assert.match(again, /^GMAIL_CONCURRENCY: not as all hosts have it, and left as this home's settings say$/m);
    assert.doesNotMatch(again, /GMAIL_ACCOUNT/);
    rmSync(join(GMAIL_HOME, 'settings'));

    const removed = await ok(['accounts', 'remove', 'you@example.org', '--yes'], host);
    assert.match(removed, /GMAIL_ACCOUNT named it for all hosts, and is out of what they share\./);
    assert.equal(await ok(['config', 'get', 'GMAIL_ACCOUNT'], host), '\n');
  });

  test('that a version does not know are refused by name, and can be taken out', async (t) => {
    const { address } = postgres.create(t);
    const [host = {}] = await hosts(t, address, 1);
    const { postgresHomeStores } = await import('../../src/store/postgres/home-stores.ts');
    const stores = await postgresHomeStores(address, join(host.GMAIL_HOME ?? '', 'data/gmail/key'), Date.now);
    await stores.shared?.records.put('setting', { name: 'GMAIL_LATER', body: 'on', atMs: 0 });
    await stores.close();
    const { code, stderr } = await run('gmail-llm', ['call', 'list_labels'], host);
    assert.equal(code, 2);
    assert.match(stderr, /postgres:\/\/\S+ is not usable\..*postgres:\/\/\S+: GMAIL_LATER: /s);
    await ok(['config', 'unset', 'GMAIL_LATER', '--shared'], host);
    await ok(['call', 'list_labels'], host);
  });
});

suite('settings that all hosts share, while their database is away', { skip: skipWithoutPostgres }, () => {
  test('are those that the home last read; where it never has, a server waits and a command says so', async (t) => {
    const postgres = await startPostgres(t);
    const [known = {}, never = {}] = await hosts(t, postgres.create('mail'), 2);
    const token = (await ok(['token'], known)).trim();
    await ok(['config', 'set', 'GMAIL_GRANTS', 'read', '--shared'], known);
    await postgres.stop();

    const server = await startServer(t, 'gmail-api-server', known);
    assert.equal((await fetch(`${server.url}/health/ready`)).status, 503);
    const shown = await run('gmail-llm', ['config', 'get', 'GMAIL_GRANTS'], known);
    assert.equal(shown.stdout, 'read\n');
    assert.match(shown.stderr, /What all hosts share is shown as this home last read it\./);
    const set = await run('gmail-llm', ['config', 'set', 'GMAIL_GRANTS', 'all', '--shared'], known);
    assert.equal(set.code, 75);
    const command = await run('gmail-llm', ['call', 'list_labels'], never);
    assert.equal(command.code, 75);
    // A copy of another store's is none.
    writeFileSync(copyOf(never), '{"store":"elsewhere/mail","values":{"GMAIL_GRANTS":"all"}}');
    const waiting = startServer(t, 'gmail-api-server', never);
    assert.equal(await Promise.race([waiting, delay(3000, 'waits')]), 'waits');

    await postgres.start();
    for (const each of [server, await waiting]) {
      while (!(await fetch(`${each.url}/health/ready`)).ok) await delay(100);
      assert.equal(await labelStatus(each, token, 'Any'), 403);
    }
  });
});
