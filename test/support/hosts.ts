import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { childEnvironment } from './child-environment.ts';
import { freePorts } from './free-ports.ts';
import { bin, run } from './installation.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Json = Readonly<Record<string, unknown>>;
/** What the processes of a host are started with. */
export type Environment = Readonly<Record<string, string>>;

/** A running server. */
export interface Server {
  readonly url: string;
  readonly child: ChildProcess;
  readonly stderr: () => string;
}

const portVariables: Readonly<Record<string, string>> = {
  'gmail-api-server': 'GMAIL_API_PORT',
  'gmail-mcp-server': 'GMAIL_MCP_PORT',
  'gmail-dashboard': 'GMAIL_DASHBOARD_PORT',
};

/** Starts a server on a free port, and kills it when the test is over; by the words of `within`, where it runs elsewhere. */
export async function startServer(
  t: Pick<TestContext, 'after'>,
  program: string,
  environment: Environment,
  within: readonly string[] = [],
): Promise<Server> {
  const [port] = await freePorts(1);
  const variable = portVariables[program] ?? '';
  const others = Object.fromEntries(Object.values(portVariables).map((name) => [name, '0']));
  const [first, ...words] = [...within, process.execPath, join(bin, `${program}.js`)];
  const child = spawn(first ?? '', words, {
    env: { ...childEnvironment, ...others, ...environment, [variable]: `${port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  let output = '';
  let stderr = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('"listening"')) resolve();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${stderr}${output}`)));
  });
  return { url: `http://${environment.GMAIL_HOST ?? '127.0.0.1'}:${port}`, child, stderr: () => stderr };
}

/** A call of the REST API with the owner's token; `signal` gives it up. */
export async function call(
  { url }: Server,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<{ readonly status: number; readonly json: Json }> {
  const response = await fetch(`${url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

/** The homes of hosts that share a database: the first has made the key, the others have been given it. */
export async function hosts(
  t: Pick<TestContext, 'after'>,
  address: string,
  count: number,
): Promise<readonly Environment[]> {
  const homes = Array.from({ length: count }, () => temporaryFolder(t));
  const [first = ''] = homes;
  const environments = homes.map((GMAIL_HOME) => ({ GMAIL_HOME, GMAIL_STORE: address, TZ: 'UTC' }));
  const made = await run('gmail-llm', ['token'], environments[0] ?? {});
  assert.equal(made.code, 0, made.stderr);
  for (const home of homes.slice(1)) {
    mkdirSync(join(home, 'data/gmail'), { recursive: true, mode: 0o700 });
    copyFileSync(join(first, 'data/gmail/key'), join(home, 'data/gmail/key'));
  }
  return environments;
}

/** An mbox of so many messages, each with the word “quaternion”. */
export const mbox = (count: number): string =>
  Array.from(
    { length: count },
    (_, n) =>
      `From ann@example.org Mon Jun 15 12:00:0${n % 10} 2026\nFrom: Ann <ann@example.org>\nTo: me@example.org\nSubject: Plan ${n}\nMessage-ID: <${n}@example.org>\nDate: Mon, 15 Jun 2026 12:00:0${n % 10} +0000\n\nThe quaternion of plan ${n}.\n\n`,
  ).join('');
