import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Queries } from '../../src/store/postgres/database.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { eventually } from '../support/eventually.ts';
import { call, hosts, mbox, startServer, type Json } from '../support/hosts.ts';
import { run } from '../support/installation.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const account = 'me@example.org';

test(
  'PostgreSQL stops searching for a caller who has left, over both servers, and goes on with what one has changed',
  { skip: skipWithoutPostgres },
  async (t) => {
    const postgres = await startPostgres(t);
    const address = postgres.create('mail');
    const [environment = {}] = await hosts(t, address, 1);
    const file = join(temporaryFolder(t), 'mail.mbox');
    writeFileSync(file, mbox(3));
    assert.equal((await run('gmail-llm', ['import', '--account', account, file], environment)).code, 0);
    const token = (await run('gmail-llm', ['token'], environment)).stdout.trim();
    const api = await startServer(t, 'gmail-api-server', environment);
    const mcp = await startServer(t, 'gmail-mcp-server', environment);
    const client = new Client({ name: 'test', version: '1' });
    const authorization = { authorization: `Bearer ${token}` };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${mcp.url}/mcp`), { requestInit: { headers: authorization } }),
    );
    t.after(() => client.close());

    const admin = postgresAt(address);
    t.after(() => admin.close());
    const waiting = async (): Promise<number> => {
      // Whoever holds the lock must not be idle for long.
      await holder?.get('SELECT 1');
      const sql = `SELECT count(*)::integer AS count FROM pg_stat_activity
        WHERE application_name = 'gmail-llm' AND wait_event_type = 'Lock' AND query NOT LIKE '%ACCESS EXCLUSIVE%'`;
      return Number((await admin.get(sql))?.count);
    };
    let holder: Queries | undefined;
    /** While nobody gets at the messages. */
    const locked = (work: () => Promise<void>) =>
      admin.write('LOCK TABLE message IN ACCESS EXCLUSIVE MODE; SELECT 1', async (queries) => {
        holder = queries;
        await work();
        holder = undefined;
      });

    const searches: readonly ((signal: AbortSignal) => Promise<unknown>)[] = [
      (signal) => fetch(`${api.url}/api/messages?q=quaternion&account=${account}`, { headers: authorization, signal }),
      (signal) => fetch(`${api.url}/api/threads?q=quaternion&account=${account}`, { headers: authorization, signal }),
      (signal) =>
        client.callTool(
          { name: 'search_messages', arguments: { q: 'quaternion', account } },
          {
            signal,
          },
        ),
    ];
    for (const search of searches)
      await locked(async () => {
        const leaving = new AbortController();
        const answer = assert.rejects(search(leaving.signal), /abort/i);
        await eventually('the search waits', async () => (await waiting()) > 0);
        leaving.abort();
        await answer;
        await eventually('the search ends', async () => (await waiting()) === 0, 20_000);
      });

    const found = await call(api, token, 'GET', `/messages?q=quaternion&account=${account}`);
    const [{ id } = assert.fail()] = found.json.messages as readonly Json[];
    await locked(async () => {
      const leaving = new AbortController();
      const change = fetch(`${api.url}/api/messages/modify`, {
        method: 'POST',
        headers: { ...authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ ids: [id], addLabelIds: ['STARRED'], account }),
        signal: leaving.signal,
      });
      const answer = assert.rejects(change, /abort/i);
      await eventually('the change waits', async () => (await waiting()) > 0);
      leaving.abort();
      await answer;
    });
    await eventually('the change is made', async () => {
      const { json } = await call(api, token, 'GET', `/messages?q=is:starred&account=${account}`);
      return (json.messages as readonly Json[]).length === 1;
    });
    const again = await client.callTool({ name: 'search_messages', arguments: { q: 'quaternion', account } });
    assert.notEqual(again.isError, true);
  },
);
