import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { fillWithMadeUp } from '../local/query-properties.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const emailAddress = 'me@example.org';
const socketName = '.s.PGSQL.5432';

/** Passes on what goes between one connection and a server, and counts how often the client speaks after the server did. */
async function startCounting(t: TestContext, address: string) {
  const server = new URL(address).searchParams.get('host') ?? '';
  const folder = temporaryFolder(t);
  let trips = 0;
  const proxy = createServer((client) => {
    const upstream = connect(join(server, socketName));
    let hasServerSpoken = true;
    client.on('data', (data) => {
      if (hasServerSpoken) trips += 1;
      hasServerSpoken = false;
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      hasServerSpoken = true;
      client.write(data);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  }).listen(join(folder, socketName));
  await once(proxy, 'listening');
  t.after(() => proxy.close());
  return { address: address.replace(encodeURIComponent(server), encodeURIComponent(folder)), read: () => trips };
}

suite('round trips to PostgreSQL', { skip: skipWithoutPostgres }, () => {
  test('a search waits for the server as often as it needs an answer to go on', async (t) => {
    const counting = await startCounting(t, (await startPostgres(t)).create('mail'));
    const database = postgresAt(counting.address);
    t.after(() => database.close());
    const mailbox = openLocalMailbox({ store: await openMailStore(database, emailAddress), emailAddress });
    await fillWithMadeUp(mailbox, 5);
    const request = {
      query: { kind: 'text', field: 'anywhere', words: ['the'] },
      includeSpamTrash: false,
      maxResults: 10,
    } as const;
    const tripsOf = async (work: () => Promise<unknown>): Promise<number> => {
      const before = counting.read();
      await work();
      return counting.read() - before;
    };
    const searchMessages = () => mailbox.searchMessages({ ...request, countUpTo: 1000 });
    const searchThreads = () => mailbox.searchThreads(request);
    await searchMessages();
    const [forMessages, forThreads] = [await tripsOf(searchMessages), await tripsOf(searchThreads)];
    // Labels and state; what searches are planned with; the newest messages; their summaries.
    assert.ok(forMessages <= 4, `a search of messages takes ${forMessages}`);
    // The same, and the threads of the matches.
    assert.ok(forThreads <= 5, `a search of threads takes ${forThreads}`);
  });
});
