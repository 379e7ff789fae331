import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { call, hosts, mbox, startServer, type Json, type Server } from '../support/hosts.ts';
import { freePorts } from '../support/free-ports.ts';
import { run } from '../support/installation.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const account = 'me@example.org';

/** Asks until a server says that it is ready, for a minute at most. */
async function untilReady({ url }: Server): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if ((await fetch(`${url}/health/ready`)).ok) return;
    await setTimeout(100);
  }
  assert.fail('the server did not get ready again');
}

suite('a PostgreSQL that goes away', { skip: skipWithoutPostgres }, () => {
  test('is UNAVAILABLE to calls and recovered from without a restart; what was sent is sent once', async (t) => {
    const postgres = await startPostgres(t, { isDurable: true });
    const [environment = {}] = await hosts(t, postgres.create('mail'), 1);
    const file = join(temporaryFolder(t), 'mail.mbox');
    writeFileSync(file, mbox(3));
    for (const address of [account, 'bob@example.org']) {
      assert.equal((await run('gmail-llm', ['import', '--account', address, file], environment)).code, 0);
    }
    const token = (await run('gmail-llm', ['token'], environment)).stdout.trim();
    const first = await startServer(t, 'gmail-api-server', environment);
    const send = (server: Server, key: string) =>
      call(server, token, 'POST', '/messages/send', {
        account,
        to: ['bob@example.org'],
        subject: `Number ${key}`,
        body: 'Once.',
        idempotencyKey: key,
      });
    const arrived = async (key: string): Promise<number> => {
      const found = await call(first, token, 'GET', `/messages?q=subject:"number ${key}"&account=bob@example.org`);
      return (found.json.messages as readonly Json[]).length;
    };
    assert.equal((await send(first, 'k0')).status, 200);

    await postgres.stop();
    const refused = await call(first, token, 'GET', `/profile?account=${account}`);
    assert.deepEqual([refused.status, refused.json.code], [503, 'UNAVAILABLE']);
    assert.equal((await send(first, 'k1')).status, 503);
    assert.equal((await fetch(`${first.url}/health/ready`)).status, 503);
    // One that starts meanwhile waits for it.
    const second = await startServer(t, 'gmail-api-server', environment);
    assert.equal((await fetch(`${second.url}/health/ready`)).status, 503);

    await postgres.start();
    await Promise.all([untilReady(first), untilReady(second)]);
    assert.equal((await send(second, 'k1')).status, 200);
    assert.equal((await call(first, token, 'GET', `/profile?account=${account}`)).status, 200);

    // The server dies under sends; whoever was not answered asks again, here the other process.
    const keys = Array.from({ length: 6 }, (_, n) => `c${n}`);
    const sends = keys.map((key) => send(first, key));
    await setTimeout(150);
    await postgres.crash();
    const outcomes = await Promise.all(sends);
    for (const { status } of outcomes) assert.ok([200, 502, 503].includes(status), `status ${status}`);
    await Promise.all([untilReady(first), untilReady(second)]);
    for (const key of keys) {
      let status = 0;
      // One that was under way is judged by its draft a minute later.
      for (let tries = 0; tries < 600 && status !== 200; tries += 1) {
        ({ status } = await send(second, key));
        if (status !== 200) await setTimeout(200);
      }
      assert.equal(status, 200, `the send ${key} was not made`);
    }
    const counts = await Promise.all(['k0', 'k1', ...keys].map(arrived));
    assert.deepEqual(
      counts,
      Array.from({ length: 8 }, () => 1),
    );
    const verified = await run('gmail-llm', ['audit', '--verify'], environment);
    assert.equal(verified.code, 0, verified.stderr);
  });

  test('is waited for by servers that a supervisor starts meanwhile, and not given up', async (t) => {
    const postgres = await startPostgres(t);
    const [host = {}] = await hosts(t, postgres.create('mail'), 1);
    const [mcp, api, page] = await freePorts(3);
    const ports = { GMAIL_MCP_PORT: `${mcp}`, GMAIL_API_PORT: `${api}`, GMAIL_DASHBOARD_PORT: `${page}` };
    const environment = { ...host, ...ports };
    const file = join(host.GMAIL_HOME ?? '', 'supervisord.conf');
    const impatient = 'x_ready_timeout=1\nstartretries=0\nx_ready_url=';
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('x_ready_url=', impatient));
    await postgres.stop();

    const ctl = async (...words: readonly string[]) => (await run('gmail-llm', ['ctl', ...words], environment)).stdout;
    t.after(() => ctl('shutdown'));
    const up = await run('gmail-llm', ['up', '--detach'], environment);
    assert.equal(up.code, 75);
    const pids = await ctl('pid', 'all');
    assert.equal((await ctl('status')).match(/ RUNNING /g)?.length, 3);
    const ready = () => fetch(`http://127.0.0.1:${api}/health/ready`);
    const away = await ready();
    assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '5']);
    await away.body?.cancel();

    await postgres.start();
    await eventually('it is ready', async () => (await ready()).ok);
    assert.equal(await ctl('pid', 'all'), pids);
  });
});
