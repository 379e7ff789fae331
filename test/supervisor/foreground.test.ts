import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import test, { type TestContext } from 'node:test';
import type { Home } from '../../src/core/home.ts';
import { runControl } from '../../src/supervisor/control/run-control.ts';
import { eventually } from '../support/eventually.ts';
import { makeHome, needsSupervisord, program, shell, startSupervisor, type Answer, type Running } from './harness.ts';

const sections =
  program('echo', shell('while read line; do echo "got $line"; echo "heard $line" >&2; done'), {
    redirect_stderr: 'false',
    stderr_logfile: '%(here)s/logs/echo.err',
    autorestart: 'false',
  }) + program('idle', '/bin/cat', { autostart: 'false' });

/** A verb of a client that goes on until it is told to end. */
interface Session {
  type(text: string): void;
  /** The end of what is typed, as Ctrl-D makes it. */
  closeInput(): void;
  interrupt(): void;
  shown(): string;
  readonly ended: Promise<Answer>;
}

function ourSession(home: Home, words: readonly string[]): Session {
  const stdin = new PassThrough();
  const stop = new AbortController();
  let stdout = '';
  const write = (text: string | Uint8Array): boolean => {
    stdout += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    return true;
  };
  const exit = runControl({
    arguments: words,
    home,
    stdin: () => stdin,
    stdout: { write },
    stderr: { write },
    environment: {},
    signal: stop.signal,
  });
  return {
    type: (text) => void stdin.write(text),
    closeInput: () => void stdin.end(),
    interrupt: () => stop.abort(),
    shown: () => stdout,
    ended: exit.then((exitCode) => ({ exitCode, stdout, stderr: '' })),
  };
}

function theirSession(home: Home, words: readonly string[]): Session {
  const child = spawn('/usr/bin/python3', [
    '-u',
    '-W',
    'ignore',
    '/usr/bin/supervisorctl',
    '-c',
    home.configurationFile,
    ...words,
  ]);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    // Its own thread for the logs keeps it alive for another half a minute.
    if (stdout.endsWith('Exiting foreground\n')) child.kill('SIGKILL');
  });
  child.stdin.on('error', () => undefined);
  const exit = once(child, 'close');
  return {
    type: (text) => void child.stdin.write(text),
    closeInput: () => void child.stdin.end(),
    interrupt: () => void child.kill('SIGINT'),
    shown: () => stdout,
    ended: exit.then(([code]) => ({ exitCode: Number(code), stdout, stderr: '' })),
  };
}

const clients = [
  { name: 'our client', start: ourSession, needs: {} },
  { name: 'supervisorctl', start: theirSession, needs: needsSupervisord },
] as const;

function running(t: TestContext): Promise<Running> {
  return startSupervisor(t, makeHome(t, sections));
}

for (const { name, start, needs } of clients) {
  test(`fg of ${name} hands on what is typed and shows what the process says`, needs, async (t) => {
    const { home } = await running(t);
    const session = start(home, ['fg', 'echo']);
    await eventually('the greeting', () => session.shown().includes('==> Press Ctrl-C to exit <==\n'));
    for (const line of ['hello', 'Malmö "<&>"']) {
      session.type(`${line}\n`);
      await eventually('an answer', () => session.shown().includes(`got ${line}\n`));
      await eventually('an error line', () => session.shown().includes(`heard ${line}\n`));
    }
    session.closeInput();
    const { stdout } = await session.ended;
    assert.ok(stdout.endsWith('Exiting foreground\n'));
  });

  test(`fg of ${name} ends when the process is gone`, needs, async (t) => {
    const { home, ctl } = await running(t);
    const session = start(home, ['fg', 'echo']);
    await eventually('the greeting', () => session.shown().includes('<=='));
    await ctl('stop', 'echo');
    session.type('anyone?\n');
    const { stdout } = await session.ended;
    assert.ok(stdout.endsWith('Process got killed\nExiting foreground\n'));
  });

  test(`tail -f and maintail -f of ${name} show what comes`, needs, async (t) => {
    const { home, ctl } = await running(t);
    const tail = start(home, ['tail', '-f', 'echo']);
    const mainTail = start(home, ['maintail', '-f']);
    await eventually('both greetings', () => tail.shown().includes('<==') && mainTail.shown().includes('<=='));
    const typist = ourSession(home, ['fg', 'echo']);
    typist.type('one\n');
    await eventually('the line', () => tail.shown().includes('got one\n'));
    typist.closeInput();
    await typist.ended;
    await ctl('start', 'idle');
    await eventually('the start', () => mainTail.shown().includes('success: idle entered RUNNING state'));
    for (const session of [tail, mainTail]) {
      session.interrupt();
      await session.ended;
    }
  });

  test(`reload and shutdown of ${name} begin anew and end`, needs, async (t) => {
    const { home, ctl, ended } = await running(t);
    const pid = (await ctl('pid', 'echo')).stdout;
    assert.deepEqual(await start(home, ['reload']).ended, {
      exitCode: 0,
      stdout: 'Restarted supervisord\n',
      stderr: '',
    });
    await eventually('another pid', async () => {
      const next = await ctl('pid', 'echo');
      return next.exitCode === 0 && next.stdout !== pid;
    });
    assert.deepEqual(await start(home, ['shutdown']).ended, { exitCode: 0, stdout: 'Shut down\n', stderr: '' });
    await ended;
  });
}

test('Ctrl-C ends fg', async (t) => {
  const { home } = await running(t);
  const session = ourSession(home, ['fg', 'echo']);
  await eventually('the greeting', () => session.shown().includes('<=='));
  session.interrupt();
  const { exitCode, stdout } = await session.ended;
  assert.deepEqual({ exitCode, last: stdout.split('\n').at(-2) }, { exitCode: 0, last: 'Exiting foreground' });
});
