/**
 * What the aims of speed come to in processor time: `node bench/processor-time.ts`, after a build; with `--starts` only that of
 * starts. The least of several rounds, so that it says something on a machine that is busy with other things as well; calls a
 * second on an idle processor are the inverse of the time for one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ownerToken } from '../src/safety/tokens/owner-token.ts';
import { load, type Shot } from './load.ts';
import { freePort, processorMs, residentMegabytes, startScript, startServer, stop, type Program } from './processes.ts';
import { recordCalls } from './record-calls.ts';

const starts = 7;
const rounds = 5;
/** Calls of one round. */
const calls = 2000;
const connectionCounts = [1, 16];
/** Calls and not seconds, in which a busy machine would get through few: what counts is code that the runtime has optimized. */
const warmUpCalls = 6000;
const names = ['gmail-mcp-server', 'gmail-api-server', 'gmail-dashboard'] as const;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Processor time of an empty Node, by its own account at its end. */
async function emptyMs(): Promise<number> {
  const code = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000)';
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return Number(String(line));
}

async function measureStarts(home: string): Promise<void> {
  const least = (values: readonly number[]): string => Math.min(...values).toFixed(0);
  const empty: number[] = [];
  const ofServers = new Map(names.map((name) => [name, { ms: [] as number[], megabytes: [] as number[] }]));
  for (let round = -1; round < starts; round += 1) {
    empty.push(await emptyMs());
    for (const [name, { ms, megabytes }] of ofServers) {
      const server = await startServer(name, home, await freePort());
      if (round >= 0) {
        ms.push(processorMs(server));
        megabytes.push(residentMegabytes(server));
      }
      await stop(server);
    }
  }
  say(`empty Node ${least(empty)} ms of processor time`);
  for (const [name, { ms, megabytes }] of ofServers) {
    say(`${name} start to ready ${least(ms)} ms, resident at ready ${least(megabytes)} MB`);
  }
}

async function measureCalls(home: string): Promise<void> {
  const echo = await startScript('bench/echo-server.ts');
  const mcp = await startServer('gmail-mcp-server', home, await freePort());
  const api = await startServer('gmail-api-server', home, await freePort());
  try {
    const headers = { authorization: `Bearer ${ownerToken(join(home, 'data'))}` };
    const get = (path: string): Shot => ({ method: 'GET', path, headers });
    const { shots } = await recordCalls(new URL(`http://127.0.0.1:${mcp.port}/mcp`), headers.authorization.slice(7), [
      { name: 'get_profile', arguments: {} },
      { name: 'search_messages', arguments: { q: 'is:unread' } },
    ]);
    const [profile, search] = shots;
    if (profile === undefined || search === undefined) throw new Error('the calls were not recorded');
    const cases: readonly (readonly [string, Program, Shot])[] = [
      ['bare node:http echo', echo, get('/')],
      ['REST get_profile', api, get('/api/profile')],
      ['MCP  get_profile', mcp, profile],
      ['REST search_messages', api, get('/api/messages?q=is:unread')],
      ['MCP  search_messages', mcp, search],
    ];
    for (const [, { port }, shot] of cases) await load(port, shot, { connections: 8, calls: warmUpCalls });
    for (const connections of connectionCounts) {
      const least = new Map<string, number>();
      for (let round = 0; round < rounds; round += 1) {
        for (const [name, program, shot] of cases) {
          const before = processorMs(program);
          await load(program.port, shot, { connections, calls });
          const each = ((processorMs(program) - before) * 1000) / calls;
          least.set(name, Math.min(least.get(name) ?? Number.POSITIVE_INFINITY, each));
        }
      }
      const floor = least.get('bare node:http echo') ?? Number.NaN;
      for (const [name, each] of least) {
        say(
          `${connections} connections  ${name.padEnd(22)} ${each.toFixed(0).padStart(5)} µs  ${(floor / each).toFixed(2)} of echo`,
        );
      }
    }
    say(
      `resident after load: mcp ${residentMegabytes(mcp).toFixed(0)} MB, rest ${residentMegabytes(api).toFixed(0)} MB`,
    );
  } finally {
    for (const program of [echo, mcp, api]) await stop(program);
  }
}

const home = mkdtempSync(join(tmpdir(), 'gmail-llm-bench-'));
try {
  await measureStarts(home);
  if (!process.argv.includes('--starts')) await measureCalls(home);
} finally {
  rmSync(home, { recursive: true, force: true });
}
