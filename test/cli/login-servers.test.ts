import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { homeFeed } from '../../src/store/feed/home-feed.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { logIn, runCommand, startGoogle } from './command-harness.ts';

type Environment = Readonly<Record<string, string>>;

/** Starts a server as a process of its own and answers once it listens. */
async function startServer(t: TestContext, program: string, environment: Environment): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `../../src/bin/${program}.ts`)], {
    env: { ...childEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('"message":"listening"')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${log}`)));
  });
}

async function ready(
  port: string | undefined,
  token?: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { headers });
  return { status: response.status, text: await response.text() };
}

test('both servers use a login that is made while they run, and miss one that is removed, without a restart', async (t) => {
  const { environment } = await startGoogle(t);
  const ports = [environment.GMAIL_MCP_PORT, environment.GMAIL_API_PORT];
  await Promise.all(['gmail-mcp-server', 'gmail-api-server'].map((program) => startServer(t, program, environment)));
  for (const port of ports) {
    const { status, text } = await ready(port);
    assert.equal(status, 200, text);
    assert.match(text, /"status":"degraded","reasons":\["LOGIN_MISSING"\]/);
  }
  assert.equal((await logIn(environment)).code, 0);
  const token = readFileSync(join(environment.GMAIL_HOME ?? '', 'data', 'token'), 'utf8').trim();
  for (const port of ports) {
    const { status, text } = await ready(port);
    assert.equal(status, 200, text);
    assert.match(text, /"status":"ready"/);
    assert.ok(!text.includes('@'), text);
    assert.match((await ready(port, token)).text, /"account":"me@example\.org"/);
  }
  const { feed, close } = homeFeed(join(environment.GMAIL_HOME ?? '', 'data'), Date.now);
  const { events } = await feed().read({ after: 0, limit: 10 });
  close();
  assert.deepEqual(
    events.map(({ kind, account, state }) => [kind, account, state]),
    [['accountState', 'me@example.org', 'connected']],
  );
  assert.equal((await runCommand(['accounts', 'remove', 'me@example.org'], environment)).code, 0);
  for (const port of ports) assert.match((await ready(port)).text, /"LOGIN_MISSING"/);
});
