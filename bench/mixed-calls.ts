/**
 * Memory over 200,000 mixed calls, `node bench/mixed-calls.ts [CALLS]` after a build: three clients at once read, search,
 * list and change over REST and over MCP. Prints what is resident after each tenth; flat is what it should be.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerToken } from '../src/safety/tokens/owner-token.ts';
import { load, type Shot } from './load.ts';
import { freePort, processorMs, residentMegabytes, startServer, stop } from './processes.ts';
import { recordCalls } from './record-calls.ts';

const total = Number(process.argv[2] ?? 200_000);
const steps = 10;
const connectionsEach = 3;

const say = (line: string) => process.stdout.write(`${line}\n`);

const home = mkdtempSync(join(tmpdir(), 'gmail-llm-mixed-'));
const mcp = await startServer('gmail-mcp-server', home, await freePort());
const api = await startServer('gmail-api-server', home, await freePort());
try {
  const token = ownerToken(join(home, 'data'));
  const headers = { authorization: `Bearer ${token}` };
  const listed = await fetch(`http://127.0.0.1:${api.port}/api/messages`, { headers });
  const id = /"id":"(\w+)"/.exec(await listed.text())?.[1] ?? '';
  const { shots } = await recordCalls(new URL(`http://127.0.0.1:${mcp.port}/mcp`), token, [
    { name: 'get_profile', arguments: {} },
    { name: 'search_messages', arguments: { q: 'is:unread' } },
    { name: 'read_message', arguments: { id } },
    { name: 'read_thread', arguments: { id } },
    { name: 'modify_messages', arguments: { ids: [id], addLabelIds: ['STARRED'] } },
    { name: 'modify_messages', arguments: { ids: [id], removeLabelIds: ['STARRED'] } },
  ]);
  const change = (body: object): Shot => ({
    method: 'POST',
    path: '/api/messages/modify',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ ids: [id], ...body }),
  });
  const paths = ['/api/profile', '/api/messages?q=is:unread', `/api/messages/${id}`, `/api/threads/${id}`];
  const overRest: readonly Shot[] = [
    ...paths.map((path): Shot => ({ method: 'GET', path, headers })),
    change({ addLabelIds: ['STARRED'] }),
    change({ removeLabelIds: ['STARRED'] }),
  ];
  const each = Math.ceil(total / steps / (shots.length + overRest.length));
  say(`${each * steps * (shots.length + overRest.length)} calls, ${shots.length + overRest.length} kinds at a time`);
  say(`       0  mcp ${residentMegabytes(mcp).toFixed(0)} MB  rest ${residentMegabytes(api).toFixed(0)} MB`);
  for (let step = 1; step <= steps; step += 1) {
    // One client goes through the calls of each server; a third mixes both.
    await Promise.all([
      ...shots.map((shot) => load(mcp.port, shot, { connections: connectionsEach, calls: each })),
      ...overRest.map((shot) => load(api.port, shot, { connections: connectionsEach, calls: each })),
    ]);
    const done = each * step * (shots.length + overRest.length);
    say(
      `${String(done).padStart(8)}  mcp ${residentMegabytes(mcp).toFixed(0)} MB  rest ${residentMegabytes(api).toFixed(0)} MB`,
    );
  }
  say(`processor time in all: mcp ${processorMs(mcp).toFixed(0)} ms  rest ${processorMs(api).toFixed(0)} ms`);
} finally {
  for (const program of [mcp, api]) await stop(program);
  rmSync(home, { recursive: true, force: true });
}
