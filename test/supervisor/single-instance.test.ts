import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { eventually } from '../support/eventually.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { locateHome } from '../../src/core/home.ts';
import {
  control,
  isAlive,
  makeHome,
  needsProc,
  node,
  program,
  spawnSupervisor,
  startSupervisor,
  supervisorScript,
} from './harness.ts';

test('a second supervisor in the same home is refused, with the pid of the first', async (t) => {
  const home = makeHome(t, program('cat', '/bin/cat'));
  const first = await spawnSupervisor(t, home);
  await assert.rejects(startSupervisor(t, home), {
    code: 'CONFLICT',
    message: `A supervisor is running here already: pid ${first.pid}, by ${home.supervisorPidFile}.`,
  });
  assert.match((await control(home, ['status'])).stdout, /^cat .* RUNNING/);
  assert.equal(readFileSync(home.supervisorPidFile, 'utf8'), `${first.pid}\n`);
  first.kill('SIGTERM');
  await once(first, 'exit');
  assert.ok(!existsSync(home.supervisorPidFile));
});

test('of several that start at once, one wins', async (t) => {
  const home = makeHome(t, program('cat', '/bin/cat'));
  // What a supervisor that is gone has left behind.
  writeFileSync(home.supervisorPidFile, '999999\n');
  const starters = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = spawn(node, [supervisorScript], {
        env: { ...childEnvironment, GMAIL_HOME: home.folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      t.after(() => child.kill('SIGKILL'));
      const outcome = await Promise.race([
        once(child.stdout, 'data').then(() => 'ready'),
        once(child, 'exit').then(() => 'refused'),
      ]);
      return { child, outcome };
    }),
  );
  assert.deepEqual(starters.map(({ outcome }) => outcome).toSorted(), ['ready', 'refused', 'refused', 'refused']);
  const winner = starters.find(({ outcome }) => outcome === 'ready');
  assert.equal(Number((await control(home, ['pid'])).stdout), winner?.child.pid);
  winner?.child.kill('SIGTERM');
  await once(winner!.child, 'exit');
});

test('what a killed supervisor leaves is cleaned; a pid that another process has now does not count', async (t) => {
  const home = makeHome(t, program('cat', '/bin/cat'));
  const first = await spawnSupervisor(t, home);
  const orphan = Number((await control(home, ['pid', 'cat'])).stdout);
  first.kill('SIGKILL');
  await once(first, 'exit');
  assert.ok(existsSync(home.supervisorSocket));
  assert.deepEqual((await control(home, ['status'])).stdout, `unix://${home.supervisorSocket} refused connection\n`);
  await eventually('the end of the orphan, which reads its standard input', () => !isAlive(orphan));
  const second = await startSupervisor(t, home);
  assert.match((await second.ctl('status')).stdout, /^cat .* RUNNING/);
});

test('a pid file that is older than the process with its pid is stale', needsProc, async (t) => {
  const home = makeHome(t, program('cat', '/bin/cat'));
  const stranger = spawn('/bin/sleep', ['60']);
  t.after(() => stranger.kill());
  writeFileSync(home.supervisorPidFile, `${stranger.pid}\n`);
  utimesSync(home.supervisorPidFile, new Date(0), new Date(0));
  const { ctl } = await startSupervisor(t, home);
  assert.match((await ctl('status')).stdout, /^cat .* RUNNING/);
  assert.ok(isAlive(stranger.pid!));
});

test('a socket that someone else serves is not taken away', async (t) => {
  const home = makeHome(t, program('cat', '/bin/cat'));
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(home.supervisorSocket, resolve));
  t.after(() => other.close());
  await assert.rejects(startSupervisor(t, home), {
    code: 'CONFLICT',
    message: `Another program serves ${home.supervisorSocket}.`,
  });
  assert.ok(!existsSync(home.supervisorPidFile));
});

test('paths that cannot be used are told with a way out', async (t) => {
  const blocked = makeHome(t, program('cat', '/bin/cat'));
  mkdirSync(blocked.supervisorLogFile);
  await assert.rejects(
    startSupervisor(t, blocked),
    (error: { code: string; message: string; details: { hint: string } }) => {
      assert.equal(error.code, 'UNAVAILABLE');
      assert.match(error.message, /^The log .*supervisord\.log cannot be written: EISDIR/);
      assert.equal(
        error.details.hint,
        'Give this user write access to it and its folder, or name another logfile in [supervisord].',
      );
      return true;
    },
  );

  const missing = makeHome(t, program('cat', '/bin/cat'));
  rmSync(missing.logsFolder, { recursive: true });
  await assert.rejects(startSupervisor(t, missing), {
    code: 'INVALID_INPUT',
    message: `${missing.configurationFile}:5: expected logfile in [supervisord] to be a file in a folder that exists (make it with: mkdir -p ${missing.logsFolder}), got "${missing.supervisorLogFile}".`,
  });

  const short = makeHome(t, program('cat', '/bin/cat'));
  const long = join(tmpdir(), `gmail-llm-${'x'.repeat(100)}`);
  symlinkSync(short.folder, long);
  t.after(() => rmSync(long));
  await assert.rejects(
    startSupervisor(t, locateHome({ GMAIL_HOME: long })),
    (error: { code: string; details: { hint: string } }) => {
      assert.equal(error.code, 'UNAVAILABLE');
      assert.equal(error.details.hint, 'The path of a socket may have 103 bytes: use a home with a shorter path.');
      return true;
    },
  );
  assert.ok(!existsSync(short.supervisorPidFile));
});

test('a log file of a program that cannot be opened is its reason not to start', async (t) => {
  const home = makeHome(t, program('cat', '/bin/cat', { startretries: 0 }));
  mkdirSync(join(home.logsFolder, 'cat.log'));
  const { ctl } = await startSupervisor(t, home);
  assert.match(
    (await ctl('status')).stdout,
    /^cat +FATAL {5}EISDIR: illegal operation on a directory, open '.*cat\.log'\n$/,
  );
  assert.equal(statSync(home.runFolder).mode & 0o777, 0o700);
});
