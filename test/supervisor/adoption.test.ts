import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Home } from '../../src/core/home.ts';
import { identityOf } from '../../src/supervisor/files/process-identity.ts';
import { eventually } from '../support/eventually.ts';
import {
  control,
  freePort,
  heldServerScript,
  isAlive,
  makeHome,
  needsProc,
  node,
  program,
  spawnSupervisor,
  startSupervisor,
} from './harness.ts';
import { underLoad } from './load.ts';

function section(port: number): string {
  return program('server', `${node} ${heldServerScript}`, {
    directory: '%(here)s',
    x_listen: `127.0.0.1:${port}`,
    x_ready_url: `http://127.0.0.1:${port}/ready`,
  });
}

const stateFile = (home: Home): string => `${home.supervisorPidFile}.processes`;

/** A home whose supervisor was killed, and the pid of the server that it has left behind. */
async function abandoned(t: TestContext): Promise<{ home: Home; url: string; pid: number }> {
  const port = await freePort();
  const home = makeHome(t, section(port));
  const first = await spawnSupervisor(t, home);
  const pid = Number((await control(home, ['pid', 'server'])).stdout);
  t.after(() => isAlive(pid) && process.kill(pid, 'SIGKILL'));
  first.kill('SIGKILL');
  await once(first, 'exit');
  return { home, url: `http://127.0.0.1:${port}/`, pid };
}

async function pidAt(url: string): Promise<number> {
  return ((await (await fetch(url)).json()) as { pid: number }).pid;
}

test(
  'a server whose supervisor was killed serves and logs on, and the next supervisor adopts it',
  needsProc,
  async (t) => {
    const { home, url, pid } = await abandoned(t);
    assert.equal(await pidAt(`${url}alone`), pid);
    assert.match(readFileSync(join(home.logsFolder, 'server.log'), 'utf8'), /answered \/alone\n$/);
    const { ctl } = await startSupervisor(t, home);
    assert.match((await ctl('status')).stdout, new RegExp(`^server +RUNNING +pid ${pid}, uptime`));
    assert.equal(await pidAt(url), pid);
  },
);

test('an adopted server is restarted with an overlap, and stopped', needsProc, async (t) => {
  const { home, url, pid } = await abandoned(t);
  const { ctl } = await startSupervisor(t, home);
  const tally = await underLoad(url, { count: 8, keepAlive: true }, async () => {
    assert.equal((await ctl('restart', 'server')).stdout, 'server: stopped\nserver: started\n');
  });
  assert.deepEqual(tally.failures, []);
  assert.ok(!isAlive(pid));
  assert.equal(await pidAt(url), Number((await ctl('pid', 'server')).stdout));
  assert.equal((await ctl('stop', 'server')).stdout, 'server: stopped\n');
  assert.ok(!existsSync(stateFile(home)));
});

test('an adopted server is stopped with the supervisor, and one that dies is started again', needsProc, async (t) => {
  const { home, url, pid } = await abandoned(t);
  const second = await startSupervisor(t, home);
  process.kill(pid, 'SIGKILL');
  const next = await eventually('another process', async () => {
    const found = await pidAt(url).catch(() => pid);
    return found !== pid && found;
  });
  assert.equal(Number((await second.ctl('pid', 'server')).stdout), next);
  await second.stop();
  assert.ok(!isAlive(next));
});

test('a process of a program that is not in the file any more is ended', needsProc, async (t) => {
  const { home, pid } = await abandoned(t);
  const text = readFileSync(home.configurationFile, 'utf8');
  writeFileSync(home.configurationFile, text.replace('[program:server]', '[program:other]\nautostart=false'));
  const { mainLog } = await startSupervisor(t, home);
  assert.ok(!isAlive(pid));
  assert.ok(mainLog().some(({ message }) => message === `ending pid ${pid}, a server whose supervisor is gone`));
});

for (const what of ['start time', 'nonce'] as const) {
  test(`a process that has the pid but another ${what} is never signalled`, needsProc, async (t) => {
    const { home, pid } = await abandoned(t);
    process.kill(pid, 'SIGKILL');
    await eventually('its end', () => identityOf(pid) === undefined);
    const stranger = spawn('/bin/sleep', ['60']);
    t.after(() => stranger.kill('SIGKILL'));
    const identity = identityOf(stranger.pid ?? 0);
    const [entry] = JSON.parse(readFileSync(stateFile(home), 'utf8')) as [Record<string, unknown>];
    const startTicks = (identity?.startTicks ?? 0) - (what === 'start time' ? 1 : 0);
    writeFileSync(stateFile(home), JSON.stringify([{ ...entry, identity: { pid: stranger.pid, startTicks } }]));
    const { ctl, stop, mainLog } = await startSupervisor(t, home);
    assert.match((await ctl('status')).stdout, /^server +RUNNING/);
    assert.notEqual(Number((await ctl('pid', 'server')).stdout), stranger.pid);
    await stop();
    assert.ok(isAlive(stranger.pid ?? 0));
    const warning = `pid ${stranger.pid} is not the server that an earlier supervisor has started: it is left alone`;
    assert.equal(
      mainLog().some(({ message }) => message === warning),
      what === 'nonce',
    );
  });
}

test('a state file that cannot be read is told, and costs only the adoption', needsProc, async (t) => {
  const port = await freePort();
  const home = makeHome(t, section(port));
  writeFileSync(stateFile(home), '[{"pid":1}]');
  const { ctl, mainLog } = await startSupervisor(t, home);
  assert.match((await ctl('status')).stdout, /^server +RUNNING/);
  assert.ok(mainLog().some(({ level, message }) => level === 'warn' && String(message).startsWith(stateFile(home))));
});
