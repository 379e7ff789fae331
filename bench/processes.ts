import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runtimeFlags } from '../src/core/process-configuration.ts';

export const root = join(import.meta.dirname, '..');

/** A process under measurement. */
export interface Program {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Stops a process and waits until it is gone. */
export async function stop({ child }: Pick<Program, 'child'>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request({ host: '127.0.0.1', port, path: '/health/ready', timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    probe.on('error', () => resolve(false));
    probe.end();
  });
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** How often readiness is asked for while a start is measured. */
const probeEveryMs = 3;

const portVariables = {
  'gmail-mcp-server': 'GMAIL_MCP_PORT',
  'gmail-api-server': 'GMAIL_API_PORT',
  'gmail-dashboard': 'GMAIL_DASHBOARD_PORT',
} as const;

/** Starts one of the servers on a fixed port and answers when it is ready, with the milliseconds that took. */
export async function startServer(
  name: keyof typeof portVariables,
  home: string,
  port: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<Program & { readonly readyMs: number }> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...runtimeFlags, join(root, 'bin', `${name}.js`)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ...environment,
      GMAIL_HOME: home,
      [portVariables[name]]: `${port}`,
    },
  });
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    await delay(probeEveryMs);
  }
  return { child, port, readyMs: performance.now() - startedMs };
}

/** Starts a script that prints the port it listens on. */
export async function startScript(script: string): Promise<Program> {
  const child = spawn(process.execPath, [join(root, script)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { child, port: Number(String(line)) };
}

/** Milliseconds from starting Node.js on an empty program to its end. */
export async function emptyNodeMs(): Promise<number> {
  const startedMs = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - startedMs;
}

/** Resident memory of a process in megabytes (10^6 bytes), from /proc. */
export function residentMegabytes({ child }: Pick<Program, 'child'>): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  return (Number(kilobytes) * 1024) / 1e6;
}

/** Processor time of a process so far, in milliseconds, over the threads that it has now. From /proc. */
export function processorMs({ child }: Pick<Program, 'child'>): number {
  const tasks = `/proc/${child.pid}/task`;
  const nanoseconds = readdirSync(tasks).map((task) => {
    const [onProcessor = ''] = readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ');
    return Number(onProcessor);
  });
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}
