import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { freePorts } from '../../support/free-ports.ts';
import { startInstallation } from '../../support/installation.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { done, logIn, runCommand, startGoogle } from '../command-harness.ts';

type Environment = Readonly<Record<string, string>>;

/** Another home on another machine of the same person: other ports, and nothing in it. */
async function elsewhere(t: TestContext, environment: Environment): Promise<Environment> {
  const [mcpPort, apiPort, dashboardPort] = await freePorts(3);
  return {
    ...environment,
    GMAIL_HOME: join(temporaryFolder(t), 'home'),
    GMAIL_MCP_PORT: `${mcpPort}`,
    GMAIL_API_PORT: `${apiPort}`,
    GMAIL_DASHBOARD_PORT: `${dashboardPort}`,
  };
}

async function checkOf(environment: Environment): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await done(['check', '--json'], environment)) as Readonly<Record<string, unknown>>;
}

const isReady = async (port: string | undefined): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}/health/ready`)).text();

test('a home with a live account serves it elsewhere without another login, and without secrets asks for one', async (t) => {
  const { environment } = await startGoogle(t);
  assert.equal((await logIn(environment)).code, 0);
  const label = ['call', 'create_label', '--name', 'Kept', '--account', 'me@example.org'];
  const { id } = JSON.parse(await done(label, environment)) as { id: string };
  const token = (await done(['token'], environment)).trim();
  const running = await startInstallation(t, environment);
  const file = join(temporaryFolder(t), 'home.tar.zst');
  assert.match(await done(['backup', file], environment), /read back and compared/);
  const bare = join(temporaryFolder(t), 'bare.tar.zst');
  await done(['backup', '--without-secrets', bare], environment);
  assert.equal((await running.command('ctl', 'shutdown')).code, 0);

  const other = await elsewhere(t, environment);
  await done(['restore', file], other);
  for (const name of ['data/gmail/key', 'data/token']) {
    assert.deepEqual(readFileSync(join(other.GMAIL_HOME ?? '', name)), readFileSync(join(running.home, name)), name);
  }
  assert.deepEqual((await checkOf(other)).findings, []);
  assert.equal((await checkOf(other)).auditEntries, (await checkOf(environment)).auditEntries);
  const installation = await startInstallation(t, other);
  for (const port of [other.GMAIL_MCP_PORT, other.GMAIL_API_PORT])
    assert.match(await isReady(port), /"status":"ready"/);
  // The token of before is good, and Google takes the login of before.
  const answer = await fetch(`${installation.apiUrl}/api/labels/${id}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.equal(((await answer.json()) as { name: string }).name, 'Kept');

  const empty = await elsewhere(t, environment);
  assert.match(await done(['restore', bare], empty), /log in and connect clients again/);
  assert.ok(!existsSync(join(empty.GMAIL_HOME ?? '', 'data/gmail')));
  assert.ok(!zstdDecompressSync(readFileSync(bare)).includes(token));
  assert.deepEqual((await checkOf(empty)).findings, []);
  const refused = await runCommand(['call', 'get_profile'], empty);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /gmail-llm login/);
  assert.equal((await logIn(empty)).code, 0);
  assert.equal((JSON.parse(await done(['call', 'get_label', '--id', id], empty)) as { name: string }).name, 'Kept');
});
