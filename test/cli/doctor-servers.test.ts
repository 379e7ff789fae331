import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { newEnvironment, startInstallation } from '../support/installation.ts';
import { startRestServer } from '../support/rest-server.ts';
import { startProcess } from './command-harness.ts';
import { assertFinding, diagnose, filledHome } from './doctor-harness.ts';

test('a home where everything runs has no fault and no warning', async (t) => {
  const { environment } = await startInstallation(t, await newEnvironment(t));
  const { code, findings } = await diagnose(environment);
  assert.equal(code, 0);
  assert.deepEqual(
    findings.filter(({ state }) => state === 'fault' || state === 'warning'),
    [],
  );
  const names = findings.filter(({ state }) => state === 'ok').map(({ name }) => name);
  for (const name of [
    'Node.js',
    'home',
    'disk',
    'variables',
    'supervisord.conf',
    'tokens',
    'supervisor',
    'gmail-mcp-server',
    'gmail-api-server',
    'backend',
    'databases',
  ]) {
    assert.ok(names.includes(name), name);
  }
});

test('a port that somebody else holds is found, with who it is', async (t) => {
  const { environment } = await filledHome(t);
  const holder = createServer((socket) => socket.end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1');
  await once(holder, 'listening');
  t.after(() => holder.close());
  const { port } = holder.address() as AddressInfo;
  const diagnosis = await diagnose({ ...environment, GMAIL_API_PORT: `${port}` });
  assertFinding(diagnosis, {
    name: 'gmail-api-server',
    state: 'fault',
    found: new RegExp(`^Port ${port} is held by (?:pid ${process.pid} |another process).*no server of gmail-llm\\.$`),
    fix: /set GMAIL_API_PORT to a free port/,
  });
});

test('a server of another home on the same port is found', async (t) => {
  const { environment } = await filledHome(t);
  const other = await startRestServer(t);
  const diagnosis = await diagnose({ ...environment, GMAIL_API_PORT: new URL(other.url).port });
  assertFinding(diagnosis, {
    name: 'gmail-api-server',
    state: 'fault',
    found: /answers a server of another home/,
    fix: /GMAIL_HOME/,
  });
});

test('a server that serves without an account is found, with its reason and what to do', async (t) => {
  const { environment } = await filledHome(t);
  const { GMAIL_MCP_PORT: _, GMAIL_API_PORT: __, ...bare } = environment;
  const server = await startRestServer(t, { ...bare, GMAIL_ACCOUNT: 'nobody@example.org' });
  const diagnosis = await diagnose({ ...environment, GMAIL_API_PORT: new URL(server.url).port });
  assertFinding(diagnosis, {
    name: 'gmail-api-server',
    state: 'warning',
    found:
      /It serves at .*, but not everything works: There is no account nobody@example\.org here\. \(ACCOUNT_MISSING\)/,
    fix: /gmail-llm import --account ADDRESS PATH/,
  });
});

test('a program that the supervisor gave up is found, with the command that shows why', async (t) => {
  const { environment, data } = await filledHome(t);
  writeFileSync(
    join(data, '..', 'supervisord.conf'),
    '[supervisord]\n[unix_http_server]\nfile=%(here)s/run/supervisor.sock\n[program:broken]\ncommand=/bin/false\nstartretries=0\n',
  );
  const supervisor = startProcess(t, ['up'], environment);
  await supervisor.untilSaid(/gave up: broken/);
  assertFinding(await diagnose(environment), {
    name: 'supervisor',
    state: 'fault',
    found: /^broken is FATAL: /,
    fix: /gmail-llm ctl tail broken/,
  });
  supervisor.interrupt();
  await supervisor.finished;
});

test('a socket that nobody serves any more counts as no supervisor', async (t) => {
  const { environment, data } = await filledHome(t);
  mkdirSync(join(data, '..', 'run'), { recursive: true });
  writeFileSync(join(data, '..', 'run', 'supervisor.sock'), '');
  assertFinding(await diagnose(environment), { name: 'supervisor', state: 'warning', found: /does not run/ });
});
