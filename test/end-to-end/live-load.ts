import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { ownerToken } from '../../src/safety/tokens/owner-token.ts';
import type { CounterValues } from '../../src/emulator/control/counters.ts';
import { startEmulator } from '../../src/emulator/start-emulator.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { fillDemoMailbox } from '../../src/local/demo/fill-demo-mailbox.ts';
import { bin } from '../support/installation.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { freePorts } from '../support/free-ports.ts';

/** What a load is made of. */
export interface LiveLoad {
  readonly seconds: number;
  readonly tokenSeconds: number;
  readonly unitsPerMinute: number;
  /** Callers of each of the four servers. */
  readonly callers: number;
  /** 5 % each of 401, 403, 429, 500, connections cut and answers that take 2 s. */
  readonly hasFaults: boolean;
}

/** What came of it. */
export interface LiveLoadReport {
  readonly right: number;
  /** Answers that were not what the mailbox holds. */
  readonly wrong: readonly string[];
  /** Error answers by code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly tookSeconds: number;
  readonly counters: CounterValues;
}

const emailAddress = 'me@example.org';
/** A call may take as long as the servers let it, and a little for the way. */
export const patienceMs = 32_000;

const faultRules = [
  { kind: 'status', status: 401, reason: 'authError' },
  { kind: 'status', status: 403, reason: 'rateLimitExceeded' },
  { kind: 'status', status: 429, reason: 'rateLimitExceeded' },
  { kind: 'status', status: 500, reason: 'backendError' },
  { kind: 'drop', afterCommit: false },
  { kind: 'delay', milliseconds: 2000 },
] as const;

/** One server, ready; asks it to read a message and answers the subject it told, or throws an error with a code. */
interface Reader {
  readonly child: ChildProcess;
  readonly read: (id: string) => Promise<string>;
}

class CodedError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

async function startServer(
  name: 'gmail-mcp-server' | 'gmail-api-server',
  environment: Readonly<Record<string, string>>,
  port: number,
): Promise<ChildProcess> {
  const variable = name === 'gmail-mcp-server' ? 'GMAIL_MCP_PORT' : 'GMAIL_API_PORT';
  const child = spawn(process.execPath, [join(bin, `${name}.js`)], {
    env: { ...childEnvironment, ...environment, [variable]: `${port}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok === true) return child;
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    await delay(20);
  }
}

async function restReader(environment: Readonly<Record<string, string>>, port: number, token: string): Promise<Reader> {
  const child = await startServer('gmail-api-server', environment, port);
  return {
    child,
    async read(id) {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`http://127.0.0.1:${port}/api/messages/${id}`, { headers });
      const body = (await response.json()) as { readonly subject?: string; readonly code?: string; message?: string };
      if (!response.ok) throw new CodedError(body.code ?? `${response.status}`, body.message ?? '');
      return body.subject ?? '';
    },
  };
}

async function mcpReader(environment: Readonly<Record<string, string>>, port: number, token: string): Promise<Reader> {
  const child = await startServer('gmail-mcp-server', environment, port);
  const client = new Client({ name: 'load', version: '1' });
  const headers = { authorization: `Bearer ${token}` };
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
  return {
    child,
    async read(id) {
      const result = await client.callTool({ name: 'read_message', arguments: { id } }, { timeout: patienceMs + 5000 });
      const [content] = result.content as { readonly text?: string }[];
      const text = content?.text ?? '';
      if (result.isError === true) throw new CodedError(/^[A-Z_]+/.exec(text)?.[0] ?? 'none', text);
      const shown = /^Subject: (.*)$/m.exec(text)?.[1] ?? text;
      return shown === '(no subject)' ? '' : shown;
    },
  };
}

/** Four processes on one emulated account, reading as fast as they are let, without a cache. */
export async function loadLive(load: LiveLoad): Promise<LiveLoadReport> {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-load-'));
  const home = join(folder, 'home');
  const emulator = await startEmulator({
    accounts: [{ emailAddress, folder: join(folder, 'mailbox') }],
    settings: { accessTokenSeconds: load.tokenSeconds, unitsPerMinute: load.unitsPerMinute },
  });
  const children: ChildProcess[] = [];
  try {
    await fillDemoMailbox(emulator.mailbox(), new Date());
    const page = { maxResults: 100, includeSpamTrash: false };
    const { messages } = await emulator.mailbox().searchMessages({ query: { kind: 'all' }, ...page });
    const [account] = emulator.accounts;
    if (account === undefined) throw new Error('the emulator has no account');
    const store = openCredentialStore(join(home, 'data'), { keyStore: 'file' });
    await store.save({
      kind: 'oauth',
      emailAddress,
      scopes: ['https://mail.google.com/'],
      createdMs: Date.now(),
      clientId: account.clientId,
      clientSecret: account.clientSecret,
      refreshToken: account.refreshToken,
    });
    store.close();
    const environment = {
      GMAIL_HOME: home,
      GMAIL_BACKEND: 'gmail',
      GMAIL_API_ROOT_URL: emulator.rootUrl,
      GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
      GMAIL_CACHE: 'off',
      GMAIL_QUOTA_UNITS_PER_MINUTE: `${load.unitsPerMinute}`,
      GMAIL_LOG_LEVEL: 'error',
    };
    const token = ownerToken(join(home, 'data'));
    const ports = await freePorts(4);
    const readers = await Promise.all(
      ports.map(async (port, index) => {
        const reader = await (index % 2 === 0 ? restReader : mcpReader)(environment, port, token);
        children.push(reader.child);
        return reader;
      }),
    );
    emulator.counters.reset();
    if (load.hasFaults) for (const rule of faultRules) emulator.faults.add({ ...rule, match: '*', probability: 0.05 });

    let right = 0;
    let slowestMs = 0;
    const wrong: string[] = [];
    const errors: Record<string, number> = {};
    const startedMs = performance.now();
    const endMs = startedMs + load.seconds * 1000;
    const call = async ({ read }: Reader): Promise<void> => {
      const message = messages[Math.floor(Math.random() * messages.length)];
      if (message === undefined) throw new Error('the mailbox is empty');
      const askedMs = performance.now();
      try {
        const subject = await read(message.id);
        if (subject === message.subject) right += 1;
        else wrong.push(`${message.id}: expected ${message.subject}, got ${subject}`);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        errors[error.code] = (errors[error.code] ?? 0) + 1;
        // A program that is told to wait does so.
        if (error.code === 'RATE_LIMITED') await delay(1000);
      }
      slowestMs = Math.max(slowestMs, performance.now() - askedMs);
    };
    const caller = async (reader: Reader): Promise<void> => {
      while (performance.now() < endMs) await call(reader);
    };
    await Promise.all(readers.flatMap((reader) => Array.from({ length: load.callers }, () => caller(reader))));
    const tookSeconds = (performance.now() - startedMs) / 1000;
    return { right, wrong, errors, slowestMs, tookSeconds, counters: emulator.counters.read() };
  } finally {
    for (const child of children) {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    }
    await emulator.close();
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '120' },
      'token-seconds': { type: 'string', default: '60' },
      callers: { type: 'string', default: '8' },
      faults: { type: 'boolean', default: false },
    },
  });
  const seconds = Number(values.seconds);
  const unitsPerMinute = 6000;
  const report = await loadLive({
    seconds,
    tokenSeconds: Number(values['token-seconds']),
    unitsPerMinute,
    callers: Number(values.callers),
    hasFaults: values.faults,
  });
  const { wrong, counters, ...rest } = report;
  process.stdout.write(`${JSON.stringify({ ...rest, wrong: wrong.slice(0, 5), counters }, null, 2)}\n`);
  const share = counters.unitsTotal / ((unitsPerMinute * report.tookSeconds) / 60);
  process.stdout.write(`${(share * 100).toFixed(1)} % of the quota over ${report.tookSeconds.toFixed(0)} s\n`);
}
