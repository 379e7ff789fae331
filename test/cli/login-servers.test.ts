import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
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

async function ready(port: string | undefined): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`);
  return { status: response.status, text: await response.text() };
}

test('both servers use a login that is made while they run, and miss one that is removed, without a restart', async (t) => {
  const { environment } = await startGoogle(t);
  const ports = [environment.GMAIL_MCP_PORT, environment.GMAIL_API_PORT];
  await Promise.all(['gmail-mcp-server', 'gmail-api-server'].map((program) => startServer(t, program, environment)));
  for (const port of ports) {
    const { status, text } = await ready(port);
    assert.equal(status, 503, text);
  }
  assert.equal((await logIn(environment)).code, 0);
  for (const port of ports) {
    const { status, text } = await ready(port);
    assert.equal(status, 200, text);
    assert.match(text, /"account":"me@example\.org"/);
  }
  assert.equal((await runCommand(['accounts', 'remove', 'me@example.org'], environment)).code, 0);
  for (const port of ports) assert.equal((await ready(port)).status, 503);
});
