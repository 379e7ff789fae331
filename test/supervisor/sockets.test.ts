import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { eventually } from '../support/eventually.ts';
import {
  freePort,
  heldServerScript,
  isAlive,
  makeHome,
  needsSupervisord,
  node,
  program,
  realControl,
  startSupervisor,
} from './harness.ts';
import { underLoad } from './load.ts';

/** A server whose socket the supervisor holds. */
function heldServer(port: number, keys: Readonly<Record<string, string | number>> = {}): string {
  return program('server', `${node} ${heldServerScript} ${port}`, {
    directory: '%(here)s',
    x_listen: `127.0.0.1:${port}`,
    x_ready_url: `http://127.0.0.1:${port}/ready`,
    ...keys,
  });
}

for (const keepAlive of [false, true]) {
  const what = keepAlive
    ? '64 clients that keep their connections'
    : '64 clients that open a connection for each request';
  test(`five restarts cost ${what} no request`, { timeout: 60_000 }, async (t) => {
    const port = await freePort();
    const { ctl } = await startSupervisor(t, makeHome(t, heldServer(port)));
    const pids = new Set<string>();
    const tally = await underLoad(`http://127.0.0.1:${port}/`, { count: 64, keepAlive }, async () => {
      for (let time = 0; time < 5; time++) {
        const { exitCode, stdout } = await ctl('restart', 'server');
        assert.deepEqual([exitCode, stdout], [0, 'server: stopped\nserver: started\n']);
        pids.add((await ctl('pid', 'server')).stdout);
      }
    });
    assert.deepEqual(tally.failures, []);
    assert.equal(pids.size, 5);
    assert.equal(tally.pids.size, 6);
  });
}

test(
  "supervisorctl's own restart, a stop and a start, refuses nobody",
  { ...needsSupervisord, timeout: 60_000 },
  async (t) => {
    const port = await freePort();
    const home = makeHome(t, heldServer(port));
    await startSupervisor(t, home);
    const tally = await underLoad(`http://127.0.0.1:${port}/`, { count: 64, keepAlive: false }, async () => {
      for (const { exitCode, stdout } of await realControl(home, ['restart server', 'restart server'])) {
        assert.deepEqual([exitCode, stdout], [0, 'server: stopped\nserver: started\n']);
      }
    });
    assert.deepEqual(tally.failures, []);
    assert.equal(tally.pids.size, 3);
  },
);

test('kill -9 costs only the requests in flight', { timeout: 60_000 }, async (t) => {
  const port = await freePort();
  const { ctl } = await startSupervisor(t, makeHome(t, heldServer(port)));
  const before = Number((await ctl('pid', 'server')).stdout);
  const tally = await underLoad(`http://127.0.0.1:${port}/`, { count: 64, keepAlive: false }, async () => {
    process.kill(before, 'SIGKILL');
    await eventually('a new process', async () => {
      const pid = Number((await ctl('pid', 'server')).stdout);
      return pid !== 0 && pid !== before && (await ctl('status', 'server')).stdout.includes('RUNNING');
    });
  });
  assert.ok(tally.failures.length <= 64, `${tally.failures.length} requests failed`);
  assert.ok(
    tally.failures.every((code) => code === 'ECONNRESET'),
    [...new Set(tally.failures)].join(),
  );
});

test('a new process that does not get ready leaves the old one as it is', async (t) => {
  const port = await freePort();
  const home = makeHome(t, heldServer(port));
  const { ctl, mainLog } = await startSupervisor(t, home);
  const before = (await ctl('pid', 'server')).stdout;
  writeFileSync(join(home.folder, 'broken'), '');
  const failed = await ctl('restart', 'server');
  assert.deepEqual([failed.exitCode, failed.stdout], [7, 'server: ERROR (spawn error)\n']);
  assert.match(failed.stderr, /the old process serves on; the new process ended before it was ready: exit status 3/);
  assert.match(failed.stderr, /cannot find my hat/);
  assert.equal((await ctl('pid', 'server')).stdout, before);
  assert.match((await ctl('status')).stdout, /^server +RUNNING/);
  assert.ok(
    mainLog().some(({ level, message }) => level === 'error' && String(message).startsWith('server goes on as pid ')),
  );
  rmSync(join(home.folder, 'broken'));
  assert.equal((await ctl('restart', 'all')).stdout, 'server: stopped\nserver: started\n');
  assert.notEqual((await ctl('pid', 'server')).stdout, before);
});

test('a server that is too big is replaced without a lost request', { timeout: 60_000 }, async (t) => {
  const port = await freePort();
  const home = makeHome(t, heldServer(port, { x_max_rss: '1MB', x_live_interval: 1 }));
  const { ctl } = await startSupervisor(t, home);
  const before = (await ctl('pid', 'server')).stdout;
  const tally = await underLoad(`http://127.0.0.1:${port}/`, { count: 8, keepAlive: false }, async () => {
    await eventually('another process', async () => (await ctl('pid', 'server')).stdout !== before);
  });
  assert.deepEqual(tally.failures, []);
  const deaths = await eventually('its end', async () => {
    const [{ deaths }] = JSON.parse((await ctl('status', '--json')).stdout) as [{ deaths: { reason: string }[] }];
    return deaths.length > 0 && deaths;
  });
  assert.match(deaths[0]!.reason, /^exit status 0: resident memory of \d+ bytes is over x_max_rss=1048576$/);
});

test('a stop and a shutdown in the middle of a restart end both processes', async (t) => {
  const port = await freePort();
  const home = makeHome(t, heldServer(port));
  const { ctl, stop, mainLog } = await startSupervisor(t, home);
  const spawned = (): readonly number[] =>
    mainLog().flatMap(
      ({ message }) => /^spawned: 'server' with pid (\d+)$/.exec(String(message))?.slice(1).map(Number) ?? [],
    );
  writeFileSync(join(home.folder, 'slow'), '');
  const first = ctl('restart', 'server');
  await eventually('a second process', () => spawned().length === 2);
  assert.equal((await ctl('stop', 'server')).stdout, 'server: stopped\n');
  assert.deepEqual((await first).stdout, 'server: stopped\nserver: ERROR (abnormal termination)\n');
  assert.ok(spawned().every((pid) => !isAlive(pid)));
  rmSync(join(home.folder, 'slow'));
  await ctl('start', 'server');
  writeFileSync(join(home.folder, 'slow'), '');
  const second = ctl('restart', 'server');
  await eventually('two more processes', () => spawned().length === 4);
  await stop();
  assert.notEqual((await second).exitCode, 0);
  assert.ok(spawned().every((pid) => !isAlive(pid)));
});

test('a socket is held while its program is wanted, and given back a moment after', async (t) => {
  const port = await freePort();
  const { ctl } = await startSupervisor(t, makeHome(t, heldServer(port)));
  await ctl('stop', 'server');
  const isFree = await eventually('a free port', async () => {
    const server = createServer();
    return new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
  });
  assert.ok(isFree);
  assert.equal((await ctl('start', 'server')).stdout, 'server: started\n');
});

test('a port that a stranger holds is told with its pid, and the stranger is left alone', async (t) => {
  const port = await freePort();
  const stranger = createServer((_, response) => response.end('mine'));
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
  t.after(() => stranger.close());
  const { ctl } = await startSupervisor(t, makeHome(t, heldServer(port, { startretries: 0 })));
  const { stdout } = await ctl('status', 'server');
  assert.match(stdout, new RegExp(`^server +FATAL +127\\.0\\.0\\.1:${port} is held by `));
  assert.ok(stdout.trimEnd().endsWith(': stop that process, or choose another port'));
  assert.ok(isAlive(process.pid));
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'mine');
});
