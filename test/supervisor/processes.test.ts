import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { eventually } from '../support/eventually.ts';
import { freePort, isAlive, makeHome, node, program, serverScript, shell, startSupervisor } from './harness.ts';

/** Runs until it is told to stop, and notes that in a file. */
function noting(name: string): string {
  return shell(`trap "echo ${name} >> order; exit 0" TERM; while :; do sleep 0.02; done`);
}

/** A server that is ready when it answers on `port`. */
function server(name: string, port: number, keys: Record<string, string | number> = {}): string {
  return program(name, `${node} ${serverScript} ${port}`, { x_ready_url: `http://127.0.0.1:${port}/`, ...keys });
}

/** Has a child of its own, whose pid it leaves in a file. */
function parent(file: string): string {
  return shell(`sleep 300 & echo $! > ${file}; wait`);
}

test('programs start in ascending priority, each when the one before is ready, and stop in reverse', async (t) => {
  const port = await freePort();
  const home = makeHome(t);
  const lateServer = `${node} ${serverScript} ${port} 300`;
  const probe = `${node} -e 'fetch("http://127.0.0.1:${port}/").then((answer) => process.exit(answer.status === 200 ? 7 : 8))'`;
  writeFileSync(
    home.configurationFile,
    readFileSync(home.configurationFile, 'utf8') +
      program('last', probe, { priority: 300, autorestart: 'false', directory: '%(here)s' }) +
      program('first', lateServer, { priority: 100, x_ready_url: `http://127.0.0.1:${port}/` }) +
      program('second', noting('second'), { priority: 200, directory: '%(here)s' }) +
      program('third', noting('third'), { priority: 250, directory: '%(here)s' }),
  );
  const supervisor = await startSupervisor(t, home);
  const status = await eventually('the end of the last program', async () => {
    const { stdout } = await supervisor.ctl('status', 'last');
    return stdout.includes('EXITED') ? await supervisor.ctl('status', '--json') : false;
  });
  const processes = JSON.parse(status.stdout) as { name: string; lastExit: { reason: string } | null }[];
  assert.equal(processes.find(({ name }) => name === 'last')?.lastExit?.reason, 'exit status 7');
  await supervisor.stop();
  assert.equal(readFileSync(join(home.folder, 'order'), 'utf8'), 'third\nsecond\n');
  assert.ok(!existsSync(home.supervisorSocket));
  assert.ok(!existsSync(home.supervisorPidFile));
});

test('a program that is killed is up again at once, and the other one is left alone', async (t) => {
  const [portA, portB] = [await freePort(), await freePort()];
  const supervisor = await startSupervisor(t, makeHome(t, server('a', portA) + server('b', portB)));
  const pids = (await supervisor.ctl('pid', 'a', 'b')).stdout.trim().split('\n').map(Number);
  process.kill(pids[0]!, 'SIGKILL');
  const text = await eventually('an answer of the new process', async () => {
    const answer = await fetch(`http://127.0.0.1:${portA}/`).catch(() => undefined);
    return (await answer?.text()) ?? false;
  });
  assert.notEqual(text, `pid ${pids[0]}\n`);
  await supervisor.ctl('wait');
  const after = await eventually('RUNNING', async () => {
    const { stdout } = await supervisor.ctl('status', '--json');
    return stdout.includes('STARTING') ? false : (JSON.parse(stdout) as Record<string, unknown>[]);
  });
  assert.deepEqual(
    after.map(({ name, group, state, ready, restarts }) => ({ name, group, state, ready, restarts })),
    [
      { name: 'a', group: 'a', state: 'RUNNING', ready: true, restarts: 1 },
      { name: 'b', group: 'b', state: 'RUNNING', ready: true, restarts: 0 },
    ],
  );
  const [a, b] = after;
  assert.equal((a!.lastExit as { reason: string }).reason, 'terminated by SIGKILL');
  assert.equal(b?.lastExit, null);
  assert.equal(b?.pid, pids[1]);
  assert.ok(Number(b?.rssBytes) > 10_000_000);
  assert.ok(Number(b?.cpuPercent) >= 0);
});

test('a program that crashes again and again, though it outlives startsecs, is started less and less often', async (t) => {
  const home = makeHome(t, program('crash', shell('date +%s%N >> starts; exit 1'), { directory: '%(here)s' }));
  const supervisor = await startSupervisor(t, home);
  const starts = await eventually('ten starts', () => {
    const file = join(home.folder, 'starts');
    const times = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
    return times.length >= 10 && times;
  });
  const gaps = starts.slice(1).map((time, index) => (time - starts[index]!) / 1e6);
  assert.ok(gaps[0]! < 900, `the first restart came after ${gaps[0]} ms`);
  assert.ok(gaps[8]! > 1000, `the ninth restart came after ${gaps[8]} ms`);
  await supervisor.ctl('stop', 'crash');
});

test('a program that cannot start is given up, with the reason and the end of its log', async (t) => {
  const home = makeHome(
    t,
    program('broken', shell('echo cannot find my hat >&2; exit 4'), { startsecs: 1, startretries: 0 }),
  );
  const supervisor = await startSupervisor(t, home);
  const { exitCode, stdout, stderr } = await supervisor.ctl('status');
  assert.equal(exitCode, 3);
  assert.equal(stdout, `broken${' '.repeat(27)}FATAL     Exited too quickly (process log may have details)\n`);
  assert.equal(stderr, `broken was given up; ${home.logsFolder}/broken.log ends with:\n  cannot find my hat\n`);
  const line = supervisor.mainLog().find(({ level }) => level === 'error');
  assert.equal(line?.message, 'gave up: broken entered FATAL state, too many start retries too quickly');
  assert.equal(line.lastExit, 'exit status 4');
  assert.equal(line.lastLines, 'cannot find my hat\n');
});

test('exits that are expected, and those of a program that is not to be restarted, end in EXITED', async (t) => {
  const home = makeHome(
    t,
    program('expected', shell('exit 2'), { exitcodes: '0,2' }) +
      program('never', shell('exit 1'), { autorestart: 'false' }),
  );
  const supervisor = await startSupervisor(t, home);
  const { stdout } = await eventually('both to be EXITED', async () => {
    const answer = await supervisor.ctl('status');
    return answer.stdout.match(/EXITED/g)?.length === 2 && answer;
  });
  assert.match(stdout, /^expected {25}EXITED {4}\w{3} \d\d \d\d:\d\d [AP]M\nnever {28}EXITED {4}\w{3} \d\d/);
});

test('a program that ignores its stop signal is killed after stopwaitsecs; children go with stopasgroup only', async (t) => {
  const home = makeHome(
    t,
    program('stubborn', shell('trap "" TERM; touch deaf; while :; do sleep 0.05; done'), {
      stopwaitsecs: 1,
      directory: '%(here)s',
    }) +
      program('alone', parent('alone.pid'), { directory: '%(here)s' }) +
      program('together', parent('together.pid'), { directory: '%(here)s', stopasgroup: 'true' }),
  );
  const supervisor = await startSupervisor(t, home);
  const childOf = (name: string) =>
    eventually(`the child of ${name}`, () => {
      const file = join(home.folder, `${name}.pid`);
      return existsSync(file) && Number(readFileSync(file, 'utf8'));
    });
  const [alone, together] = [await childOf('alone'), await childOf('together')];
  t.after(() => isAlive(alone) && process.kill(alone, 'SIGKILL'));
  await eventually('a deaf program', () => existsSync(join(home.folder, 'deaf')));
  const before = performance.now();
  assert.equal((await supervisor.ctl('stop', 'stubborn')).stdout, 'stubborn: stopped\n');
  const took = performance.now() - before;
  assert.ok(took > 950 && took < 8000, `stopping took ${took} ms`);
  await supervisor.ctl('stop', 'alone', 'together');
  assert.ok(isAlive(alone));
  await eventually('the end of the child', () => !isAlive(together));
  assert.ok(
    supervisor.mainLog().some(({ message }) => /^killing 'stubborn' \(\d+\) with SIGKILL$/.test(String(message))),
  );
});

test('a start that comes while a program stops waits for its end, and both are answered', async (t) => {
  const home = makeHome(
    t,
    program('slow', shell('trap "sleep 0.2; exit 0" TERM; touch up; while :; do sleep 0.02; done'), {
      directory: '%(here)s',
    }),
  );
  const { ctl } = await startSupervisor(t, home);
  await eventually('the trap', () => existsSync(join(home.folder, 'up')));
  const pid = (await ctl('pid', 'slow')).stdout;
  const stopped = ctl('stop', 'slow');
  await eventually('STOPPING', async () => (await ctl('status', 'slow')).stdout.includes('STOPPING'));
  assert.equal((await ctl('start', 'slow')).stdout, 'slow: started\n');
  assert.equal((await stopped).stdout, 'slow: stopped\n');
  assert.notEqual((await ctl('pid', 'slow')).stdout, pid);
});

test('a program that does not become ready in time is stopped, with the last answer as the reason', async (t) => {
  const port = await freePort();
  const keys = { x_ready_url: `http://127.0.0.1:${port}/`, x_ready_timeout: 4, startretries: 0 };
  const supervisor = await startSupervisor(
    t,
    makeHome(t, program('slow', `${node} ${serverScript} ${port} 60000`, keys)),
  );
  const { stdout } = await supervisor.ctl('status');
  assert.match(stdout, /FATAL {5}http:\/\/127\.0\.0\.1:\d+\/ was not ready within 4 s: HTTP 503 pid \d+\n/);
});

test('a program that waits is let wait, and is ready when it says so: no start of it fails', async (t) => {
  const port = await freePort();
  const keys = { x_ready_url: `http://127.0.0.1:${port}/`, x_ready_timeout: 1, startretries: 0 };
  const supervisor = await startSupervisor(
    t,
    makeHome(t, program('patient', `${node} ${serverScript} ${port} 6000 waits`, keys)),
  );
  assert.match((await supervisor.ctl('status')).stdout, /^patient +RUNNING +pid \d+/);
  const pid = (await supervisor.ctl('pid', 'patient')).stdout;
  const said = (text: string) => supervisor.mainLog().some(({ message }) => String(message).includes(text));
  assert.ok(said('patient: it is not ready after 1 s, and waits: HTTP 503'));
  assert.ok(said('success: patient entered RUNNING state, and waits'));
  await eventually('it is ready', () => said('patient is ready'));
  assert.equal((await supervisor.ctl('pid', 'patient')).stdout, pid);
});

test('a port that a stranger holds is said to be held, and by whom', async (t) => {
  const port = await freePort();
  const stranger = createServer((_request, response) => response.end('mine'));
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
  t.after(() => stranger.close());
  const keys = { x_ready_url: `http://127.0.0.1:${port}/`, startretries: 0 };
  const supervisor = await startSupervisor(t, makeHome(t, program('server', `${node} ${serverScript} ${port}`, keys)));
  const { stdout } = await supervisor.ctl('status');
  const holder = process.platform === 'linux' ? `pid ${process.pid} \\(.+\\)` : 'another process';
  assert.match(
    stdout,
    new RegExp(`FATAL {5}127\\.0\\.0\\.1:${port} is held by ${holder}: stop that process, or choose another port\n$`),
  );
});

test('a server that stops answering its live check is restarted, and so is one over its memory limit', async (t) => {
  const [portA, portB] = [await freePort(), await freePort()];
  const home = makeHome(
    t,
    server('hanging', portA, {
      x_live_interval: 1,
      x_live_url: `http://127.0.0.1:${portA}/`,
      x_live_timeout: 1,
      x_live_failures: 1,
    }) + server('growing', portB, { x_live_interval: 1, x_max_rss: '150MB' }),
  );
  const supervisor = await startSupervisor(t, home);
  await fetch(`http://127.0.0.1:${portA}/hang`);
  // The restart may come before the last answer.
  for (let time = 0; time < 3; time++) await fetch(`http://127.0.0.1:${portB}/grow`).catch(() => undefined);
  const processes = await eventually('two restarts', async () => {
    const { stdout } = await supervisor.ctl('status', '--json');
    const all = JSON.parse(stdout) as {
      name: string;
      restarts: number;
      ready: boolean;
      lastExit: { reason: string };
    }[];
    return all.every(({ restarts, ready }) => restarts === 1 && ready) && all;
  });
  assert.match(processes[0]!.lastExit.reason, /: resident memory of \d+ bytes is over x_max_rss=157286400$/);
  assert.match(
    processes[1]!.lastExit.reason,
    /: http:\/\/127\.0\.0\.1:\d+\/ failed 1 times in a row: no answer within 1000 ms$/,
  );
});

test('children know by whom they were started, and have the directory, umask and environment of their section', async (t) => {
  const home = makeHome(
    t,
    `[group:g]\nprograms=env\n${program(
      'env',
      shell('env > out.tmp; umask >> out.tmp; pwd >> out.tmp; mv out.tmp out; exec sleep 60'),
      {
        directory: '%(here)s/logs',
        umask: '027',
        environment: 'OWN="a b",OUTER="inner"',
      },
    )}`,
  );
  await startSupervisor(t, home, { OUTER: 'outer', KEPT: 'yes' });
  const out = join(home.logsFolder, 'out');
  await eventually('the output', () => existsSync(out));
  const lines = readFileSync(out, 'utf8').split('\n');
  for (const line of [
    'SUPERVISOR_ENABLED=1',
    `SUPERVISOR_SERVER_URL=unix://${home.supervisorSocket}`,
    'SUPERVISOR_PROCESS_NAME=env',
    'SUPERVISOR_GROUP_NAME=g',
    'OWN=a b',
    'OUTER=inner',
    'KEPT=yes',
    '0027',
    home.logsFolder,
  ]) {
    assert.ok(lines.includes(line), `${line} is not in ${lines.join(', ')}`);
  }
});

test('a second abort kills what is still there', async (t) => {
  const home = makeHome(t, program('stubborn', shell('trap "" TERM; while :; do sleep 0.05; done')));
  const supervisor = await startSupervisor(t, home);
  const pid = Number((await supervisor.ctl('pid', 'stubborn')).stdout);
  const ended = supervisor.stop();
  supervisor.kill();
  await ended;
  assert.ok(!isAlive(pid));
});
