import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { asProcess } from '../src/supervisor/client/answers.ts';
import { createRpcClient, type RpcClient } from '../src/core/supervisor/rpc-client.ts';
import { root } from './processes.ts';

/** A supervisor under measurement, on the home that the environment names. */
export interface Kind {
  readonly name: string;
  /** The words that run it in the foreground. */
  readonly command: readonly [string, ...string[]];
  /** The words that restart the REST server, as a person types them. */
  readonly restart: readonly [string, ...string[]];
}

/** The two kinds on one home. */
export function kinds(home: string): readonly [ours: Kind, theirs: Kind] {
  const llm = join(root, 'bin/gmail-llm.js');
  const file = join(home, 'supervisord.conf');
  return [
    {
      name: 'ours',
      command: [process.execPath, llm, 'up'],
      restart: [process.execPath, llm, 'ctl', 'restart', 'gmail-api-server'],
    },
    {
      name: 'supervisord',
      command: ['/usr/bin/supervisord', '-n', '-c', file],
      restart: ['/usr/bin/supervisorctl', '-c', file, 'restart', 'gmail-servers:gmail-api-server'],
    },
  ];
}

/** Where both servers listen, and what every process starts with. */
export interface Place {
  readonly home: string;
  readonly mcpPort: number;
  readonly apiPort: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A supervisor that runs. */
export interface Supervised {
  readonly child: ChildProcess;
  readonly client: RpcClient;
}

/** How often readiness is asked for. */
const probeEveryMs = 3;

/** Answers the status of a GET on a connection of its own, or what went wrong. */
export function get(port: number, path: string): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: noKeepAlive, timeout: 10_000 }, (response) => {
      response.on('error', (error) => resolve(error.message));
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer within 10 s')));
    sent.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    sent.end();
  });
}
const noKeepAlive = new Agent({ keepAlive: false, maxSockets: Infinity });

/** Resolves when the server on that port is ready. */
export async function untilReady(port: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  while ((await get(port, '/health/ready')) !== 200) {
    if (performance.now() > deadline) throw new Error(`port ${port} is not ready within 60 s`);
    await delay(probeEveryMs);
  }
}

/** Starts a supervisor; resolves when both servers are ready. */
export async function start({ command: [program, ...words] }: Kind, place: Place): Promise<Supervised> {
  const child = spawn(program, words, { env: place.environment, stdio: 'ignore' });
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) process.stderr.write(`${program} ended with ${code}\n`);
  });
  await Promise.all([untilReady(place.mcpPort), untilReady(place.apiPort)]);
  return { child, client: createRpcClient({ url: `unix://${join(place.home, 'run/supervisor.sock')}` }) };
}

/** Ends a supervisor with SIGTERM and waits until it is gone. */
export async function end({ child }: Pick<Supervised, 'child'>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** Pid of the REST server. */
export async function apiPid({ client }: Supervised): Promise<number> {
  return asProcess(await client.call('supervisor.getProcessInfo', 'gmail-servers:gmail-api-server')).pid;
}

/** Resolves when every program is RUNNING, which supervisord says only after startsecs. */
export async function untilRunning({ client }: Supervised): Promise<void> {
  for (;;) {
    const answer = await client.call('supervisor.getAllProcessInfo');
    if (Array.isArray(answer) && answer.map(asProcess).every(({ state }) => state === 'RUNNING')) return;
    await delay(20);
  }
}

/** Runs a command to its end; throws where it fails. */
export async function runCommand([program, ...words]: readonly [string, ...string[]], place: Place): Promise<void> {
  const child = spawn(program, words, { env: place.environment, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${code}`);
}

/** Memory of a bare Node.js with an idle HTTP server, which our supervisor cannot be smaller than. */
export async function bareNodeMegabytes(): Promise<ReturnType<typeof memoryMegabytes>> {
  const script = "require('http').createServer().listen(0, '127.0.0.1', () => process.send('listening'))";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  await delay(500);
  const memory = memoryMegabytes(child.pid ?? 0);
  child.kill();
  await once(child, 'exit');
  return memory;
}

/** Processor time of a process in milliseconds, from /proc. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident and proportional memory of a process in megabytes (10^6 bytes), from /proc. */
export function memoryMegabytes(pid: number): { readonly rss: number; readonly pss: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (key: string): number =>
    (Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1]) * 1024) / 1e6;
  return { rss: of('Rss'), pss: of('Pss') };
}
