import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../test/support/free-ports.ts';
import { startServer, stop } from './processes.ts';
import {
  apiPid,
  bareNodeMegabytes,
  cpuMs,
  end,
  get,
  kinds,
  memoryMegabytes,
  runCommand,
  start,
  untilReady,
  untilRunning,
  type Kind,
  type Place,
  type Supervised,
} from './supervised.ts';

// Our supervisor beside the real one, with the real two servers, in one run: `npm run bench:supervisor [-- quick]`.

const isQuick = process.argv.includes('quick');
const rounds = isQuick ? 2 : 7;
const restarts = isQuick ? 2 : 20;
const connections = 64;
const idleMs = isQuick ? 2_000 : 20_000;
/** Between two kills: a process that dies at once again is meant to wait. */
const calmMs = 3_500;

interface Figures {
  readonly startMs: number;
  readonly recoverMs: number;
  readonly stopMs: number;
  readonly failed: ReadonlyMap<string, number>;
  readonly requests: number;
  readonly restartMs: number;
  readonly idlePercent: number;
  readonly rss: number;
  readonly pss: number;
}

function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

async function repeated(count: number, work: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < count; round += 1) values.push(await work());
  return median(values);
}

async function measureStart(kind: Kind, place: Place): Promise<number> {
  return repeated(rounds, async () => {
    const startedMs = performance.now();
    const supervised = await start(kind, place);
    const takenMs = performance.now() - startedMs;
    await end(supervised);
    return takenMs;
  });
}

async function measureRecovery(supervised: Supervised, place: Place): Promise<number> {
  return repeated(rounds, async () => {
    await untilRunning(supervised);
    await delay(calmMs);
    const before = await apiPid(supervised);
    const takenMs = await timed(() => {
      process.kill(before, 'SIGKILL');
      return untilReady(place.apiPort);
    });
    if ((await apiPid(supervised)) === before) throw new Error('the server that was killed still answers');
    return takenMs;
  });
}

async function measureStop(supervised: Supervised, place: Place): Promise<number> {
  return repeated(rounds, async () => {
    await untilRunning(supervised);
    const takenMs = await timed(() => supervised.client.call('supervisor.stopAllProcesses'));
    await supervised.client.call('supervisor.startAllProcesses');
    await Promise.all([untilReady(place.mcpPort), untilReady(place.apiPort)]);
    return takenMs;
  });
}

/** Restarts the REST server while clients ask it without a pause, each time on a connection of its own. */
async function measureRestarts(
  kind: Kind,
  supervised: Supervised,
  place: Place,
): Promise<Pick<Figures, 'failed' | 'requests' | 'restartMs'>> {
  const failed = new Map<string, number>();
  let requests = 0;
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) {
      const answer = await get(place.apiPort, '/health/ready');
      requests += 1;
      if (answer !== 200) failed.set(String(answer), (failed.get(String(answer)) ?? 0) + 1);
    }
  };
  await untilRunning(supervised);
  const clients = Promise.all(Array.from({ length: connections }, client));
  const restartMs = await repeated(restarts, async () => {
    const takenMs = await timed(() => runCommand(kind.restart, place));
    await delay(200);
    return takenMs;
  });
  isOver = true;
  await clients;
  return { failed, requests, restartMs };
}

async function measure(kind: Kind, place: Place): Promise<Figures> {
  const startMs = await measureStart(kind, place);
  const supervised = await start(kind, place);
  try {
    const pid = supervised.child.pid ?? 0;
    await untilRunning(supervised);
    await delay(1_000);
    const before = cpuMs(pid);
    await delay(idleMs);
    const idlePercent = (100 * (cpuMs(pid) - before)) / idleMs;
    const memory = memoryMegabytes(pid);
    const recoverMs = await measureRecovery(supervised, place);
    const stopMs = await measureStop(supervised, place);
    const underLoad = await measureRestarts(kind, supervised, place);
    return { startMs, recoverMs, stopMs, idlePercent, ...memory, ...underLoad };
  } finally {
    await end(supervised);
  }
}

/** Cold start of the REST server alone, which no supervisor can be faster than. */
async function measureFloor(place: Place): Promise<number> {
  return repeated(rounds, async () => {
    const server = await startServer('gmail-api-server', place.home, place.apiPort);
    await stop(server);
    return server.readyMs;
  });
}

function row(title: string, ours: number, theirs: number, digits: number, aim: string): string {
  const columns = [ours.toFixed(digits), theirs.toFixed(digits), ours === 0 ? '–' : (theirs / ours).toFixed(1)];
  return `${title.padEnd(46)}${columns.map((column) => column.padStart(12)).join('')}   ${aim}`;
}

function verdict(isMet: boolean, aim: string): string {
  return `${isMet ? 'met' : 'MISSED'}: ${aim}`;
}

function failures({ failed }: Figures): number {
  return [...failed.values()].reduce((sum, count) => sum + count, 0);
}

function report(floorMs: number, ours: Figures, theirs: Figures): void {
  const recovery = ours.recoverMs <= floorMs + 50 && theirs.recoverMs >= 5 * ours.recoverMs;
  say(`${''.padEnd(46)}${'ours'.padStart(12)}${'supervisord'.padStart(12)}${'ratio'.padStart(12)}   aim`);
  say(
    row(
      'kill -9 to answering again, ms',
      ours.recoverMs,
      theirs.recoverMs,
      0,
      verdict(recovery, `cold start (${floorMs.toFixed(0)}) + 50 ms, 5 times sooner`),
    ),
  );
  say(row('start to both ready, ms', ours.startMs, theirs.startMs, 0, ''));
  say(row('graceful stop of both, ms', ours.stopMs, theirs.stopMs, 0, ''));
  say(row('restart command under load, ms', ours.restartMs, theirs.restartMs, 0, ''));
  say(
    row(
      `failed requests in ${restarts} restarts, ${connections} connections`,
      failures(ours),
      failures(theirs),
      0,
      verdict(failures(ours) === 0, '0'),
    ),
  );
  say(row('  of so many', ours.requests, theirs.requests, 0, ''));
  say(row(`idle processor time over ${idleMs / 1000} s, %`, ours.idlePercent, theirs.idlePercent, 3, ''));
  say(row('resident memory (RSS), MB', ours.rss, theirs.rss, 1, verdict(ours.rss < 45, 'under 45 MB')));
  say(row('its share of memory (PSS), MB', ours.pss, theirs.pss, 1, ''));
  for (const [name, { failed }] of [['ours', ours] as const, ['supervisord', theirs] as const]) {
    for (const [reason, count] of failed) say(`failed at ${name}: ${count} × ${reason}`);
  }
}

if (!existsSync('/usr/bin/supervisord')) {
  say('supervisord is missing: apt-get install -y supervisor');
  process.exit(69);
}
const home = mkdtempSync(join(tmpdir(), 'gmail-llm-bench-'));
try {
  const [mcpPort = 0, apiPort = 0, dashboardPort = 0] = await freePorts(3);
  const environment = {
    PATH: process.env.PATH,
    GMAIL_HOME: home,
    GMAIL_HOST: '127.0.0.1',
    GMAIL_MCP_PORT: `${mcpPort}`,
    GMAIL_API_PORT: `${apiPort}`,
    GMAIL_DASHBOARD_PORT: `${dashboardPort}`,
  };
  const place: Place = { home, mcpPort, apiPort, environment };
  const [ours, theirs] = kinds(home);
  // The first start fills the home.
  await end(await start(ours, place));
  say(`Node ${process.version}; medians of ${rounds} rounds`);
  const floorMs = await measureFloor(place);
  say(`cold start of the REST server alone: ${floorMs.toFixed(0)} ms`);
  const bare = await bareNodeMegabytes();
  say(`bare Node.js with an idle HTTP server: RSS ${bare.rss.toFixed(1)} MB, PSS ${bare.pss.toFixed(1)} MB`);
  report(floorMs, await measure(ours, place), await measure(theirs, place));
} finally {
  rmSync(home, { recursive: true, force: true });
}
