// Run apart by vanished-host.test.ts: a host's COMMIT is lost, and its caller is told so; then the network is there again, and the
// system would send what it still had.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { endOf } from '../support/end-of.ts';
import { eventually } from '../support/eventually.ts';
import { makeHosts } from '../support/namespaces.ts';
import { startPostgres } from '../support/postgres.ts';
import { runCleaned } from '../support/run-cleaned.ts';

const address = 'postgres://postgres@127.0.0.1:5432/mail';
const patienceMs = 1000;
/** Longer than the system waits before it sends again what was lost for as long as a change is waited for: the pause doubles. */
const resentMs = 10_000;

/** What runs on the host. It goes on by a line of input. */
async function change(): Promise<void> {
  const database = postgresAt(address);
  const input = createInterface({ input: process.stdin });
  const work = database.write(
    'SELECT 1',
    async (queries) => {
      await queries.run('INSERT INTO changed VALUES (1)');
      console.log('changed');
      await once(input, 'line');
    },
    patienceMs,
  );
  await assert.rejects(work, { code: 'UNAVAILABLE' });
  console.log('given up');
  await once(input, 'line');
  await database.close();
  input.close();
}

async function main(): Promise<void> {
  await runCleaned(async (context) => {
    const [host = assert.fail()] = makeHosts(1);
    const postgres = await startPostgres(context, { isOnNetwork: true });
    postgres.create('mail');
    const database = postgresAt(address);
    context.after(() => database.close());
    await database.run('CREATE TABLE changed (one integer)');
    const [first, ...words] = [...host.within, process.execPath, import.meta.filename, 'change'];
    const child = spawn(first, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    context.after(() => endOf(child, 'SIGKILL'));
    await once(child.stdout, 'data');

    const heal = host.part('link');
    child.stdin.write('commit\n');
    await once(child.stdout, 'data');
    heal();
    await delay(resentMs);
    assert.deepEqual(await database.all('SELECT * FROM changed'), []);
    await eventually('its transaction is ended', async () => {
      const open = "SELECT 1 FROM pg_stat_activity WHERE client_addr <> '127.0.0.1'";
      return (await database.all(open)).length === 0;
    });
    child.stdin.write('end\n');
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  });
}

if (process.argv[2] === 'change') await change();
else await main();
