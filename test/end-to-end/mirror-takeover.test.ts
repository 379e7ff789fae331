import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { buildMail } from '../build-mail.ts';
import { startLiveServers } from './live-servers.ts';
import { storedIds } from './mirror-files.ts';

const job = 'gmail-mirror';
/** What is promised. */
const takeoverMs = 10_000;
const patienceMs = 60_000;

/** Waits for a state; returns how long that took. */
async function until(what: string, isThere: () => Promise<boolean>): Promise<number> {
  const startMs = performance.now();
  while (!(await isThere())) {
    if (performance.now() - startMs > patienceMs) throw new Error(`${what}: not within ${patienceMs} ms`);
    await delay(10);
  }
  return performance.now() - startMs;
}

test('one server fills a mirror at a time; when it is killed, the other one goes on within ten seconds', async (t) => {
  const messages = 80;
  const live = await startLiveServers({
    servers: ['gmail-api-server', 'gmail-mcp-server'],
    isMirrored: true,
    isPushed: false,
    // Half of it fills the mirror: there is time to be killed in.
    unitsPerMinute: 12_000,
    async prepare({ clock, deliver }) {
      for (let number = 1; number <= messages; number += 1) {
        clock.advance(1000);
        await deliver(undefined, buildMail({ subject: `${number}`, messageId: `${number}@x` }));
      }
    },
  });
  t.after(() => live.close());
  const { emulator, servers, holderOf, stores } = live;
  const stored = async () => (await storedIds(stores.mirrors)).size;

  await until('a server fills the mirror', async () => (await holderOf(job)) !== undefined && (await stored()) > 0);
  const holder = await holderOf(job);
  const other = servers.find((server) => server !== holder);
  assert.ok(holder !== undefined && other !== undefined);
  await live.stop(holder);
  const before = await storedIds(stores.mirrors);
  assert.ok(before.size < messages, 'it was killed before the end');
  const ms = await until('the other one goes on', async () => (await holderOf(job)) === other);
  t.diagnostic(`the other one went on after ${Math.round(ms)} ms`);
  assert.ok(ms < takeoverMs, `${ms} ms`);
  await until('nothing is missing', async () => (await stored()) === messages);

  // What the one that was killed had fetched and not stored yet is fetched once more, and nothing else.
  const again = Object.entries(emulator.counters.read().rawByMessage).filter(([, count]) => count > 1);
  assert.deepEqual(
    again.filter(([id, count]) => count > 2 || before.has(id)),
    [],
  );
});
