// Run apart by vanished-host.test.ts: a host's COMMIT is lost, and its caller is told so; then the network is there again, and the
// system would send what it still had.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { eventually } from '../support/eventually.ts';
import { runCleaned } from '../support/run-cleaned.ts';
import { address, isOnHost, programOnHost } from './program-on-host.ts';

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
    const { host, database, child } = await programOnHost(context, {
      file: import.meta.filename,
      table: 'CREATE TABLE changed (one integer)',
    });

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

if (isOnHost) await change();
else await main();
