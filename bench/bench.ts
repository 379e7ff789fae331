import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { ownerToken } from '../src/safety/tokens/owner-token.ts';
import { recordCalls } from './record-calls.ts';
import { load, quantile, type LoadResult, type Shot } from './load.ts';
import { emptyNodeMs, freePort, residentMegabytes, startScript, startServer, stop } from './processes.ts';

/** Starts of each program; the median counts. */
const starts = 9;
/** Rounds of load, in each of which every case has its turn, so that a slow moment of the machine meets all. */
const rounds = 3;
const durationMs = 1500;
const connectionCounts = [1, 16];
/** Load on each case before any is measured: what counts is a server at work, whose code the runtime has optimized. */
const warmUpMs = 3000;
const warmUpConnections = 8;

const say = (line = '') => process.stdout.write(`${line}\n`);
const median = (values: readonly number[]) =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

async function benchStart(home: string): Promise<void> {
  const figures = {
    empty: [] as number[],
    mcp: [] as number[],
    api: [] as number[],
    mcpMb: [] as number[],
    apiMb: [] as number[],
  };
  // The first start fills the home and the compile cache; it is shown apart.
  for (let index = -1; index < starts; index += 1) {
    const empty = await emptyNodeMs();
    const mcp = await startServer('gmail-mcp-server', home, await freePort());
    const mcpMb = residentMegabytes(mcp);
    await stop(mcp);
    const api = await startServer('gmail-api-server', home, await freePort());
    const apiMb = residentMegabytes(api);
    await stop(api);
    if (index === -1) {
      say(
        `very first start, with the demo mailbox made: mcp ${mcp.readyMs.toFixed(0)} ms, then rest ${api.readyMs.toFixed(0)} ms`,
      );
      continue;
    }
    figures.empty.push(empty);
    figures.mcp.push(mcp.readyMs);
    figures.api.push(api.readyMs);
    figures.mcpMb.push(mcpMb);
    figures.apiMb.push(apiMb);
  }
  const empty = median(figures.empty);
  say(`empty Node start to end          ${empty.toFixed(0).padStart(6)} ms`);
  for (const [name, ms, mb] of [
    ['gmail-mcp-server', figures.mcp, figures.mcpMb],
    ['gmail-api-server', figures.api, figures.apiMb],
  ] as const) {
    const ready = median(ms);
    say(
      `${name} start to ready ${ready.toFixed(0).padStart(9)} ms   ${(ready - empty).toFixed(0)} ms over empty (aim 250), ${(ready / empty).toFixed(1)} x; resident idle ${median(mb).toFixed(0)} MB (aim 90)`,
    );
  }
}

async function benchLoad(home: string): Promise<void> {
  const token = ownerToken(join(home, 'data'));
  const echo = await startScript('bench/echo-server.ts');
  const mcp = await startServer('gmail-mcp-server', home, await freePort());
  const api = await startServer('gmail-api-server', home, await freePort());
  try {
    const headers = { authorization: `Bearer ${token}` };
    const get = (path: string): Shot => ({ method: 'GET', path, headers });
    const listed = await fetch(`http://127.0.0.1:${api.port}/api/messages?q=is:unread`, { headers });
    const { messages } = (await listed.json()) as { messages: { id: string }[] };
    const id = messages[0]?.id ?? '';
    const { shots, tools } = await recordCalls(new URL(`http://127.0.0.1:${mcp.port}/mcp`), token, [
      { name: 'get_profile', arguments: {} },
      { name: 'search_messages', arguments: { q: 'is:unread' } },
      { name: 'read_message', arguments: { id } },
    ]);
    const cases: readonly (readonly [string, number, Shot | undefined])[] = [
      ['bare node:http echo', echo.port, get('/')],
      ['REST get_profile', api.port, get('/api/profile')],
      ['REST search_messages', api.port, get('/api/messages?q=is:unread')],
      ['REST read_message', api.port, get(`/api/messages/${id}`)],
      ['MCP  get_profile', mcp.port, shots[0]],
      ['MCP  search_messages', mcp.port, shots[1]],
      ['MCP  read_message', mcp.port, shots[2]],
    ];
    for (const connections of connectionCounts) {
      const results = new Map<string, LoadResult[]>();
      for (let round = 0; round < rounds; round += 1) {
        for (const [name, port, shot] of cases) {
          if (shot === undefined) throw new Error(`${name} was not recorded`);
          if (round === 0 && connections === connectionCounts[0]) {
            await load(port, shot, { connections: warmUpConnections, durationMs: warmUpMs });
          }
          results.set(name, [...(results.get(name) ?? []), await load(port, shot, { connections, durationMs })]);
        }
      }
      const floor = median((results.get('bare node:http echo') ?? []).map((result) => result.perSecond));
      say();
      say(`${connections} connection${connections === 1 ? '' : 's'}          calls/s   p50 ms   p99 ms   of echo`);
      for (const [name, runs] of results) {
        const perSecond = median(runs.map((run) => run.perSecond));
        const columns = [
          perSecond.toFixed(0).padStart(8),
          median(runs.map((run) => run.p50Ms))
            .toFixed(2)
            .padStart(8),
          median(runs.map((run) => run.p99Ms))
            .toFixed(2)
            .padStart(8),
          (perSecond / floor).toFixed(2).padStart(8),
        ];
        say(`${name.padEnd(21)}${columns.join(' ')}`);
      }
    }
    say();
    say(
      `resident after load: mcp ${residentMegabytes(mcp).toFixed(0)} MB, rest ${residentMegabytes(api).toFixed(0)} MB, echo ${residentMegabytes(echo).toFixed(0)} MB`,
    );
    say(`tools/list of the core toolset: ${encode(JSON.stringify(tools)).length} tokens (o200k, aim under 2,500)`);
  } finally {
    await Promise.all([stop(echo), stop(mcp), stop(api)]);
  }
}

const home = mkdtempSync(join(tmpdir(), 'gmail-llm-bench-'));
try {
  say(`Node ${process.version}, medians of ${starts} starts and ${rounds} rounds of ${durationMs} ms`);
  await benchStart(home);
  await benchLoad(home);
} finally {
  rmSync(home, { recursive: true, force: true });
}
