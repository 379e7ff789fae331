// Run apart by vanished-host.test.ts: a host whose packets are lost holds a lock on PostgreSQL, and a connection that does nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { eventually } from '../support/eventually.ts';
import { runCleaned } from '../support/run-cleaned.ts';
import { address, isOnHost, programOnHost } from './program-on-host.ts';

const lock = 'SELECT 1 FROM contested FOR UPDATE';
/** More than is on the way between two hosts: the server waits in the middle of its answer, where nothing interrupts it. */
const large = `SELECT repeat('x', 1000000) FROM generate_series(1, 30)`;

/** What runs on the host that vanishes. It goes on by a line of input. */
async function vanish(): Promise<void> {
  const database = postgresAt(address);
  const input = createInterface({ input: process.stdin });
  const listening = database.listen('anything', () => undefined);
  const writing = database.write(lock, async (queries) => {
    console.log('locked');
    await once(input, 'line');
    await queries.all(large);
  });
  await assert.rejects(writing, { code: 'UNAVAILABLE' });
  await eventually('it is back', () => database.get('SELECT 1').catch(() => undefined));
  listening.stop();
  await database.close();
  input.close();
}

async function main(): Promise<void> {
  await runCleaned(async (context) => {
    const { host, database, child } = await programOnHost(context, {
      file: import.meta.filename,
      table: 'CREATE TABLE contested AS SELECT 1 AS one',
    });

    const connections = (which: string) =>
      database.all(`SELECT 1 FROM pg_stat_activity WHERE client_addr <> '127.0.0.1' AND ${which}`);
    await eventually('it listens', async () => (await connections("query LIKE 'LISTEN%'")).length === 1);
    const heals = [host.part('answers')];
    child.stdin.write('read\n');
    await eventually('the server answers', async () => (await connections("wait_event = 'ClientWrite'")).length === 1);
    heals.push(host.part('link'));
    await eventually('its lock is free', () =>
      database.write(lock, () => Promise.resolve(true), 1000).catch(() => false),
    );
    await eventually('its connections are ended', async () => (await connections('true')).length === 0);
    for (const heal of heals) heal();
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  });
}

if (isOnHost) await vanish();
else await main();
