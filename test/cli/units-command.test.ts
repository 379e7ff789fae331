import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newEnvironment, run } from '../support/installation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const activator = '/usr/bin/systemd-socket-activate';
const needsActivator = existsSync(activator)
  ? {}
  : { skip: 'systemd-socket-activate is missing: apt-get install -y systemd' };
const services = ['gmail-mcp-server', 'gmail-api-server'];

test('units prints systemd and launchd files for both servers, with the variables that are set', async (t) => {
  const environment = await newEnvironment(t);
  const more = { GMAIL_GRANTS: 'read', GMAIL_ACCESS_TOKEN: 'secret' };
  const { code, stdout, stderr } = await run('gmail-llm', ['units'], { ...environment, ...more });
  assert.equal(code, 0, stderr);
  for (const name of services) {
    assert.ok(stdout.includes(`==> ${name}.service <==\n[Unit]\n`));
    assert.ok(stdout.includes(`==> gmail-llm.${name}.plist <==\n<?xml `));
  }
  assert.ok(stdout.includes(`\nEnvironment=GMAIL_MCP_PORT=${environment.GMAIL_MCP_PORT}\n`));
  assert.ok(stdout.includes('\nEnvironment=GMAIL_GRANTS=read\n'));
  assert.ok(!stdout.includes('secret'));
});

test('units --write writes the files that units prints', async (t) => {
  const environment = await newEnvironment(t);
  const folder = join(temporaryFolder(t), 'units');
  const { code, stdout, stderr } = await run('gmail-llm', ['units', '--write', folder], environment);
  assert.equal(code, 0, stderr);
  const names = readdirSync(folder);
  assert.deepEqual(stdout.trimEnd().split('\n').toSorted(), names.map((name) => join(folder, name)).toSorted());
  const printed = (await run('gmail-llm', ['units'], environment)).stdout;
  for (const name of names) {
    assert.ok(printed.includes(`==> ${name} <==\n${readFileSync(join(folder, name), 'utf8')}`), name);
  }
});

for (const words of [['--write'], ['--write', 'a', 'b'], ['all'], ['--user', 'ann'], ['--system', '--user', 'a b']]) {
  test(`units ${words.join(' ')} is refused`, async (t) => {
    const { code, stderr } = await run('gmail-llm', ['units', ...words], await newEnvironment(t));
    assert.equal(code, 2);
    assert.match(stderr, /INVALID_INPUT: Unexpected argument for `units`\./);
  });
}

test('what the units say starts a server at the first connection to its socket', needsActivator, async (t) => {
  const folder = join(temporaryFolder(t), 'units');
  await run('gmail-llm', ['units', '--write', folder], await newEnvironment(t));
  const linesOf = (file: string, key: string): readonly string[] =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(
      ([, text = '']) => text,
    );
  const [address = ''] = linesOf('gmail-api-server.socket', 'ListenStream');
  const [command = ''] = linesOf('gmail-api-server.service', 'ExecStart');
  const variables = linesOf('gmail-api-server.service', 'Environment').flatMap((variable) => ['-E', variable]);
  const child = spawn(activator, ['-l', address, ...variables, ...command.split(' ')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  await once(child.stderr, 'data');
  const answer = await fetch(`http://${address}/health/ready`);
  assert.equal(answer.status, 200);
});

const analyze = 'systemd-analyze';
const needsAnalyze =
  spawnSync(analyze, ['--version']).status === 0
    ? {}
    : { skip: 'systemd-analyze is missing: apt-get install -y systemd' };
/** What `systemd-analyze security` may say at most: from there on it speaks of a medium exposure. */
const mostExposure = 3;

for (const words of [[], ['--system', '--user', 'daemon']]) {
  test(`systemd finds nothing wrong with what units ${words.join(' ')} writes`, needsAnalyze, async (t) => {
    const folder = join(temporaryFolder(t), 'units');
    const { code, stderr } = await run('gmail-llm', ['units', ...words, '--write', folder], await newEnvironment(t));
    assert.equal(code, 0, stderr);
    const files = readdirSync(folder)
      .filter((name) => /\.(?:service|socket)$/.test(name))
      .map((name) => join(folder, name));
    assert.equal(files.length, 6);
    const env = { PATH: process.env.PATH ?? '', XDG_RUNTIME_DIR: temporaryFolder(t) };
    const manager = words.length === 0 ? ['--user'] : ['--system'];
    const verified = spawnSync(analyze, ['verify', ...manager, ...files], { env, encoding: 'utf8' });
    assert.equal(verified.status, 0, verified.stderr);
    assert.doesNotMatch(verified.stderr, new RegExp(folder), 'a fault is said with its file');
    for (const file of files.filter((name) => name.endsWith('.service'))) {
      const looked = spawnSync(analyze, ['security', ...manager, '--offline=true', '--no-pager', file], {
        env,
        encoding: 'utf8',
      });
      const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(looked.stdout)?.[1]);
      assert.ok(exposure < mostExposure, `${file}: ${exposure}: ${looked.stderr}`);
    }
  });
}
