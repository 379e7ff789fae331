import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../support/child-environment.ts';
import { locateHome, type Home } from '../../src/core/home.ts';
import { identityOf } from '../../src/supervisor/files/process-identity.ts';
import { runControl } from '../../src/supervisor/control/run-control.ts';
import { runSupervisor } from '../../src/supervisor/run-supervisor.ts';

/** The Node.js that runs the tests, for `command=`. */
export const node = process.execPath;
/** Takes its socket from the supervisor and tells its pid. */
export const heldServerScript = fileURLToPath(new URL('fixtures/held-server.mjs', import.meta.url));
export const serverScript = fileURLToPath(new URL('fixtures/server.mjs', import.meta.url));
export const supervisorScript = fileURLToPath(new URL('fixtures/run-supervisor.ts', import.meta.url));

/** For tests of what only Linux's /proc tells. */
export const needsProc = process.platform === 'linux' ? {} : { skip: 'only /proc tells what a process is' };

/** For tests that need Debian's supervisord and supervisorctl. */
export const needsSupervisord = existsSync('/usr/bin/supervisorctl')
  ? {}
  : { skip: 'supervisord is missing: apt-get install -y supervisor' };

/** What has to end before the folder of a home goes: hooks run in the order in which they were made. */
const endingsOf = new Map<string, (() => Promise<void>)[]>();

/** A temporary home that goes with the test, after the supervisors of {@link startSupervisor} in it. */
export function makeHome(t: TestContext, sections = ''): Home {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-supervisor-'));
  endingsOf.set(folder, []);
  t.after(async () => {
    for (const end of endingsOf.get(folder) ?? []) await end();
    endingsOf.delete(folder);
    rmSync(folder, { recursive: true, force: true });
  });
  mkdirSync(join(folder, 'run'), { mode: 0o700 });
  chmodSync(join(folder, 'run'), 0o700);
  mkdirSync(join(folder, 'logs'));
  const home = locateHome({ GMAIL_HOME: folder });
  writeConfiguration(home, sections);
  return home;
}

/** Writes the home's `supervisord.conf`: the head that every home has, then `sections`. */
export function writeConfiguration(home: Home, sections: string): void {
  writeFileSync(
    home.configurationFile,
    `[unix_http_server]
file=%(here)s/run/supervisor.sock
chmod=0600
[supervisord]
logfile=%(here)s/logs/supervisord.log
pidfile=%(here)s/run/supervisord.pid
childlogdir=%(here)s/logs
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/run/supervisor.sock
${sections}`,
  );
}

/** A `[program:…]` section; `log` is in the home's log folder. */
export function program(name: string, command: string, keys: Readonly<Record<string, string | number>> = {}): string {
  const all = { command, redirect_stderr: 'true', stdout_logfile: `%(here)s/logs/${name}.log`, startsecs: 0, ...keys };
  return `[program:${name}]\n${Object.entries(all)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}

/** The words of a shell one-liner as a `command=`. */
export function shell(script: string): string {
  return `sh -c '${script.replaceAll('%', '%%')}'`;
}

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A supervisor in this process, on a home. */
export interface Running {
  readonly home: Home;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Runs one verb of our own client. */
  ctl(...words: string[]): Promise<Answer>;
  stop(): Promise<void>;
  /** The second signal. */
  kill(): void;
  mainLog(): readonly Readonly<Record<string, unknown>>[];
}

/** Starts a supervisor on `home`; resolves when its programs are up. It is stopped when the test ends. */
export async function startSupervisor(
  t: TestContext,
  home: Home,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Running> {
  const stop = new AbortController();
  const kill = new AbortController();
  const ready = Promise.withResolvers<void>();
  const ended = runSupervisor({
    home,
    environment: { PATH: process.env.PATH, ...environment },
    signal: stop.signal,
    killSignal: kill.signal,
    onStarted: () => ready.resolve(),
  });
  const end = async (): Promise<void> => {
    stop.abort();
    kill.abort();
    await ended.catch(() => undefined);
  };
  const endings = endingsOf.get(home.folder);
  if (endings === undefined) t.after(end);
  else endings.push(end);
  await Promise.race([ready.promise, ended]);
  return {
    home,
    ended,
    ctl: (...words) => control(home, words),
    stop: async () => {
      stop.abort();
      await ended;
    },
    kill: () => kill.abort(),
    mainLog: () => logLines(home),
  };
}

/** A supervisor in a process of its own, whose programs are up. */
export async function spawnSupervisor(t: TestContext, home: Home): Promise<ChildProcess> {
  const child = spawn(node, [supervisorScript], {
    env: { ...childEnvironment, GMAIL_HOME: home.folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

function logLines(home: Home): readonly Readonly<Record<string, unknown>>[] {
  return readFileSync(home.supervisorLogFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

/** A stream that hands on what is written. */
function collect(add: (text: string) => void): Pick<NodeJS.WritableStream, 'write'> {
  return {
    write: (text: string | Uint8Array): boolean => {
      add(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
      return true;
    },
  };
}

/** Runs one verb of our client in this process. */
export async function control(home: Home, words: readonly string[], signal?: AbortSignal): Promise<Answer> {
  let stdout = '';
  let stderr = '';
  const exitCode = await runControl({
    arguments: words,
    home,
    stdout: collect((text) => (stdout += text)),
    stderr: collect((text) => (stderr += text)),
    environment: {},
    ...(signal === undefined ? {} : { signal }),
  });
  return { exitCode, stdout, stderr };
}

/** Runs lines one after the other through Debian's supervisorctl, unmodified; one Python for all, as it starts slowly. */
const driver = `
import io, json, sys
from supervisor import supervisorctl
answers = []
for line in json.load(sys.stdin):
    sys.stdout = sys.stderr = output = io.StringIO()
    try:
        supervisorctl.main(['-c', sys.argv[1]] + line.split())
    except SystemExit as end:
        answers.append({'exitCode': end.code or 0, 'stdout': output.getvalue(), 'stderr': ''})
sys.stdout = sys.__stdout__
json.dump(answers, sys.stdout)
`;

export function realControl(home: Home, lines: readonly string[]): Promise<readonly Answer[]> {
  return new Promise((resolve, reject) => {
    const arguments_ = ['-W', 'ignore', '-c', driver, home.configurationFile];
    const child = execFile('/usr/bin/python3', arguments_, { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as Answer[]);
      else reject(new Error(stderr, { cause: error }));
    });
    child.stdin?.end(JSON.stringify(lines));
  });
}

/** A port that nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

export function isAlive(pid: number): boolean {
  // One that has ended and waits for its new parent to reap it still takes signals.
  if (process.platform === 'linux') return identityOf(pid) !== undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
