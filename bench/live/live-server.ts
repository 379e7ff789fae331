import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { SyncStatusView } from '../../src/operations/admin/list-sync.ts';
import { ownerToken } from '../../src/safety/tokens/owner-token.ts';
import { freePort, startServer, stop } from '../processes.ts';

/** The account of the emulator. */
export const emailAddress = 'me@example.org';

/** A large mirror is filled in a minute; more for a busy machine. */
const mirrorPatienceMs = 400_000;
/** The history of a mirrored account is asked for every few seconds. */
const askPatienceMs = 30_000;
const quietMs = 300;

/** What a question cost: calls of Gmail methods, quota units, and time. */
export interface Cost {
  readonly calls: number;
  readonly requests: number;
  readonly units: number;
  readonly ms: number;
}

/** A REST server of ours on the emulated account. */
export interface Server {
  readonly get: (path: string) => Promise<unknown>;
  readonly post: (path: string, body: unknown) => Promise<unknown>;
}

/** What a piece of work costs. */
export async function costOf(emulator: Emulator, work: () => Promise<unknown>): Promise<Cost> {
  emulator.counters.reset();
  const startedMs = performance.now();
  await work();
  const ms = performance.now() - startedMs;
  const { callsByMethod, unitsTotal, requests, answersByStatus } = emulator.counters.read();
  const refused = Object.keys(answersByStatus).filter((status) => Number(status) >= 400);
  if (refused.length > 0) process.stdout.write(`  (answers of ${refused.join(', ')} among them)\n`);
  return {
    calls: Object.values(callsByMethod).reduce((sum, count) => sum + count, 0),
    requests,
    units: unitsTotal,
    ms,
  };
}

/** Runs `work` with a REST server that has just started, on a home of its own; a mirror is filled then. */
export async function withServer<T>(
  emulator: Emulator,
  { isMirrored }: { readonly isMirrored: boolean },
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'gmail-llm-bench-'));
  const port = await freePort();
  const [account] = emulator.accounts;
  const program = await startServer('gmail-api-server', home, port, {
    GMAIL_BACKEND: 'gmail',
    GMAIL_ACCOUNT: emailAddress,
    GMAIL_API_ROOT_URL: emulator.rootUrl,
    GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
    GMAIL_ACCESS_TOKEN: account?.accessToken ?? '',
    GMAIL_QUOTA_UNITS_PER_MINUTE: String(emulator.settings.read().unitsPerMinute),
    ...(isMirrored ? { GMAIL_MIRROR: 'on' } : {}),
  });
  const headers = {
    authorization: `Bearer ${ownerToken(join(home, 'data'))}`,
    'content-type': 'application/json',
  };
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const more = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...more });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text;
  };
  try {
    // A server at work has its connection and its code.
    await ask('GET', '/api/profile');
    const get = (path: string) => ask('GET', path);
    if (isMirrored) await untilMirrored(get);
    return await work({ get, post: (path, body) => ask('POST', path, body) });
  } finally {
    await stop(program);
    rmSync(home, { recursive: true });
  }
}

/** Waits until nothing is missing in the mirror of the server's account. */
async function untilMirrored(get: Server['get']): Promise<void> {
  for (const endMs = performance.now() + mirrorPatienceMs; performance.now() < endMs; await delay(100)) {
    const { accounts } = (await get('/api/admin/sync')) as { accounts: readonly SyncStatusView[] };
    if (accounts[0]?.mirror?.phase === 'complete') return;
  }
  throw new Error('the mirror was not filled in time');
}

/** Waits until the server has just asked what has changed, so that it does not do so while a question is measured. */
export async function untilJustAsked(emulator: Emulator): Promise<void> {
  const askedBefore = () => emulator.counters.read().callsByMethod['gmail.users.history.list'] ?? 0;
  const before = askedBefore();
  for (const endMs = performance.now() + askPatienceMs; askedBefore() === before; await delay(20)) {
    if (performance.now() > endMs) throw new Error('the server asks for no history');
  }
  // What it reads beside the history, such as labels.
  for (let seen = -1; seen !== emulator.counters.read().requests; await delay(quietMs)) {
    seen = emulator.counters.read().requests;
  }
}
