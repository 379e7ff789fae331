import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newEnvironment, run, startInstallation } from '../support/installation.ts';

const needsSupervisord = existsSync('/usr/bin/supervisord')
  ? {}
  : { skip: 'supervisord is missing: apt-get install -y supervisor' };

test('SUPERVISOR=supervisord runs the real one on the same file, until it is stopped', needsSupervisord, async (t) => {
  const environment = { ...(await newEnvironment(t)), SUPERVISOR: 'supervisord' };
  const installation = await startInstallation(t, environment);
  const ready = await fetch(`${installation.apiUrl}/health/ready`);
  assert.equal(ready.status, 200);
  const status = await installation.command('ctl', 'status');
  assert.equal(status.code, 0, status.stdout);
  // supervisord knows no readiness: what is ready is STARTING until startsecs are over.
  assert.match(status.stdout, /^gmail-servers:gmail-api-server +(?:STARTING|RUNNING) /m);
  assert.match(status.stdout, /^gmail-servers:gmail-mcp-server +(?:STARTING|RUNNING) /m);
  for (const words of [['metrics'], ['status', '--json']]) {
    const { code, stdout } = await installation.command('ctl', ...words);
    assert.equal(code, 1);
    assert.match(stdout, /^ERROR: this is the real supervisord, which .*\n$/);
  }
  // Its log is in words; ours is in JSON.
  const log = readFileSync(join(installation.home, 'logs/supervisord.log'), 'utf8');
  assert.match(log, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO supervisord started with pid \d+$/m);
  const stopped = await installation.command('ctl', 'shutdown');
  assert.equal(stopped.code, 0, stopped.stdout);
});

test('without supervisord, SUPERVISOR=supervisord says how to install it', async (t) => {
  const environment = { ...(await newEnvironment(t)), SUPERVISOR: 'supervisord', PATH: '/nonexistent' };
  assert.deepEqual(await run('gmail-llm', ['up'], environment), {
    code: 69,
    stdout: '',
    stderr: 'gmail-llm: UNSUPPORTED: supervisord is not installed; install it with: apt-get install -y supervisor\n',
  });
});

test('another SUPERVISOR is refused', async (t) => {
  const { code, stderr } = await run('gmail-llm', ['up'], { ...(await newEnvironment(t)), SUPERVISOR: 'runit' });
  assert.equal(code, 2);
  assert.match(stderr, /INVALID_INPUT: SUPERVISOR names no supervisor\./);
  assert.match(stderr, /got: runit/);
});

test('ports that the system chooses are printed, and known in other shells', async (t) => {
  const chosenBySystem = { GMAIL_MCP_PORT: '0', GMAIL_API_PORT: '0', GMAIL_DASHBOARD_PORT: '0' };
  const environment = { ...(await newEnvironment(t)), ...chosenBySystem };
  try {
    const { stdout, stderr, code } = await run('gmail-llm', ['up', '--detach'], environment);
    assert.equal(code, 0, stderr);
    const ports = [...stdout.matchAll(/^ {2}(?:MCP|REST|Page) +http:\/\/127\.0\.0\.1:(\d+)\//gm)].map(
      ([, port]) => port,
    );
    assert.equal(new Set(ports).size, 3, stdout);
    assert.ok(!ports.includes('0'), stdout);
    for (const port of ports) assert.equal((await fetch(`http://127.0.0.1:${port}/health/ready`)).status, 200);
    const { GMAIL_MCP_PORT: _mcp, GMAIL_API_PORT: _api, GMAIL_DASHBOARD_PORT: _page, ...homeAlone } = environment;
    for (const shell of [environment, homeAlone]) {
      const connected = await run('gmail-llm', ['connect', 'cursor', '--print'], shell);
      assert.ok(connected.stdout.includes(`http://127.0.0.1:${ports[0]}/mcp`), connected.stdout);
    }
  } finally {
    await run('gmail-llm', ['ctl', 'shutdown'], environment);
  }
});
